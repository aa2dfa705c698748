from odoo import api, fields, models

from .telephony_call import DISPOSITIONS, STATES

LIVE = ("ringing", "in_progress")


class TelephonyCallLeg(models.Model):
    """One party's part of a call."""

    _name = "telephony.call.leg"
    _description = "Call Leg"
    _order = "call_id, ring_date, id"
    _rec_name = "leg_ref"

    call_id = fields.Many2one(
        "telephony.call", required=True, index=True, ondelete="cascade"
    )
    leg_ref = fields.Char(required=True)
    kind = fields.Selection(
        [
            ("agent", "Agent"),
            ("customer", "Customer"),
            ("external", "Outside number"),
            ("queue", "Queue"),
            ("ivr", "Menu"),
            ("voicemail", "Voicemail"),
        ],
        required=True,
    )
    extension_id = fields.Many2one("telephony.extension", index="btree_not_null")
    user_id = fields.Many2one("res.users")
    number = fields.Char()
    state = fields.Selection(STATES, required=True)
    disposition = fields.Selection(
        [*DISPOSITIONS, ("answered_elsewhere", "Answered elsewhere")]
    )
    ring_date = fields.Datetime()
    answer_date = fields.Datetime()
    end_date = fields.Datetime()
    ring_seconds = fields.Integer()
    talk_seconds = fields.Integer()
    hold_seconds = fields.Integer()
    is_asked = fields.Boolean(
        help="Was asked by a colleague, while the caller waited to be handed over."
    )

    _leg_unique = models.Constraint(
        "UNIQUE (call_id, leg_ref)", "A call has each leg once."
    )
    _live_by_user = models.Index("(user_id) WHERE state != 'ended'")
    _by_user = models.Index("(user_id, ring_date)")

    @api.model
    def _on_the_phone(self, users):
        """Return those of ``users`` whose phone rings, or who talk."""
        live = self.sudo().search_fetch(
            [
                ("state", "in", LIVE),
                ("user_id", "in", users.ids),
                ("call_id.state", "in", LIVE),
                ("call_id.stale", "=", False),
            ],
            ["user_id"],
        )
        return live.user_id.with_env(users.env)
