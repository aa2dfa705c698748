from odoo import api, fields, models

from .telephony_dialer import TO_CALL


class TelephonyDial(models.Model):
    """Who waits to be rung back, as the dialler shows it."""

    _inherit = "telephony.dial"

    @api.model
    def _my_callbacks(self):
        """Return which call-backs wait for the user."""
        return [
            ("user_id", "=", self.env.uid),
            ("state", "=", "open"),
            ("company_id", "in", self.env.companies.ids),
        ]

    @api.model
    def _dialer_callbacks(self):
        """Return the callers who wait for the user, the longest first."""
        callbacks = self.env["telephony.callback"].search(
            self._my_callbacks(), order="due_date, id", limit=TO_CALL
        )
        partners = callbacks.partner_id._filtered_access("read")
        leads = callbacks.lead_id._filtered_access("read")
        now = fields.Datetime.now()
        rows = []
        for callback in callbacks:
            record = (callback.lead_id & leads) or (callback.partner_id & partners)
            rows.append(
                {
                    "id": f"callback{callback.id}",
                    "summary": callback.refusal or self._why_called(callback),
                    "res_model": (record or callback)._name,
                    "res_id": (record or callback).id,
                    "name": callback.display_name,
                    "number": "" if callback.refusal else callback.e164,
                    "formatted": callback.number_shown if callback.who else "",
                    "date_deadline": fields.Date.to_string(callback._deadline()),
                    "overdue": callback.due_date < now,
                }
            )
        return rows

    @api.model
    def _why_called(self, callback):
        """Say that somebody has asked for it, else how often they rang in vain."""
        attempts = callback.attempts
        if callback.kind == "promised":
            return self.env._("Asked to be called back")
        if attempts > 1:
            return self.env._("Rang %s times", attempts)
        return self.env._("Missed")
