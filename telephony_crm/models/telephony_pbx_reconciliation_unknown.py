from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .telephony_pbx_event import CLOSED, STATISTICS
from .telephony_pbx_reconciliation_settle import CLOCK_ERROR, TALKS_AT_MOST

#: After this time without news nobody is rung any more, whatever it looked like.
RINGS_AT_MOST = timedelta(hours=1)
#: After this time a call is over where the PBX has no records that could tell.
FORGOTTEN = timedelta(hours=12)
#: How late rows may come; less than periods overlap.
RECORDED_WITHIN = timedelta(hours=1)


class TelephonyPbxReconciliation(models.Model):
    """What becomes of the calls in the log that a PBX has no record of."""

    _inherit = "telephony.pbx.reconciliation"

    # -- calls that nobody ended -------------------------------------------------

    def _close_unknown(self, pbx):
        """End the calls that the PBX has no record of.

        Those of this period; and those from before, which are not looked for again.
        Where the PBX can be asked what goes on, that counts: who waits on a hotline is
        heard of no more often than who has gone.

        :return: how many
        """
        if pbx._can("running"):
            return 0
        return self._close(
            pbx,
            SQL(
                "c.start_date <= %s AND e.heard_at < %s - "
                "CASE c.state WHEN 'ringing' THEN %s ELSE %s END",
                self.end_date,
                fields.Datetime.now(),
                RINGS_AT_MOST,
                TALKS_AT_MOST,
            ),
        )

    @api.model
    def _close_forgotten(self):
        """End the calls of PBXs that keep no records, when nothing was heard for long.

        Of a PBX that has records, they tell.
        """
        now = fields.Datetime.now()
        for pbx in self.env["telephony.pbx"].sudo().search([]):
            if not pbx._has_statistics():
                self._close(pbx._for_events(), SQL("e.heard_at < %s", now - FORGOTTEN))

    @api.model
    def _close(self, pbx, condition):
        """Note an end at the moment when a call was last heard of, and apply it."""
        self.env["telephony.call"].flush_model()
        self.env["telephony.pbx.event"].flush_model()
        found = self.env.execute_query(
            SQL(
                """
                INSERT INTO telephony_pbx_event
                       (pbx_id, key, call_ref, kind, payload, received_at, state,
                        attempts)
                SELECT c.pbx_id, 'closed:' || c.call_ref, c.call_ref, %(closed)s, '{}',
                       e.heard_at, 'new', 0
                  FROM telephony_call c
                 CROSS JOIN LATERAL (
                       SELECT COALESCE(max(received_at), c.write_date) AS heard_at,
                              COALESCE(bool_or(kind = %(statistics)s), FALSE) AS known
                         FROM telephony_pbx_event
                        WHERE pbx_id = c.pbx_id AND call_ref = c.call_ref) e
                 WHERE c.pbx_id = %(pbx)s AND c.state != 'ended' AND NOT e.known
                   AND %(condition)s
                ON CONFLICT (pbx_id, key) DO NOTHING
             RETURNING id, call_ref
                """,
                closed=CLOSED,
                statistics=STATISTICS,
                pbx=pbx.id,
                condition=condition,
            )
        )
        for event_id, call_ref in found:
            self._apply_now_or_later(pbx, call_ref, [event_id])
        return len(found)

    # -- calls that the PBX does not know ----------------------------------------

    def _mark_unknown(self, pbx):
        """Mark the ended calls of this period that the PBX has no record of.

        Who has heard one signed event can make up calls where the PBX signs neither
        their id nor their result. Rows may come an hour late, and each period begins
        two hours before the end of the last, so that no call falls between them.

        What a bridge has heard of records proves nothing against a call: it may have
        been away when the call ended. Nor does a table in which there is nothing at
        all.

        :return: how many
        """
        if self.is_partial or pbx._has_bridge() and not self._has_read(pbx):
            return 0
        self.env["telephony.call"].flush_model()
        self.env["telephony.pbx.event"].flush_model()
        found = self.env.execute_query(
            SQL(
                """
                UPDATE telephony_call c SET unproven = TRUE
                 WHERE c.pbx_id = %s AND c.state = 'ended'
                   AND c.start_date >= %s
                   AND COALESCE(c.end_date, c.start_date) <= %s
                   AND c.confirmed IS NOT TRUE AND c.unproven IS NOT TRUE
                   AND c.imported IS NOT TRUE AND c.sealed IS NOT TRUE
                   AND NOT EXISTS (
                       SELECT FROM telephony_pbx_event
                        WHERE pbx_id = c.pbx_id AND call_ref = c.call_ref
                          AND kind = %s)
             RETURNING c.id
                """,
                pbx.id,
                self.start_date + CLOCK_ERROR,
                self.end_date - RECORDED_WITHIN,
                STATISTICS,
            )
        )
        self.env["telephony.call"].invalidate_model(["unproven"], flush=False)
        unknown = self.env["telephony.call"].browse(row[0] for row in found)
        self.env["telephony.callback"].sudo()._reopen(unknown)
        return len(found)

    def _has_read(self, pbx):
        """Tell whether any comparison of a PBX has read a row, this one included."""
        self.flush_recordset(["row_count"])
        return bool(
            self.sudo().search_count(
                [("pbx_id", "=", pbx.id), ("row_count", ">", 0)], limit=1
            )
        )
