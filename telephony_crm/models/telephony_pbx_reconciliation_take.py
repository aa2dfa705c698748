import json
import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from ..tools import transaction
from .telephony_pbx_event import STATISTICS

_logger = logging.getLogger(__name__)


class TelephonyPbxReconciliation(models.Model):
    """What becomes of the rows of calls: stored, applied, and counted as repaired."""

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
