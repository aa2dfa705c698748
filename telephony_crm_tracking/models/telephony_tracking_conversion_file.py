from odoo import fields, models
from odoo.exceptions import UserError

from ..attribution.conversion import Event, State
from .telephony_tracking_conversion import GONE_OUT, PENDING


class TelephonyTrackingConversion(models.Model):
    """What becomes of conversions by a file."""

    _inherit = "telephony.tracking.conversion"

    def _went(self):
        """Note that the receiver has these; it does not say what became of them."""
        now = fields.Datetime.now()
        self.write(
            {
                "state": State.SENT.value,
                "reason": False,
                "due_date": False,
                "sent_date": now,
            }
        )
        for row in self.filtered("cancelled_date"):
            row._retract(now)

    def _uploaded(self, written):
        """Note that the receiver has these as they were when a file was written.

        Whatever has changed since, or ceased to be so, was in it all the same, and the
        receiver is told of that now.

        :param written: ``{id: (amount, currency id)}`` of what was in the file
        """
        rows = self.filtered(lambda row: row.state not in GONE_OUT)
        news = rows.filtered(lambda row: row.state not in PENDING)
        for row in rows:
            amount, currency_id = written[row.id]
            if (row.amount, row.currency_id.id) != (amount, currency_id):
                row.write({"amount": amount, "currency_id": currency_id})
                news |= row
        rows._went()
        # A sale that was won again meanwhile is another one to who has it taken back.
        backs = rows.filtered(
            lambda row: (
                row.event == Event.RETRACT.value and not row.original_id.cancelled_date
            )
        )
        backs.original_id.cancelled_date = fields.Datetime.now()
        news |= backs
        news.lead_id._sync_conversions()
        for call in news.call_id:
            call._sync_conversions()

    def action_get_file(self):
        """Show the file of these once more; the receiver counts each once."""
        self.check_access("read")
        self.destination_id.check_access("write")
        rows = self.sudo()
        if len(rows.destination_id) != 1 or rows.destination_id.how == "request":
            raise UserError(
                self.env._("Choose conversions of one destination that takes files.")
            )
        rows = rows.filtered(
            lambda row: row.state in (*PENDING, *GONE_OUT) and not row.cancelled_date
        )
        rows = rows.destination_id._fit(rows, note=False)
        if not rows:
            raise UserError(self.env._("None of these may be handed over now."))
        return rows._open_file()

    def _open_file(self):
        """Return the action that shows the file of these."""
        wizard = self.env["telephony.tracking.file"]
        wizard = wizard.create({"conversion_ids": [fields.Command.set(self.ids)]})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("File for %s", self.destination_id.name),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }
