from odoo import api, fields, models

from .telephony_call_recording import SUPERVISOR


class TelephonyCall(models.Model):
    """Which recordings a call has, by what the PBX says of it."""

    _inherit = "telephony.call"

    recording_ids = fields.One2many(
        "telephony.call.recording",
        "call_id",
        string="Recordings",
        domain=[("original_id", "=", False), ("state", "!=", "empty")],
    )
    sounds = fields.Json(
        string="Recording",
        compute="_compute_sounds",
        compute_sudo=True,  # whoever sees the call sees its recordings
        help="What the player shows, see telephony.call.recording.",
    )
    listen_ids = fields.One2many(
        "telephony.call.recording.listen",
        "call_id",
        string="Who Listened",
        groups=SUPERVISOR,
    )

    @api.depends("recording_ids.state", "recording_ids.seconds", "recording_ids.error")
    @api.depends_context("uid", "lang")
    def _compute_sounds(self):
        for call in self:
            call.sounds = call.recording_ids._for_player()

    def unlink(self):
        """Override to take the sounds along: the database removes but their rows."""
        recordings = self.env["telephony.call.recording"].sudo()
        recordings.search([("call_id", "in", self.ids)]).unlink()
        return super().unlink()

    def _sync_recordings(self, refs):
        """Have the recordings fetched that the PBX tells of.

        The caller holds the call's lock, see `telephony.pbx.event`.

        :param refs: what the PBX has proven to call its recordings; an empty one among
            them when it only says, without proof, that there are more
        """
        self.ensure_one()
        if not refs and not self.confirmed:
            return
        known = self.env["telephony.call.recording"].search([("call_id", "=", self.id)])
        unproven = known.filtered(lambda row: not row.ref and row.state != "stored")
        missing = [ref for ref in refs if ref and ref not in known.mapped("ref")]
        if "" in refs:
            if not unproven and len(known) + len(missing) < len(refs):
                missing.append("")
        elif unproven and missing:
            unproven.ref = missing.pop()
            unproven._restart()
        else:
            unproven.unlink()  # there is no more than what is known by name
        known._expect(self, missing)
