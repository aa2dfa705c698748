from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS

from ..pbx.answers import plain

SUPERVISOR = "telephony_crm.group_telephony_supervisor"


class TelephonyCallRecording(models.Model):
    """The sound of a call, or the promise of one that has yet to be fetched.

    The sound is an attachment that belongs to no record, so that no address but
    ``/telephony/recording/<id>`` hands it out.
    """

    _name = "telephony.call.recording"
    _description = "Call Recording"
    _order = "date desc, id desc"
    _rec_name = "date"

    call_id = fields.Many2one("telephony.call", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="call_id.company_id")
    direction = fields.Selection(related="call_id.direction")
    user_id = fields.Many2one(related="call_id.user_id")
    partner_id = fields.Many2one(related="call_id.partner_id")
    lead_id = fields.Many2one(related="call_id.lead_id")
    date = fields.Datetime(required=True, help="When the call began.")
    ref = fields.Char(
        string="PBX Reference",
        required=True,
        default="",
        groups="telephony_crm.group_telephony_administrator",
        help="Empty as long as the PBX only says that the call was recorded.",
    )
    state = fields.Selection(
        [
            ("waiting", "On its way"),
            ("stored", "Stored"),
            ("failed", "Not received"),
            ("expired", "No longer to be had"),
            # begun before anybody picked up, and nobody did: shown nowhere
            ("empty", "Nothing was recorded"),
        ],
        required=True,
        default="waiting",
    )
    attempts = fields.Integer()
    unfinished = fields.Integer(
        help="Attempts in a row of which nobody has heard how they ended."
    )
    retry_at = fields.Datetime(string="Next Attempt")
    error = fields.Selection(
        [
            ("missing", "The PBX has no sound of it."),
            ("large", "It is larger than recordings may be."),
            ("address", "It lies at an address that may not be asked."),
            ("unreachable", "The PBX does not answer."),
            ("slow", "It comes too slowly for the time that a job has."),
            ("auth", "The PBX refuses the key."),
            ("rate_limited", "The PBX takes no more requests."),
            ("refused", "The PBX refuses to hand it out."),
            ("nonsense", "The PBX gave an answer that cannot be understood."),
            ("nowhere", "The address of recordings is not set in the connection."),
            ("unable", "The connection cannot fetch recordings."),
            ("error", "Something went wrong; the server's log says what."),
        ],
        string="Reason",
    )
    error_detail = fields.Char(string="In the PBX's Words")
    attachment_id = fields.Many2one(
        "ir.attachment", groups=NO_ACCESS, ondelete="set null", index="btree_not_null"
    )
    mimetype = fields.Char()
    file_size = fields.Integer(string="Size", help="Bytes.")
    checksum = fields.Char()
    seconds = fields.Integer(string="Length", help="Seconds; 0 when it is not known.")
    sounds = fields.Json(
        string="Recording", compute="_compute_sounds", compute_sudo=True
    )
    original_id = fields.Many2one(
        "telephony.call.recording",
        ondelete="cascade",
        index="btree_not_null",
        help="The PBX has given the same sound twice. Only the original is kept.",
    )

    _ref_unique = models.Constraint(
        "UNIQUE (call_id, ref)", "A recording of a call is fetched once."
    )
    _due = models.Index("(retry_at) WHERE retry_at IS NOT NULL")
    _lost = models.Index("(call_id) WHERE state = 'failed'")
    _by_date = models.Index("(date DESC, id DESC)")

    # -- computes --------------------------------------------------------------------

    @api.depends("state", "seconds", "error")
    @api.depends_context("uid", "lang")
    def _compute_sounds(self):
        for recording in self:
            recording.sounds = recording._for_player()

    # -- CRUD ------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            call = self.env["telephony.call"].browse(vals["call_id"])
            vals.setdefault("date", call.start_date)
        return super().create(vals_list)

    def unlink(self):
        """Override to take the sound along."""
        sounds = self.sudo().attachment_id
        result = super().unlink()
        sounds.unlink()
        return result

    # -- actions ---------------------------------------------------------------------

    def action_retry(self):
        """Fetch it once more, as a supervisor asks for who sees the call."""
        self.check_access("read")
        if not self._may_retry():
            raise AccessError(self.env._("Only a supervisor has recordings fetched."))
        self.sudo().filtered(lambda recording: recording.state != "stored")._restart()

    def action_give_up(self):
        """Fetch it no more, as a supervisor asks for who sees the call."""
        self.check_access("read")
        if not self._may_retry():
            raise AccessError(self.env._("Only a supervisor gives recordings up."))
        lost = self.sudo().filtered(lambda recording: recording.state == "failed")
        lost.write({"state": "expired", "retry_at": False})

    def action_open_call(self):
        """Open the call that was recorded."""
        self.ensure_one()
        return self.call_id.get_formview_action()

    # -- states ----------------------------------------------------------------------

    def _may_retry(self):
        return self.env.user.has_group(SUPERVISOR)

    def _words(self):
        """Return why there is no sound yet, in the language of who asks."""
        self.ensure_one()
        if not self.error:
            return ""
        words = dict(self._fields["error"]._description_selection(self.env))
        return " ".join(filter(None, (words[self.error], plain(self.error_detail))))

    def _for_player(self):
        """Return what the player is to know of each, in time.

        :return: list of ``{id, state, seconds, reason, can_retry}``
        """
        can_retry = self._may_retry()
        return [
            {
                "id": recording.id,
                "state": recording.state,
                "seconds": recording.seconds,
                "reason": recording._words(),
                "can_retry": can_retry,
            }
            for recording in self.sorted("id")
        ]
