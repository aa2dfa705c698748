from datetime import timedelta

from odoo import models

# As long, refusals are told; of so many somebody should know.
TOLD, MANY = timedelta(days=1), 20


class TelephonyPbx(models.Model):
    """Which requests for call-backs were refused: fraud, or a limit that is too low."""

    _inherit = "telephony.pbx"

    def _health_findings(self):
        findings = super()._health_findings()
        if finding := self._finding_of_requests():
            findings.append(finding)
        if finding := self._finding_of_offers():
            findings.append(finding)
        return findings

    def _finding_of_requests(self):
        """Say how often call-backs were refused, and why."""
        refused = self.env["telephony.callback.quota"].sudo()._refusals(self, TOLD)
        total = sum(refused.values())
        if not total:
            return None
        words = self._reasons_in_words()
        reasons = ", ".join(
            f"{words.get(reason, words['number'])}: {count}"
            for reason, count in refused.items()
        )
        return self._finding(
            "warning" if total >= MANY else "info",
            "requests",
            self.env._(
                "Requests for a call-back that were refused in the last day: "
                "%(total)s (%(reasons)s). The limits are under “Call-backs”.",
                total=total,
                reasons=reasons,
            ),
        )

    def _reasons_in_words(self):
        """Return a few words for each reason; ``number`` stands for all others."""
        _ = self.env._
        return {
            "number": _("numbers that are never called"),
            "country": _("countries that may not be called"),
            "unparsable": _("no phone numbers"),
            "own": _("numbers of yours"),
            "blocked": _("blocked numbers"),
            "inactive": _("the PBX was switched off"),
            "too_far": _("times too far ahead"),
            "leads": _("too many new leads at once"),
            "trap": _("robots"),
            "many_number": _("limit per number"),
            "many_country": _("limit per country"),
            "many_minutes": _("minutes per country"),
            "many_pbx": _("limit in all"),
            "many_prefix": _("limit per network"),
            "many_visitor": _("limit per visitor"),
        }

    def _finding_of_offers(self):
        """Say that call-backs are to be offered and the PBX cannot call."""
        if not self.offer_calls or self._can("originate"):
            return None
        return self._finding(
            "warning",
            "offers",
            self.env._(
                "Call-backs are not offered to agents: this system cannot be asked to "
                "call. They are call-backs to make, as missed callers are."
            ),
        )
