import logging
from datetime import timedelta
from itertools import takewhile

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError

from ..attribution.conversion import Event, Refusal, State
from ..attribution.touch import LOOKBACK_DAYS
from .telephony_tracking_conversion import (
    ADJUSTING,
    BY_PERSON,
    GONE_OUT,
    NO_MORE,
    NOT_WANTED,
    PENDING,
)

_logger = logging.getLogger(__name__)

UNSURE = "unsure"
#: What a result is, and not what became of it.
OF_RESULT = ("date", "amount", "currency_id", "visit_id")


class TelephonyTrackingDestination(models.Model):
    """Which results go to a destination, and what happens to those that are no more."""

    _inherit = "telephony.tracking.destination"

    def _sync(self, record, facts, visits_of):
        """Make what is handed over equal to what is so. Again and again the same.

        Whatever fails here, the call or lead stays. For sudo only.

        :param record: a call or a lead
        :param facts: ``{event: (time, value)}`` of all that is so; the value is a pair
            of amount and currency, or the name of a field of the destination
        :param visits_of: function of the least likelihood that returns the visits that
            led to the result, and whether they are likely enough
        """
        for destination in self.filtered(lambda one: one._pure()):
            try:
                with self.env.cr.savepoint():
                    destination._sync_one(record, facts, visits_of)
            except (OperationalError, ConcurrencyError):
                raise
            except Exception:
                _logger.exception("Destination %s: %s not noted", destination, record)

    def _sync_one(self, record, facts, visits_of):
        rows = self._rows_of(record)
        for event, (at, value) in facts.items():
            fact = (at, *self._value(value))
            of_event = rows.filtered(lambda row, event=event: row.event == event)
            living = of_event.filtered(lambda row: not row.cancelled_date)
            # Of what was merged that stays which the receiver knows.
            living = living.sorted(_rank)
            if not living:
                living = self._revive(of_event)
            if not living or living[0].state not in GONE_OUT:
                self._note(record, event, fact, living[:1], len(of_event), visits_of)
            elif event == Event.WON:
                living[0]._restate(*fact[1:])
            living[1:]._take_back()
        gone = rows.filtered(
            lambda row: row.event not in facts and not row.cancelled_date
        )
        gone._take_back()

    def _value(self, value):
        """Return amount and currency of a value among facts, see `_sync`."""
        return (self[value], self.currency_id) if isinstance(value, str) else value

    def _rows_of(self, record):
        """Return what was noted of a call or lead, the oldest first; nobody sends it.

        What the job has taken to send, is seen to be, once it is locked here.
        """
        name = "call_id" if record._name == "telephony.call" else "lead_id"
        domain = [
            ("destination_id", "=", self.id),
            (name, "=", record.id),
            ("event", "not in", ADJUSTING),
        ]
        rows = self.env["telephony.tracking.conversion"].search(domain, order="id")
        if rows:
            rows._lock()
        return rows

    @api.model
    def _revive(self, rows):
        """Return the last of what was so no more, where nobody was told of that."""
        last = rows[-1:]
        backs = self.env["telephony.tracking.conversion"].search(
            [
                ("original_id", "in", last.ids),
                ("event", "=", Event.RETRACT.value),
            ]
        )
        if any(back.state in GONE_OUT for back in backs):
            return rows.browse()
        backs.filtered(lambda back: back.state in PENDING)._leave_out(NO_MORE)
        last.cancelled_date = False
        return last

    # -- one result --------------------------------------------------------------

    def _note(self, record, event, fact, known, count, visits_of):
        """Note a result, or anew what has not gone yet.

        :param known: the row that there is; empty for a new one
        :param count: how many rows there have been of this event
        """
        at, amount, currency = fact
        if at < self.start_date or known.reason == BY_PERSON:
            return
        # What the receiver was too early for, it has not taken.
        is_early = known.state == State.HELD.value
        if known.state == State.REFUSED.value or known.attempts and not is_early:
            return  # what the receiver has seen is left to people
        visits, is_sure = visits_of(self.min_weight)
        if not visits:
            return
        key = known.key or self._key(record, event, count)
        visit, refusal = self._choose(record, key, event, fact, visits)
        if refusal and refusal.code in NOT_WANTED and not known:
            return
        if not is_sure:
            refusal = Refusal(UNSURE)
        vals = {
            "date": at,
            **known._vals_of_value(amount, currency),
            "visit_id": visit.id,
            "state": (refusal.state if refusal else State.WAITING).value,
            "reason": refusal.code if refusal else False,
            "due_date": fields.Datetime.now(),
        }
        if refusal:
            vals["due_date"] = refusal.until or False
        if known.attempts:  # it goes once the receiver knows the click
            vals = {name: vals[name] for name in OF_RESULT}
        if known:
            known.write(vals)
            return
        name = "call_id" if record._name == "telephony.call" else "lead_id"
        vals |= {"destination_id": self.id, "key": key, "event": event}
        visit._keep()
        self.env["telephony.tracking.conversion"].create({**vals, name: record.id})

    def _key(self, record, event, count):
        """Return by what a result is known: of this database, and of nobody.

        Several databases may hand over to one account.
        """
        base = self.env["ir.config_parameter"].sudo().get_param("database.uuid") or ""
        key = f"{base.replace('-', '')[:8]}-{event}-{record.id}"
        return f"{key}-{count + 1}" if count else key

    def _choose(self, record, key, event, fact, visits):
        """Return the visit whose click is handed over, and what is against it.

        The last visit that the receiver can do something with. What somebody said no
        to is passed by, and all that was before.
        """
        at, amount, currency = fact
        rows = self.env["telephony.tracking.conversion"]
        pure, settings, now = self._pure(), self._settings(), fields.Datetime.now()
        values = {"key": key, "event": Event(event), "at": at}
        values |= rows._pure_amount(amount, currency)
        agreed = list(takewhile(lambda one: one.consent_ads != "denied", visits))
        first = None
        for visit in agreed or visits[:1]:
            own = rows._pure_of(record, visit, **values)
            refusal = pure.refusal(own, settings, now)
            if not refusal or refusal.until:
                return visit, refusal
            first = first or (visit, refusal)
        return first

    @api.model
    def _visits_before(self, visits, at):
        """Return all visits of some browsers until a time, the last one first."""
        if not visits:
            return visits
        since = at - timedelta(days=LOOKBACK_DAYS)
        touches = self.env["telephony.tracking.touch"].sudo()
        every = touches._same_browsers(visits, since, at) | visits
        return every.sorted(lambda one: (one.start_date, one.id), reverse=True)


def _rank(row):
    """Tell which of several rows of one result stands for it, the lowest first."""
    if row._may_have_gone():
        return 0 if row.state in GONE_OUT else 1
    return 3 if row.state == State.REFUSED.value else 2
