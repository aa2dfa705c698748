import base64

from odoo import api, fields, models

from ..models.telephony_tracking_conversion import GONE_OUT


class TelephonyTrackingFile(models.TransientModel):
    """A file of conversions, which a person saves, uploads, and then says so.

    It is written each time it is asked for and stored nowhere, since it may hold
    hashed contacts.
    """

    _name = "telephony.tracking.file"
    _description = "File of Conversions"

    conversion_ids = fields.Many2many("telephony.tracking.conversion", readonly=True)
    destination_id = fields.Many2one(
        "telephony.tracking.destination", compute="_compute_destination_id"
    )
    test_mode = fields.Boolean(related="destination_id.test_mode")
    count = fields.Integer(string="Conversions", compute="_compute_destination_id")
    is_new = fields.Boolean(compute="_compute_destination_id")
    name = fields.Char(compute="_compute_data")
    data = fields.Binary(string="File", compute="_compute_data")
    # What was in it when it was last read: ids, amounts, currencies.
    written = fields.Json(readonly=True)

    @api.depends("conversion_ids")
    def _compute_destination_id(self):
        for wizard in self:
            rows = wizard.conversion_ids
            wizard.destination_id = rows.destination_id[:1]
            wizard.count = len(rows)
            wizard.is_new = any(row.state not in GONE_OUT for row in rows)

    @api.depends("conversion_ids")
    def _compute_data(self):
        """Write the file, with what may still go at this moment, and keep what that is.

        What is in it may be worth something else, or be so no more, before the person
        who saves it says that it was uploaded.
        """
        for wizard in self:
            destination = wizard.destination_id.sudo()
            rows = wizard.conversion_ids.sudo().exists()
            rows = destination._fit(rows, note=False)
            text = destination._text_of(rows, destination.test_mode)
            wizard.written = [
                (row.id, row.amount, row.currency_id.id)
                for row in rows
                if not destination.test_mode
            ]
            wizard.data = base64.b64encode(text.encode())
            day = fields.Date.context_today(self)
            wizard.name = f"conversions-{destination.id}-{day}.csv"

    def action_uploaded(self):
        """Note that the file was uploaded."""
        self.ensure_one()
        self.destination_id.check_access("write")
        rows = self.conversion_ids.sudo().exists()
        written = {row_id: values for row_id, *values in self.written or []}
        rows.filtered(lambda row: row.id in written)._uploaded(written)
        return {"type": "ir.actions.act_window_close"}
