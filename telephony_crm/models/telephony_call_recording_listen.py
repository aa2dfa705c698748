from datetime import timedelta

from odoo import api, fields, models

# Whoever seeks in a recording asks for it many times, and has listened once.
SAME_PLAY = timedelta(hours=6)


class TelephonyCallRecordingListen(models.Model):
    """Who listened to a recording, and when. Nobody writes or deletes it by hand."""

    _name = "telephony.call.recording.listen"
    _description = "Listening to a Recording"
    _order = "date desc, id desc"
    _rec_name = "date"
    _log_access = False

    recording_id = fields.Many2one(
        "telephony.call.recording", required=True, ondelete="cascade"
    )
    call_id = fields.Many2one(
        "telephony.call", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="call_id.company_id")
    user_id = fields.Many2one(
        "res.users", string="Who", required=True, ondelete="restrict", index=True
    )
    date = fields.Datetime(string="When", required=True)
    kind = fields.Selection(
        [("play", "Listened"), ("download", "Downloaded")],
        string="How",
        required=True,
    )
    play = fields.Char(help="Tells the plays of one user apart.")

    _by_play = models.Index("(recording_id, user_id, date)")

    @api.model
    def _is_noted(self, recording, play):
        """Tell whether the user's request belongs to a play that is noted already."""
        return bool(
            self.sudo().search_count(
                [
                    ("recording_id", "=", recording.id),
                    ("user_id", "=", self.env.uid),
                    ("kind", "=", "play"),
                    ("play", "=", play),
                    ("date", ">", fields.Datetime.now() - SAME_PLAY),
                ],
                limit=1,
            )
        )

    @api.model
    def _note(self, recording, kind, play=""):
        """Note that the user listens to a recording."""
        self.sudo().create(
            {
                "recording_id": recording.id,
                "call_id": recording.sudo().call_id.id,
                "user_id": self.env.uid,
                "date": fields.Datetime.now(),
                "kind": kind,
                "play": play,
            }
        )
