from odoo import models

from ..tools import transaction


class TelephonyCall(models.Model):
    """Recordings that were begun from here: by their names they are fetched."""

    _inherit = "telephony.call"

    def _sync_recordings(self, refs):
        """Override to know those begun here as well, as soon as the call is over."""
        if self.state == "ended" and self.pbx_id._can("record"):
            refs = (*refs, *sorted(self._recorded() - set(refs)))
        return super()._sync_recordings(refs)

    def _recorded(self):
        """Return the PBX's names of the recordings that were begun from here."""
        controls = self.env["telephony.call.control"].sudo()
        controls = controls.search(
            [
                ("call_id", "=", self.id),
                ("kind", "=", "record"),
                ("state", "=", "done"),
                ("ref", "!=", False),
            ]
        )
        return set(controls.mapped("ref"))

    def _expect_recorded(self):
        """Have those fetched now that were stopped while the call goes on."""
        self.ensure_one()
        call = self.sudo()
        recordings = self.env["telephony.call.recording"].sudo()
        with transaction.exclusive(self.env, "call", call.pbx_id.id, call.call_ref):
            known = recordings.search([("call_id", "=", call.id)]).mapped("ref")
            recordings._expect(call, sorted(self._recorded() - set(known)))
