from odoo import api, fields, models

from .telephony_caller_mixin import AGENT


class TelephonyCallerMixin(models.AbstractModel):
    """The recordings of a contact or a lead in one list, in time."""

    _inherit = "telephony.caller.mixin"

    telephony_recording_count = fields.Integer(
        string="Recorded Calls", compute="_compute_telephony_recordings", groups=AGENT
    )

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("telephony_call_ids")
    def _compute_telephony_recordings(self):
        """Count under the rights of the user; only forms ask, of one record."""
        recordings = self.env["telephony.call.recording"]
        may_read = recordings.has_access("read")
        for record in self:
            record.telephony_recording_count = may_read and recordings.search_count(
                record._telephony_recording_domain()
            )

    def _telephony_recording_domain(self):
        return [
            ("state", "=", "stored"),
            ("original_id", "=", False),
            ("call_id", "any", self._telephony_call_domain()),
        ]

    def action_view_telephony_recordings(self):
        """Open the recordings that the smart button counts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "telephony_crm.action_telephony_call_recording"
        )
        return {**action, "domain": self._telephony_recording_domain(), "context": {}}
