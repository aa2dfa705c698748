from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.telephony_crm.models.telephony_pbx import ADMINISTRATOR

from ..attribution.conversion import Event, State

EVENTS = [
    (Event.CALL.value, "Call"),
    (Event.QUALIFIED.value, "Qualified Call"),
    (Event.LEAD.value, "Lead"),
    (Event.WON.value, "Sale"),
    (Event.RETRACT.value, "Taken Back"),
    (Event.RESTATE.value, "Value Changed"),
]
STATES = [
    (State.WAITING.value, "Waiting"),
    (State.HELD.value, "Held Back"),
    (State.SENT.value, "Sent"),
    (State.ACCEPTED.value, "Accepted"),
    (State.REFUSED.value, "Refused"),
    (State.UNKNOWN.value, "Not Known"),
    (State.SKIPPED.value, "Left Out"),
]
#: They say something of another conversion.
ADJUSTING = (Event.RETRACT.value, Event.RESTATE.value)
#: Nothing of it has left yet.
PENDING = (State.WAITING.value, State.HELD.value)
#: The receiver has it, or may have.
GONE_OUT = (State.SENT.value, State.ACCEPTED.value, State.UNKNOWN.value)
#: A person has said so; no rule changes it.
BY_PERSON = "person"
#: What it came of is no result any more.
NO_MORE = "no_more"
#: Such results a destination has no meaning for; nobody wants to read of it.
NOT_WANTED = ("event", "no_action")


class TelephonyTrackingConversion(models.Model):
    """A result that is handed to one destination, and what became of it.

    Nothing of a person is stored here: what is handed over is read when it goes, so
    what somebody has taken back since does not go.
    """

    _name = "telephony.tracking.conversion"
    _description = "Conversion"
    _rec_name = "key"
    _order = "date desc, id desc"

    destination_id = fields.Many2one(
        "telephony.tracking.destination", required=True, index=True, ondelete="cascade"
    )
    destination_name = fields.Char(
        string="Handed To", related="destination_id.name", related_sudo=True
    )
    company_id = fields.Many2one(
        related="destination_id.company_id", store=True, index=True
    )
    how = fields.Selection(related="destination_id.how", related_sudo=True)
    key = fields.Char(
        required=True,
        readonly=True,
        help="By which the receiver knows it, too. Nothing of a person is in it.",
    )
    event = fields.Selection(EVENTS, string="Result", required=True, readonly=True)
    call_id = fields.Many2one(
        "telephony.call", index="btree_not_null", ondelete="set null", readonly=True
    )
    lead_id = fields.Many2one(
        "crm.lead", index="btree_not_null", ondelete="set null", readonly=True
    )
    visit_id = fields.Many2one(
        "telephony.tracking.visit",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    original_id = fields.Many2one(
        "telephony.tracking.conversion",
        string="Of What Had Gone",
        index="btree_not_null",
        ondelete="cascade",
        readonly=True,
    )
    date = fields.Datetime(required=True, readonly=True, help="When it came about.")
    amount = fields.Monetary(string="Value", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, index=True)
    reason = fields.Char(readonly=True)
    reason_words = fields.Char(string="Reason", compute="_compute_reason_words")
    is_test = fields.Boolean(
        string="Tested Only",
        readonly=True,
        help="It went in test mode, so it does not count.",
    )
    cancelled_date = fields.Datetime(
        string="No Longer So Since",
        readonly=True,
        help="The sale was cancelled, or the call is not to be counted.",
    )
    sent_date = fields.Datetime(string="Sent On", readonly=True)
    due_date = fields.Datetime(string="Tried Again On", readonly=True)
    attempts = fields.Integer(readonly=True)
    ref = fields.Char(string="Receiver's Reference", readonly=True)
    ask_date = fields.Datetime(
        string="Asked Again On",
        readonly=True,
        help="When the receiver is asked what became of it.",
    )

    _key_unique = models.UniqueIndex("(destination_id, key)")
    _due = models.Index("(due_date) WHERE state IN ('waiting', 'held')")
    _to_ask = models.Index("(ask_date) WHERE ask_date IS NOT NULL")

    # -- computes ----------------------------------------------------------------

    @api.depends("event", "call_id", "lead_id")
    def _compute_display_name(self):
        events = dict(self._fields["event"]._description_selection(self.env))
        for row in self:
            of_what = row.lead_id.sudo().name or row.call_id.sudo().display_name
            row.display_name = " · ".join(
                filter(None, (events.get(row.event), of_what))
            )

    @api.depends("reason", "state")
    @api.depends_context("lang")
    def _compute_reason_words(self):
        words = self._words_of_reasons()
        for row in self:
            row.reason_words = words.get(row.reason, row.reason)

    # -- what a person decides ---------------------------------------------------

    def action_mark_sent(self):
        """Say that the receiver has these: they are not sent again."""
        for row in self._decided(*PENDING, State.UNKNOWN, State.REFUSED):
            now = fields.Datetime.now()
            row.write(
                {
                    "state": State.SENT.value,
                    "reason": BY_PERSON,
                    "sent_date": row.sent_date or now,
                    "due_date": False,
                }
            )

    def action_send_again(self):
        """Have these sent again; a receiver that has one already may count it twice."""
        rows = self._decided(State.UNKNOWN, State.REFUSED, State.SKIPPED)
        left = rows.filtered(lambda row: not row._is_outdated())
        if rows and not left:
            raise UserError(
                self.env._(
                    "This value is no longer so, or had not to be said any more. What "
                    "a sale is worth now is handed over by itself."
                )
            )
        left._queue()

    def action_skip(self):
        """Leave these out for good."""
        self._decided(*PENDING, State.UNKNOWN, State.REFUSED).write(
            {
                "state": State.SKIPPED.value,
                "reason": BY_PERSON,
                "due_date": False,
                "ask_date": False,
            }
        )

    def _decided(self, *states):
        """Return those of these, as superuser, of which a person may decide so."""
        self.check_access("read")
        if not self.env.user.has_group(ADMINISTRATOR):
            raise AccessError(
                self.env._("Only administrators of telephony decide about conversions.")
            )
        states = {str(state) for state in states}
        return self.sudo().filtered(lambda row: row.state in states)

    def _queue(self):
        """Have these go as if they had not gone yet, except what is so no more.

        They go with the value of now. What a receiver may have that counts each once
        goes with the same value: it would pass another one by.
        """
        for row in self.filtered(lambda row: not row.cancelled_date):
            is_repeat = row._is_perhaps_there()
            row.write(
                {
                    "state": State.WAITING.value,
                    "reason": row.reason if is_repeat else False,
                    "is_test": False,
                    "attempts": int(is_repeat),
                    "due_date": fields.Datetime.now(),
                    "ask_date": False,
                    "ref": False,
                }
            )
            if not is_repeat:
                row._set_value()

    # -- housekeeping ------------------------------------------------------------

    @api.autovacuum
    def _gc_left_out(self):
        """Delete what no rule would let go any more: it says nothing to anybody."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEPT_DAYS)
        domain = [("state", "=", State.SKIPPED.value), ("date", "<", limit)]
        self.sudo().search(domain, limit=10_000).unlink()


#: Longer than any receiver takes a result.
KEPT_DAYS = 120
