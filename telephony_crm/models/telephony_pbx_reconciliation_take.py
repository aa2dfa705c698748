import json
import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from ..pbx import adapter as pbx_adapter
from ..pbx.call_parties import digits
from ..tools import transaction
from .telephony_pbx_event import STATISTICS

_logger = logging.getLogger(__name__)

CLOCK_ERROR = timedelta(minutes=2)
#: So long may nobody be rung in a call that goes on, such as in a menu.
BETWEEN_LEGS = timedelta(minutes=5)
#: After this time without news a call is over, whatever it looked like.
TALKS_AT_MOST = timedelta(hours=4)


class TelephonyPbxReconciliation(models.Model):
    """What becomes of the rows that a PBX has of its calls."""

    _inherit = "telephony.pbx.reconciliation"

    def _take(self, pbx, rows, more=False):
        """Store rows that are new or different, and apply their calls.

        :param pbx: in the environment of `telephony.pbx._for_events`
        :param rows: `pbx.adapter.Notification` of one answer
        :param more: others follow, some perhaps of the same calls
        """
        by_call = self._settled(pbx, [row for row in rows if row.call_ref], more)
        before = self._calls(pbx, by_call)
        whole = self._told_whole(pbx, by_call)
        stored = self._store_rows(
            pbx,
            [
                row
                for call_ref, read in by_call.items()
                if not (before.get(call_ref) or {}).get("sealed")
                and call_ref not in whole
                for row in read
            ],
        )
        for call_ref, event_ids in stored.items():
            self._apply_now_or_later(pbx, call_ref, event_ids)
        transaction.begin(self.env)
        counts = self._differences(before, self._calls(pbx, stored), stored)
        counts["row_count"] = len(rows)
        self.write({name: self[name] + count for name, count in counts.items()})

    @api.model
    def _apply_now_or_later(self, pbx, call_ref, event_ids):
        """Apply rows of one call. If that cannot be now, the inbox's job does it."""
        try:
            self.env["telephony.pbx.event"].browse(event_ids)._apply(pbx.id, call_ref)
        except (OperationalError, ConcurrencyError):
            self.env.cr.rollback()
            self.env.transaction.reset()
            _logger.info("PBX %s: a call is applied later", pbx.id)

    # -- what is believed --------------------------------------------------------------

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

    # -- the inbox ---------------------------------------------------------------------

    def _store_rows(self, pbx, rows):
        """Put the rows into the inbox with one statement.

        One that is there already costs nothing; one that has changed since takes its
        place and is applied again. So is one that an import of history has read before
        the comparison whose task it is: else what the call brings about were lost.

        :return: ``{call_ref: [event_id]}`` of what has to be applied
        """
        unique = {row.key: row for row in rows}
        if not unique:
            return {}
        Event = self.env["telephony.pbx.event"]
        Event.flush_model()
        found = self.env.execute_query(
            SQL(
                """
                INSERT INTO telephony_pbx_event AS known
                       (pbx_id, key, call_ref, kind, payload, received_at, state,
                        attempts, imported)
                SELECT %(pbx)s, row->>0, row->>1, %(kind)s, row->2, %(now)s, 'new',
                       0, %(imported)s
                  FROM jsonb_array_elements(%(rows)s::jsonb) AS row
                ON CONFLICT (pbx_id, key) DO UPDATE
                   SET payload = excluded.payload, state = 'new', attempts = 0,
                       error = NULL, retry_at = NULL,
                       imported = known.imported AND excluded.imported
                 WHERE known.payload IS DISTINCT FROM excluded.payload
                    OR known.imported AND NOT excluded.imported
             RETURNING known.id, known.call_ref
                """,
                pbx=pbx.id,
                kind=STATISTICS,
                now=fields.Datetime.now(),
                imported=self.kind == "history",
                rows=json.dumps(
                    [[row.key, row.call_ref, row.payload] for row in unique.values()]
                ),
            )
        )
        Event.invalidate_model(flush=False)
        stored = {}
        for event_id, call_ref in found:
            stored.setdefault(call_ref, []).append(event_id)
        return stored

    # -- what was repaired ---------------------------------------------------------

    @api.model
    def _calls(self, pbx, call_refs):
        """Return what the log knows of these calls, by their reference."""
        self.env.cr.execute(
            """
            SELECT c.call_ref, c.state, c.sealed, c.disposition, c.talk_seconds,
                   (SELECT count(*) FROM telephony_call_leg l WHERE l.call_id = c.id)
                   AS legs,
                   (SELECT count(*) FROM telephony_call_recording r
                     WHERE r.call_id = c.id) AS recordings
              FROM telephony_call c
             WHERE c.pbx_id = %s AND c.call_ref = ANY(%s)
            """,
            [pbx.id, list(call_refs)],
        )
        return {row["call_ref"]: row for row in self.env.cr.dictfetchall()}

    @api.model
    def _differences(self, before, after, stored):
        """Return how many calls, ends, results and parts the rows have mended."""
        found = dict.fromkeys(
            (
                "call_count",
                "end_count",
                "result_count",
                "leg_count",
                "recording_count",
            ),
            0,
        )
        for call_ref in stored:
            was, now = before.get(call_ref), after.get(call_ref)
            if not now:
                continue  # a private extension's
            if not was:
                found["call_count"] += 1
                continue
            found["leg_count"] += max(now["legs"] - was["legs"], 0)
            found["recording_count"] += max(now["recordings"] - was["recordings"], 0)
            if was["state"] != "ended":
                found["end_count"] += now["state"] == "ended"
            else:
                found["result_count"] += any(
                    was[name] != now[name] for name in ("disposition", "talk_seconds")
                )
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
