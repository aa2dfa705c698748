from odoo import api, fields, models

from ..pbx import numbers
from ..tools.transaction import exclusive


class TelephonyCallback(models.Model):
    """The cards of call-backs on offer, and what a user does with one.

    Whom it is offered to, may see whose number it is as far as they may see the record,
    and may call it; it need not be theirs before.
    """

    _inherit = "telephony.callback"

    @api.model
    @api.readonly
    def get_offers(self):
        """Return the call-backs that the user is offered, the oldest first.

        :return: list of dicts of ``id, name`` (empty: only the number is known),
            ``number, asked_by`` (words), ``tries`` (how often they were called in
            vain), ``since`` (when the call was promised for), ``from`` and ``until``
            (when the card is shown), ``now``; times are UTC, ``YYYY-MM-DD HH:MM:SS``
        :raises AccessError: when the user is no telephony agent
        """
        self.env["telephony.call"]._check_agent()
        offers = self.sudo().search(
            [
                ("state", "=", "open"),
                ("offer", "=", "offered"),
                ("offer_end_date", ">", fields.Datetime.now()),
                ("offered_ids", "in", self.env.uid),
                ("company_id", "in", self.env.user._get_company_ids()),
            ],
            order="promised_date, id",
            limit=10,
        )
        return [callback._offer_card(self.env.user) for callback in offers]

    @api.model
    def accept_offer(self, callback_id):
        """Have the user's phone rung and then the customer, if nobody was faster.

        :return: as `telephony.dial.dial`, and ``e164``; or ``{"status": "taken",
            "message": <who has it>}``
        :raises AccessError: when the user is no telephony agent
        """
        self.env["telephony.call"]._check_agent()
        callback = self._offered(callback_id)
        if not callback:
            return self._taken(callback)
        user = self.env.user
        with exclusive(self.env, "number", callback.company_id.id, callback.e164):
            is_theirs = callback._take(user)
        if not is_theirs:
            return self._taken(callback)
        wish = self.env["telephony.dial"]._fulfil(callback)
        answer = {**wish._told(), "e164": callback.e164}
        if answer["status"] != "calling":
            with exclusive(self.env, "number", callback.company_id.id, callback.e164):
                callback._try_again()
        return answer

    @api.model
    def decline_offer(self, callback_id):
        """Take the card off the user's own screens: not now.

        :raises AccessError: when the user is no telephony agent
        """
        self.env["telephony.call"]._check_agent()
        callback = self._offered(callback_id)
        if callback:
            user = self.env.user
            with exclusive(self.env, "number", callback.company_id.id, callback.e164):
                callback._refuse(user)
        return True

    @api.model
    def _offered(self, callback_id):
        """Return a call-back in the world of its PBX; none that cannot be."""
        if type(callback_id) is not int or not 0 < callback_id < 2**31:
            return self.sudo().browse()
        callback = self.sudo().browse(callback_id).exists()
        if self.env.user not in callback.offered_ids:
            return callback.browse()
        return callback.pbx_id._for_events().env[self._name].browse(callback.id)

    @api.model
    def _taken(self, callback):
        """Return who was faster, as far as that can be told."""
        callback.invalidate_recordset()
        by = callback.accepted_user_id.name if callback.offer == "accepted" else ""
        message = self.env._("This call-back is not offered any more.")
        if by:
            message = self.env._("%s has taken this call-back.", by)
        return {"status": "taken", "message": message}

    def _offer_card(self, user):
        """Return what the screen of a user shows, see `get_offers`."""
        self.ensure_one()
        sources = dict(self._fields["asked_by"]._description_selection(self.env))
        is_first = user == self.user_id
        moments = {
            "since": self.promised_date or self.offer_date,
            "from": self.offer_date if is_first else self.offer_team_date,
            "until": self.offer_end_date,
            "now": fields.Datetime.now(),
        }
        return {
            "id": self.id,
            "name": self._offered_name(user),
            "number": numbers.international(self.e164),
            "asked_by": sources.get(self.asked_by, ""),
            "tries": self.tries,
            **{name: fields.Datetime.to_string(at) for name, at in moments.items()},
        }

    def _offered_name(self, user):
        """Return whose number it is as far as a user may know it, or ``""``."""
        partner = self.partner_id.with_user(user)._filtered_access("read")
        lead = self.lead_id.with_user(user)._filtered_access("read")
        return (
            partner.display_name
            or ", ".join(filter(None, (lead.partner_name, lead.contact_name)))
            or self.asked_name
            or lead.name
            or ""
        )
