from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..pbx import adapter as pbx_adapter
from ..pbx.call_parties import digits
from .telephony_pbx_event import STATISTICS

CLOCK_ERROR = timedelta(minutes=2)
#: So long may nobody be rung in a call that goes on, such as in a menu.
BETWEEN_LEGS = timedelta(minutes=5)
#: After this time without news a call is over, whatever it looked like.
TALKS_AT_MOST = timedelta(hours=4)


class TelephonyPbxReconciliation(models.Model):
    """Which rows of a PBX are believed, and which calls need none."""

    _inherit = "telephony.pbx.reconciliation"

    def _settled(self, pbx, rows, more):
        """Return the rows of the calls that are over.

        A row appears when a leg is over, and the call may go on: it may have been
        passed on. What is left out here is read again by the next comparison; what may
        be continued on the next page is held back until that is read, and so are more
        rows than a page has.

        :return: ``{call_ref: [Notification]}``
        """
        adapter, account = pbx._adapter(), pbx._account()
        now, settle = fields.Datetime.now(), self._settle()
        by_call, told, fresh, future = {}, {}, set(), 0
        edge = self.ask_until or self.read_until
        for row in [*self._held_rows(), *rows]:
            by_call.setdefault(row.call_ref, []).append(row)
            try:
                events = adapter.events(row.payload, account, now)
            except pbx_adapter.PayloadError:
                continue  # it is stored, and says in the inbox what is wrong
            told.setdefault(row.call_ref, []).extend(events)
            ended = max((_end_of(event) for event in events), default=now)
            if ended > now - settle:
                fresh.add(row.call_ref)
            future += any(
                event.started_at and event.started_at > now + CLOCK_ERROR
                for event in events
            )
            if self.skip and events:
                edge = _begin_of(events[0])
        self.future_count += future
        unsettled = fresh | self._going_on(pbx, told, now)
        held = set()
        if more:  # what is fresh is read again by the next comparison
            near = {ref for ref, events in told.items() if _is_near(events, edge)}
            held = (unsettled | near) - fresh
        settled, count, left_out = {}, 0, unsettled | held
        for ref, read in by_call.items():
            if ref in left_out:
                continue
            if count < adapter.statistics_limit:
                settled[ref] = read
                count += len(read)
            else:  # the job looks at its time first
                held.add(ref)
        self._hold_back(row for ref in held for row in by_call[ref])
        return settled

    def _held_rows(self):
        """Return the rows that were held back, as they were read."""
        return [
            pbx_adapter.Notification(
                event=event, key=key, call_ref=ref, payload=payload
            )
            for event, key, ref, payload in self.sudo().held or []
        ]

    def _hold_back(self, rows):
        """Keep rows until the next page is read; committed with how far it came."""
        rows = [[row.event, row.key, row.call_ref, row.payload] for row in rows]
        self.sudo().held = rows or False

    @api.model
    def _told_whole(self, pbx, call_refs):
        """Return the calls of which the rows can tell nothing new.

        What has seen a call from its beginning to its end knows more of it than a
        row does; and a call that went into another one is no call any more.
        """
        found = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT call_ref FROM telephony_pbx_event
                 WHERE pbx_id = %s AND call_ref = ANY(%s) AND state != 'ignored'
                   AND (kind = 'merged' OR kind = 'ended'
                        AND payload->>'confirmed' = 'true')
                """,
                pbx.id,
                list(call_refs),
            )
        )
        return {row[0] for row in found}

    @api.model
    def _going_on(self, pbx, told, now):
        """Return the calls in which somebody talks of whom no row is there yet.

        :param told: ``{call_ref: [CallEvent]}``
        """
        self.env.cr.execute(
            """
            SELECT c.call_ref, x.number, l.number
              FROM telephony_call c
              JOIN telephony_call_leg l
                ON l.call_id = c.id AND l.state = 'in_progress'
               AND l.kind IN ('agent', 'external')
              LEFT JOIN telephony_extension x ON x.id = l.extension_id
             WHERE c.pbx_id = %s AND c.state = 'in_progress' AND c.call_ref = ANY(%s)
               AND EXISTS (
                   SELECT FROM telephony_pbx_event e
                    WHERE e.pbx_id = c.pbx_id AND e.call_ref = c.call_ref
                      AND e.kind != %s AND e.received_at > %s)
            """,
            [pbx.id, list(told), STATISTICS, now - TALKS_AT_MOST],
        )
        found = set()
        for call_ref, extension, number in self.env.cr.fetchall():
            known = {event.extension for event in told[call_ref]}
            known |= {event.dialled_by for event in told[call_ref]}
            known |= {digits(event.target) for event in told[call_ref]}
            if not known & {extension or number, digits(number or "")} - {""}:
                found.add(call_ref)
        return found


def _begin_of(event):
    """Return when the leg of a row began, as far as the row tells."""
    return event.started_at or event.occurred_at or event.observed_at


def _end_of(event):
    """Return when the leg of a row was over, as far as the row tells."""
    return _begin_of(event) + timedelta(seconds=event.talk_seconds or 0)


def _is_near(events, edge):
    """Tell whether a call may be continued beyond the edge of a page.

    Whichever end of the period the PBX begins with: what follows lies on one side of
    the edge, and what the call has had of legs reaches up to it.
    """
    if not events:
        return False
    first, last = min(map(_begin_of, events)), max(map(_end_of, events))
    return first - BETWEEN_LEGS <= edge <= last + BETWEEN_LEGS
