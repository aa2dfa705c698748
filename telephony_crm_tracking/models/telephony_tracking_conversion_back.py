from odoo import api, fields, models

from odoo.addons.telephony_crm.tools.transaction import begin

from ..attribution.conversion import Event, State
from .telephony_tracking_conversion import (
    ADJUSTING,
    BY_PERSON,
    GONE_OUT,
    NO_MORE,
    NOT_WANTED,
    PENDING,
)


class TelephonyTrackingConversion(models.Model):
    """What is so no more is left out, or taken back where that can be done.

    What is worth something else than was said is said anew, where that can be done.
    """

    _inherit = "telephony.tracking.conversion"

    def _leave_out(self, code):
        """Note of these, of which nothing has gone, that they do not go."""
        self.write(
            {
                "state": State.SKIPPED.value,
                "reason": code,
                "due_date": False,
                "attempts": 0,
            }
        )

    def _may_have_gone(self):
        """Tell whether the receiver has this one, or may have: it gave no answer.

        What is being sent for the first time is looked at when its answer is there.
        """
        is_unanswered = self.state == State.WAITING.value and self.attempts
        return self.state in GONE_OUT or bool(is_unanswered and self.reason)

    def _is_perhaps_there(self):
        """Tell whether nobody knows if its receiver, who counts each once, has it."""
        pure = self.destination_id._pure()
        is_unknown = self.state == State.UNKNOWN.value and not self.is_test
        return bool(is_unknown and self.reason and pure and pure.deduplicates)

    def _is_under_way(self):
        """Tell whether the job has taken this one, and its answer is not there yet."""
        is_tried = self.state == State.WAITING.value and self.attempts
        return bool(is_tried and not self.reason)  # whatever comes of it leaves one

    def _take_back(self):
        """Leave out what has not gone, and have the receiver told of what has."""
        now = fields.Datetime.now()
        for row in self:
            row.cancelled_date = now
            row._adjusting(Event.RESTATE).filtered(
                lambda worth: worth.state in PENDING
            )._leave_out(NO_MORE)
            if row._may_have_gone() and not row.is_test:
                if row.state not in GONE_OUT:
                    row.write({"state": State.UNKNOWN.value, "due_date": False})
                row._retract(now)
            elif row._is_under_way():
                continue  # what comes of it says whether it is to be taken back
            elif row.state != State.REFUSED.value and row.reason != BY_PERSON:
                row._leave_out(NO_MORE)
                row.ask_date = False

    def _cease(self, reason, test):
        """Note what becomes of one that is so no more and is not sent again.

        :param reason: why nobody knows whether the receiver has it
        :param test: it went in test mode
        """
        if test or not self.attempts:
            self._leave_out(NO_MORE)  # no attempt is left that could have reached it
            return
        self.write({"state": State.UNKNOWN.value, "reason": reason, "due_date": False})
        self._retract(fields.Datetime.now())

    def _retract(self, now, takers=None):
        """Note for who takes it back that it is so no more; Meta and GA4 do not.

        :param takers: destinations; all that are meant to, where it is not said
        """
        takers = self._takers(Event.RETRACT) if takers is None else takers
        for taker in takers:
            back = self._adjusting(Event.RETRACT, taker)
            if back.state in GONE_OUT:
                continue
            # By several roads the same key may have gone.
            back = back or self._new(taker, Event.RETRACT, f"back-{self.id}", now)
            # It may have been left out, as the sale was one again for a while.
            back.write({"date": now, "cancelled_date": False})
            back._queue_fit()

    def _restate(self, amount, currency):
        """Have who has been told of a sale told what it is worth by now, if it is news.

        :param amount: nothing is said of one that is worth nothing, see `_take_back`
        """
        if self.is_test or amount <= 0:
            return
        now = fields.Datetime.now()
        for taker in self._takers(Event.RESTATE):
            rows = self._adjusting(Event.RESTATE, taker)
            # What is on its way has the value that it had when it was sent.
            told = rows.filtered(
                lambda row: row._may_have_gone() or row._is_under_way()
            )[-1:]
            told = told or self
            if told._is_worth(amount, currency):
                left = (rows - told).filtered(lambda row: row.state in PENDING)
                left._leave_out(NO_MORE)
                continue
            row = (rows - told).filtered(
                lambda row: row.state in PENDING or row.reason == NO_MORE
            )[-1:]
            if rows[-1:]._is_worth(amount, currency) and rows[-1:] != row:
                continue  # it was refused, or a person has left it out
            if row.state in PENDING and row._is_worth(amount, currency):
                continue
            count = f"-{len(rows) + 1}" if rows else ""
            name = f"worth-{self.id}{count}"
            row = row or self._new(taker, Event.RESTATE, name, now)
            row.write({"date": now, "amount": amount, "currency_id": currency.id})
            row._queue_fit()

    def _is_outdated(self):
        """Tell whether this one says something that nobody is to learn any more."""
        if self.event == Event.RETRACT.value:
            return not self.original_id.cancelled_date
        if self.event != Event.RESTATE.value:
            return False
        lead = self.lead_id
        is_so = self._is_worth(lead.tracking_revenue, lead.tracking_currency_id)
        return self.reason == NO_MORE or not is_so

    def _tell_news(self):
        """Have its receiver told what a sale has become worth while it was on its way.

        What became of it is committed before: it stays, whatever comes of this.
        """
        if self.event == Event.WON.value and self.lead_id:
            begin(self.env)
            self.lead_id._sync_conversions()

    def _set_value(self):
        """Give this one, which nobody has yet, the value of now."""
        record = self.call_id or self.lead_id
        facts = record._facts() if record and self.event not in ADJUSTING else {}
        if self.event in facts:
            amount, currency = self.destination_id._value(facts[self.event][1])
            self.write(self._vals_of_value(amount, currency))

    @api.model
    def _vals_of_value(self, amount, currency):
        return {"amount": amount, "currency_id": currency.id if amount else False}

    def _is_worth(self, amount, currency):
        """Tell whether this one has said such a value."""
        is_same = bool(self) and self.currency_id == currency
        return is_same and currency.compare_amounts(self.amount, amount) == 0

    def _takers(self, event):
        """Return the destinations by which this one's receiver is told ``event`` of it.

        :param event: one of those that say something of another conversion
        """
        own = self.destination_id
        family = own._pure().family if own._pure() else ""
        found = own._of_company(own.company_id).filtered(
            lambda one: (
                family
                and one._pure()
                and one._pure().family == family
                and event in one._pure().events
            )
        )
        if own in found:
            return own
        return found.filtered(
            lambda one: (
                one.can_take_back
                and (own in one.takes_back_ids or not one.takes_back_ids)
            )
        )

    def _adjusting(self, event, taker=None):
        """Return what says ``event`` of these, the oldest first."""
        domain = [("original_id", "in", self.ids), ("event", "=", event.value)]
        if taker is not None:
            domain.append(("destination_id", "=", taker.id))
        return self.search(domain, order="date, id")

    def _new(self, taker, event, name, now):
        """Make and return what says ``event`` of this one to ``taker``."""
        # Who waits for its lock, and may not see what is made here, begins anew.
        self.env.cr.execute(
            "UPDATE telephony_tracking_conversion SET write_date = write_date "
            "WHERE id = %s",
            [self.id],
        )
        return self.create(
            {
                "destination_id": taker.id,
                "key": f"{self.key}-{name}",
                "event": event.value,
                "call_id": self.call_id.id,
                "lead_id": self.lead_id.id,
                "visit_id": self.visit_id.id,
                "original_id": self.id,
                "date": now,
                "state": State.WAITING.value,
            }
        )

    def _queue_fit(self):
        """Have this one go, or note why it does not; nobody asks for some."""
        self._queue()
        if refusal := self._refusal():
            if refusal.code in NOT_WANTED:
                self.unlink()
            else:
                self._write_refusal(refusal)
