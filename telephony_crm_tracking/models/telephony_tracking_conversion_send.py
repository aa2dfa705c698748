import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError

from odoo.addons.telephony_crm.pbx import adapter as pbx_adapter
from odoo.addons.telephony_crm.tools.transaction import begin

from ..attribution.conversion import Result, State
from .telephony_tracking_conversion import BY_PERSON, GONE_OUT, PENDING
from .telephony_tracking_conversion_turn import MOST_ATTEMPTS

_logger = logging.getLogger(__name__)

#: Of one run; the next one begins at once when there is more.
BATCH = 200
#: What went wrong, where the receiver has not said it in words of its own.
INTERRUPTED, NO_ANSWER, ERROR = "interrupted", "no_answer", "error"
#: A receiver says so long after it what became of something, at the earliest.
FIRST_ASKED = timedelta(minutes=30)


class TelephonyTrackingConversion(models.Model):
    """How a result gets to its destination, once and not twice.

    Only the job sends. Who sends takes the conversion for a while before; where the
    receiver would count a repeat twice, it is "not known" from then until an answer
    has come, so that a crash in between leaves it to a person.
    """

    _inherit = "telephony.tracking.conversion"

    # -- the job -----------------------------------------------------------------

    @api.model
    def _cron_send(self):
        """Send what is due, and ask what became of what was sent."""
        self._release_held()
        is_more = self.env["telephony.tracking.destination"]._catch_up_some()
        due = self._due(BATCH)
        asked = self._to_be_asked(BATCH - len(due))
        world = self.env["ir.cron"]
        world._commit_progress(remaining=len(due) + len(asked))
        tokens, silent = {}, set()
        for step, rows in (("_send_now", due), ("_ask_now", asked)):
            for row in rows:
                destination_id = row.destination_id.id
                if destination_id not in silent and not row._try(step, tokens):
                    silent.add(destination_id)
                if not world._commit_progress(1):
                    return
        if is_more or (len(due) == BATCH and self._due(1)):
            self.env.ref("telephony_crm_tracking.ir_cron_tracking_send")._trigger()

    @api.model
    def _release_held(self):
        """Let those wait for a file or feed that were too early so far."""
        self.search(
            [
                ("state", "=", State.HELD.value),
                ("due_date", "<=", fields.Datetime.now()),
                ("destination_id.how", "!=", "request"),
            ]
        ).write({"state": State.WAITING.value, "reason": False, "due_date": False})

    @api.model
    def _ready(self):
        """Return the domain of what goes to destinations that may be asked now."""
        now = fields.Datetime.now()
        return [
            ("destination_id.active", "=", True),
            ("destination_id.how", "=", "request"),
            "|",
            ("destination_id.pause_date", "=", False),
            ("destination_id.pause_date", "<=", now),
        ]

    @api.model
    def _due(self, limit):
        states = [State.WAITING.value, State.HELD.value]
        due = [
            ("state", "in", states),
            ("due_date", "<=", fields.Datetime.now()),
        ]
        return self.search([*due, *self._ready()], limit=limit, order="due_date, id")

    def _try(self, step, tokens):
        """Do one step; one that fails holds up none of the others.

        :return: whether its destination may be asked for more
        """
        try:
            return getattr(self, step)(tokens)
        except (OperationalError, ConcurrencyError):
            self.env.cr.rollback()  # it waits for the end of its lease
        except Exception:
            self.env.cr.rollback()
            _logger.exception("Conversion %s: not handed over", self.id)
            begin(self.env)
            row = self.exists()
            if row.state in (State.WAITING.value, State.HELD.value):
                row._wait(ERROR)
        return True

    # -- one conversion ----------------------------------------------------------

    def _send_now(self, tokens):
        """Send this one, and note what came of it.

        :param tokens: passing tokens by destination, which are asked for once a run
        :return: whether its destination may be asked for more
        """
        before = self._claim()
        if not before:
            return True
        destination = self.destination_id
        pure, settings = destination._pure(), destination._settings()
        if not pure:
            self._give_back(before)
            return destination._pause("no_kind")
        try:
            settings |= destination._token(tokens)
            # Meanwhile consent may have been taken back, a person have decided, or it
            # be worth something else.
            if not self._begin_alone() or self.state not in PENDING:
                return True
            if self.attempts == 1:
                self._set_value()
            test, own = destination.test_mode, self._to_pure()
            if refusal := self._refusal(settings, own=own):
                self._give_back(before)
                if self.cancelled_date and self.state == State.WAITING.value:
                    self._cease(self.reason or INTERRUPTED, test)
                else:
                    self._write_refusal(refusal)
                return True
            asked = pure.request([own], settings, test)
        except (ValueError, pbx_adapter.PbxError) as error:
            if self._begin_alone() and self.state in PENDING:
                self._give_back(before)
                self.due_date = fields.Datetime.now()
            return destination._pause(destination._problem_of(error))
        if not pure.deduplicates:
            self.write({"state": State.UNKNOWN.value, "reason": INTERRUPTED})
        result = destination._exchange(asked, pure.read, test)
        return self._note_result(result, test, pure) if self._begin_alone() else True

    def _note_result(self, result, test, pure):
        """Note what a receiver answered.

        :param result: `attribution.conversion.Result`
        :return: whether its destination may be asked for more
        """
        state = result.state
        if self.reason == BY_PERSON and state in (State.WAITING, State.UNKNOWN):
            return True  # who decided meanwhile knows more than this answer says
        is_again = state == State.UNKNOWN and pure.deduplicates
        if state == State.WAITING:
            # It took nothing, and it is no fault of this one.
            self.attempts = max(self.attempts - 1, 0)
        if state == State.WAITING or is_again and self.attempts < MOST_ATTEMPTS:
            reason = result.reason or NO_ANSWER
            if self.cancelled_date:
                self._cease(reason, test)
            else:
                self._wait(reason)
                if not self.attempts:
                    self._set_value()  # it may have changed while it was on its way
            return self.destination_id._pause(reason)
        now = fields.Datetime.now()
        asks = state == State.SENT and result.ref and not test
        self.write(
            {
                "state": state.value,
                "reason": result.reason or False,
                "ref": result.ref or False,
                "sent_date": now,
                "due_date": False,
                "ask_date": now + FIRST_ASKED if asks else False,
                "is_test": test,
            }
        )
        if state != State.UNKNOWN:
            self.destination_id._go_on()
        if self.cancelled_date and state.value in GONE_OUT and not test:
            self._retract(now)  # it ceased to be so while it was on its way
        self._tell_news()
        return True


def unanswered(error):
    """Return what an exchange without an answer means.

    :param error: `pbx.adapter.PbxError`
    """
    if isinstance(error, pbx_adapter.NotConnected):
        return Result(State.WAITING, "unreachable")
    return Result(State.UNKNOWN, NO_ANSWER)
