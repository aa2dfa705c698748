from odoo import fields, models

SUPERVISION = [("listen", "Listened"), ("whisper", "Whispered"), ("barge", "Joined")]
SUPERVISES = tuple(kind for kind, _label in SUPERVISION)


class TelephonyCallControl(models.Model):
    """What somebody had the PBX do to a call that went on, and what came of it.

    Supervisors who listen leave their trace here before the PBX is asked. By the rest
    the card knows what it cannot see: that the caller waits, or that a colleague is
    being asked. Nobody writes or deletes it by hand. Keys that were pressed may be a
    secret: of a supervisor it is noted that there were some, of the agent nothing.
    """

    _name = "telephony.call.control"
    _description = "Intervention in a Call"
    _order = "id desc"
    _rec_name = "date"
    _log_access = False

    call_id = fields.Many2one(
        "telephony.call", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="call_id.company_id")
    user_id = fields.Many2one(
        "res.users", string="Who", required=True, ondelete="restrict", index=True
    )
    agent_id = fields.Many2one(
        "res.users", string="Agent", help="Whose part of the call it was."
    )
    date = fields.Datetime(
        string="When", required=True, default=lambda self: fields.Datetime.now()
    )
    kind = fields.Selection(
        [
            ("hang_up", "Hung up"),
            ("hold", "Put on hold"),
            ("resume", "Resumed"),
            ("transfer", "Transferred"),
            ("consult", "Asked a colleague"),
            ("complete", "Connected both"),
            ("back", "Went back to the call"),
            ("press", "Pressed keys"),
            ("record", "Recorded"),
            ("unrecord", "Stopped the recording"),
            *SUPERVISION,
        ],
        string="What",
        required=True,
    )
    target = fields.Char(string="Whom", help="The number that was called for it.")
    ref = fields.Char(help="The PBX's name of what came of it: of a recording.")
    state = fields.Selection(
        [("sent", "Sent to the PBX"), ("done", "Done"), ("failed", "Failed")],
        required=True,
        default="sent",
    )
    message = fields.Char()

    _by_date = models.Index("(date DESC, id DESC)")
