from odoo import api, models

from ..attribution.match import NEGLIGIBLE, Level


class TelephonyCall(models.Model):
    """The visits that may have made a call, as they are stored, and the likeliest."""

    _inherit = "telephony.call"

    def write(self, vals):
        """Override to forget taps on a number that was not the one dialled.

        A lease tells of which number it is; a tap on one that everybody sees does not.
        """
        if "did_id" in vals:
            others = self.sudo().filtered(lambda call: call.did_id.id != vals["did_id"])
            others.match_ids.filtered(
                lambda match: match.reason == Level.TAP and not match.lease_id
            ).unlink()
        return super().write(vals)

    def _store_matches(self, matches):
        """Make the stored matches equal to those found; keep the visits.

        :param matches: list of `attribution.match.Match`
        """
        wanted = [self._vals_of_one(found) for found in matches]
        if wanted == [self._vals_of_stored(match) for match in self.match_ids]:
            return
        self.match_ids.unlink()
        stored = self.env["telephony.tracking.match"].create(
            [{**vals, "call_id": self.id} for vals in wanted]
        )
        stored.visit_id._keep()

    @api.model
    def _vals_of_one(self, match):
        candidate = match.candidate
        is_foreign = isinstance(candidate.visit, tuple)
        return {
            "visit_id": (not is_foreign and candidate.visit) or False,
            "foreign_id": candidate.visit[1] if is_foreign else False,
            "lease_id": candidate.lease or False,
            "weight": match.weight,
            "level": match.level.value,
            "reason": match.level.value,
            "seconds": candidate.values.get("seconds", 0),
            "days": candidate.values.get("days", 0),
        }

    @api.model
    def _vals_of_stored(self, match):
        return {
            "visit_id": match.visit_id.id,
            "foreign_id": match.foreign_id.id,
            "lease_id": match.lease_id.id,
            "weight": match.weight,
            "level": match.level,
            "reason": match.reason,
            "seconds": match.seconds,
            "days": match.days,
        }

    def _best_match(self):
        """Return the likeliest match, unless it is too unlikely to say anything."""
        return self.match_ids.filtered(lambda match: match.weight >= NEGLIGIBLE)[:1]

    def _sources_of_best(self):
        """Return source, medium and campaign of the likeliest visit, together.

        Nothing where it came from nowhere: then the number's own stay.
        """
        best = self._best_match()
        visit = best.visit_id or best.foreign_id.sudo()
        vals = visit._resolve_utm() if visit else {}
        return vals if any(vals.values()) else {}
