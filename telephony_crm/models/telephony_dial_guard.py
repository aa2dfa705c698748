from datetime import timedelta

from odoo import api, fields, models

from ..pbx import dialling


class TelephonyDial(models.Model):
    """The one check of everything that ever dials or forwards."""

    _inherit = "telephony.dial"

    @api.model
    def _guard(self, user, pbx, number):
        """Tell why ``pbx`` may not call ``number`` for ``user``.

        For everything that ever dials or forwards. Who counts on the limits holds the
        lock ``("dial", pbx.id)`` and stores what it dials in the same transaction.

        :param number: E.164, or an extension of ``pbx``; whatever else is refused
        :return: a reason, see `_in_words`; empty when it may
        """
        pbx = pbx.sudo()
        if not pbx.active:
            return "inactive"
        adapter = pbx._adapter(raise_if_unknown=False)
        if not adapter or "originate" not in adapter.capabilities:
            return "unable"
        extension = self.env["telephony.extension"]._by_number(pbx.id).get(number)
        if extension:
            _id, owner_id, _team_id, _log_calls = extension
            reason = "own_extension" if owner_id == user.id else ""
        else:
            reason = dialling.refusal(number, self._allowed_countries(pbx))
        return reason or self._limit_reached(user, pbx)

    @api.model
    def _allowed_countries(self, pbx):
        """Return the ISO codes of the countries that ``pbx`` may dial."""
        countries = pbx.allowed_country_ids or pbx.country_id
        countries = countries or pbx.company_id.country_id
        return frozenset(countries.mapped("code"))

    @api.model
    def _limit_reached(self, user, pbx):
        """Return which limit another call would exceed, or ``""``."""
        now = fields.Datetime.now()
        of_user = [("user_id", "=", user.id)]
        for reason, limit, length, whose in (
            ("user_minute", pbx.dial_user_minute, timedelta(minutes=1), of_user),
            ("user_day", pbx.dial_user_day, timedelta(days=1), of_user),
            ("pbx_minute", pbx.dial_pbx_minute, timedelta(minutes=1), []),
            ("pbx_day", pbx.dial_pbx_day, timedelta(days=1), []),
        ):
            counted = [
                ("pbx_id", "=", pbx.id),
                ("create_date", ">", now - length),
                ("state", "!=", "refused"),
                *whose,
            ]
            if limit <= 0 or self.sudo().search_count(counted, limit=limit) >= limit:
                return reason
        return ""

    @api.model
    def _in_words(self, reason, pbx, number):
        """Return one sentence for the user: why not, and what to do about it."""
        _ = self.env._
        names = {"number": number, "pbx": pbx.name}
        by_hand = _(
            "%(number)s is a premium, shared-cost or satellite number; those are not "
            "called from here, use the phone itself.",
            **names,
        )
        sentences = {
            "no_extension": _(
                "You have no extension; an administrator can give you one."
            ),
            "record": _("The record is gone or you may not see it; reload the page."),
            "inactive": _(
                "%(pbx)s is switched off; an administrator can switch it on.", **names
            ),
            "unable": _("%(pbx)s cannot dial for you; use the phone itself.", **names),
            "own_extension": _("This is your own extension; choose another number."),
            "unparsable": _(
                "“%(number)s” is not a complete phone number; write it with its "
                "country prefix, such as +44.",
                **names,
            ),
            "country": _(
                "%(pbx)s may not call the country of %(number)s; an administrator can "
                "allow it in the PBX.",
                **names,
            ),
            "emergency": _(
                "Emergency numbers are not called from here; use any phone."
            ),
            "feature_code": _(
                "“%(number)s” is a code for the PBX and no phone number; dial it on "
                "the phone itself.",
                **names,
            ),
            "user_minute": _(
                "You have called as often as %(pbx)s allows within a minute; wait a "
                "moment.",
                **names,
            ),
            "user_day": _(
                "You have called as often as %(pbx)s allows within a day; an "
                "administrator can raise the limit.",
                **names,
            ),
            "pbx_minute": _(
                "All together have called as often as %(pbx)s allows within a minute; "
                "wait a moment.",
                **names,
            ),
            "pbx_day": _(
                "All together have called as often as %(pbx)s allows within a day; an "
                "administrator can raise the limit.",
                **names,
            ),
        }
        return sentences.get(reason, by_hand)
