from odoo import api, fields, models

RECORDS = ("record", "unrecord")


class TelephonyCall(models.Model):
    """Whether a call is being recorded at this moment, whoever wanted that."""

    _inherit = "telephony.call"

    is_recorded_now = fields.Boolean(help="As far as the PBX has told.")
    recording_switch_date = fields.Datetime(
        help="When the PBX told last that recording begins or ends."
    )

    @api.model
    def _vals_of_state(self, pbx, state):
        """Override to take what the PBX tells of it."""
        return {
            **super()._vals_of_state(pbx, state),
            "is_recorded_now": state.is_recorded,
            "recording_switch_date": state.recording_date or False,
        }

    def _card(self):
        """Override to say that the call is being recorded."""
        return {**super()._card(), "recording": self._is_being_recorded()}

    def _is_being_recorded(self):
        """Tell what was heard last: by the PBX, or from here by a button.

        Within one second the button is later: what it brings about is told after it.
        """
        self.ensure_one()
        if self.state == "ended":
            return False
        control = (
            self.env["telephony.call.control"]
            .sudo()
            .search(
                [
                    ("call_id", "=", self.id),
                    ("kind", "in", RECORDS),
                    ("state", "=", "done"),
                ],
                limit=1,
            )
        )
        told = self.recording_switch_date
        if control and (not told or control.date >= told):
            return control.kind == "record"
        return self.is_recorded_now
