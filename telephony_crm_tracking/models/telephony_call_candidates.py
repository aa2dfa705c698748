from datetime import datetime, timedelta
from typing import NamedTuple

from odoo import api, models

from ..attribution.candidates import (
    BEFORE,
    CLOCK_ERROR,
    TAP_SECONDS,
    by_earlier_call,
    by_lease,
    by_tap,
    is_proof,
    rang_before,
)
from ..attribution.lease import Lease
from ..attribution.match import UNPROVEN, Candidate, Level
from ..attribution.touch import RETURN_HOURS, Outgoing, returned

LIMITS = {
    "clock_error": timedelta(seconds=CLOCK_ERROR),
    "tap": timedelta(seconds=TAP_SECONDS),
    "answer": timedelta(hours=RETURN_HOURS),
    "most_taps": 5,
    "most_outgoing": 20,
}
# All that the database knows of who may have made a call, in one round trip. Planning
# takes longer than reading these few rows, and the plans of a function are kept. They
# are those for any value, by order: PostgreSQL cannot know how few rows the limits
# leave, and would plan anew for each call, while an index for each part is the best
# way whatever is asked. The columns are those of `_Found`. Of what is no variable the
# table is said, so that no column that somebody adds can be taken for one.
FIND = """
CREATE FUNCTION telephony_tracking_candidates(
    a_did integer, an_e164 text, a_company integer, a_caller text, called timestamp,
    most_leases integer, late_seconds integer, lookback_days integer)
RETURNS TABLE (
    kind text, lease integer, visit integer, date timestamp, seen timestamp,
    is_confirmed boolean, ended timestamp, tap timestamp, e164 text, weight numeric)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_variable
DECLARE
    until CONSTANT timestamp := called + %(clock_error)s;
    -- Who tapped just before it rang is one, even if nobody is thought to be late.
    over CONSTANT timestamp :=
        called - greatest(make_interval(secs => late_seconds), %(tap)s);
BEGIN
    RETURN QUERY
    SELECT 'tap', NULL::integer, v.id, v.tap_date, NULL::timestamp, NULL::boolean,
           NULL::timestamp, NULL::timestamp, NULL::text, NULL::numeric
      FROM telephony_tracking_visit v
     WHERE v.tapped = an_e164
       AND v.tap_date BETWEEN called - %(tap)s AND until
       AND v.company_id = a_company
     ORDER BY v.tap_date DESC
     LIMIT %(most_taps)s;
    IF most_leases > 0 THEN
        RETURN QUERY
        SELECT 'lease', l.id, l.visit_id, l.start_date, l.seen_date, l.confirmed,
               l.end_date, l.tap_date, NULL::text, NULL::numeric
          FROM (SELECT *
                  FROM telephony_tracking_lease last
                 WHERE last.did_id = a_did AND last.start_date <= until
                 ORDER BY last.start_date DESC
                 LIMIT most_leases) l
         WHERE l.end_date IS NULL OR l.end_date >= over;
    END IF;
    IF most_leases > 0 AND a_caller <> '' THEN
        RETURN QUERY
        SELECT 'earlier', NULL::integer, m.visit_id, c.start_date, NULL::timestamp,
               NULL::boolean, NULL::timestamp, NULL::timestamp, NULL::text, m.weight
          FROM (SELECT last.id, last.start_date
                  FROM telephony_call last
                 WHERE last.number_e164 = a_caller AND last.did_id = a_did
                   AND last.tracking_state IN ('matched', 'ambiguous')
                   AND last.start_date >= called - make_interval(days => lookback_days)
                   AND last.start_date < called
                 ORDER BY last.start_date DESC
                 LIMIT 1) c
          JOIN telephony_tracking_match m ON m.call_id = c.id
         WHERE m.visit_id IS NOT NULL;
    ELSIF a_caller <> '' THEN
        RETURN QUERY
        SELECT 'ours', NULL::integer, NULL::integer, c.start_date, NULL::timestamp,
               NULL::boolean, NULL::timestamp, NULL::timestamp, d.e164::text,
               NULL::numeric
          FROM telephony_call c
          LEFT JOIN telephony_did d ON d.id = c.did_id
         WHERE c.number_e164 = a_caller AND c.direction = 'outbound'
           AND c.start_date >= called - %(answer)s AND c.start_date < called
           AND c.company_id = a_company
         ORDER BY c.start_date DESC
         LIMIT %(most_outgoing)s;
    END IF;
END $$
"""


class _Found(NamedTuple):
    """A row of the function above.

    :param kind: ``tap`` on the number; ``lease`` of it; ``earlier`` call of the caller
        to it, and a visit that may have made that; call of ``ours`` to the caller
    :param date: of the tap or the call; the start of the lease
    :param e164: our number that the caller was shown
    :param weight: of the visit among those of the earlier call
    """

    kind: str
    lease_id: int | None
    visit_id: int | None
    date: datetime
    seen: datetime | None
    confirmed: bool | None
    end: datetime | None
    tap: datetime | None
    e164: str | None
    weight: float | None


class TelephonyCall(models.Model):
    """Who may have made a call: one statement, with an index for each of its parts."""

    _inherit = "telephony.call"

    _matched = models.Index(
        "(number_e164, did_id, start_date DESC) "
        "WHERE tracking_state IN ('matched', 'ambiguous')"
    )

    def init(self):
        """Override to create the function that candidates are found with."""
        super().init()
        self.env.cr.execute("DROP FUNCTION IF EXISTS telephony_tracking_candidates")
        self.env.cr.execute(FIND, LIMITS)

    @api.model
    def _candidates(self, tracked, did_id, number, called, has_source):
        """Return the visits that may have made a call.

        :param tracked: `Tracked` of the number that was called
        :param number: of the caller, E.164; empty when hidden
        :param called: when it began to ring, naive UTC
        :param has_source: the number that was called stands for a source
        :return: list of `Candidate`; `None` when the call answers one of ours, so that
            nothing but that has brought it about
        """
        found = {"lease": [], "tap": [], "earlier": [], "ours": []}
        for row in self._find_candidates(tracked, did_id, number, called):
            found[row.kind].append(row)
        outgoing = [Outgoing(row.date, row.e164 or "") for row in found["ours"]]
        did = "" if tracked.windows else tracked.e164
        if returned(called, did, outgoing):
            return None
        candidates, rang = [], []
        taps = [row.tap for row in found["lease"]] + [row.date for row in found["tap"]]
        if any(tap and is_proof(tap, called) for tap in taps):
            rang = self._rang_before(did_id, number, called)
        for row in found["lease"]:
            lease = Lease("", "", row.date, row.seen, row.confirmed, row.end, row.tap)
            own = by_lease(
                row.visit_id, lease, called, tracked.windows, row.lease_id, rang
            )
            candidates.append(own)
        for row in found["tap"]:
            candidates.append(by_tap(row.visit_id, row.date, called, rang))
        candidates = list(filter(None, candidates))
        if earlier := found["earlier"]:
            weights = {row.visit_id: float(row.weight) for row in earlier}
            candidates += by_earlier_call(weights, earlier[0].date, called)
        if not candidates and has_source:
            candidates.append(Candidate(None, Level.STATIC, UNPROVEN))
        return candidates

    @api.model
    def _rang_before(self, did_id, number, called):
        """Return when a number was rung shortly before a call; see `rang_before`.

        Asked where somebody tapped it, which is by no means always.

        :param number: of the caller, E.164; empty when hidden
        """
        calls = self.sudo().search_fetch(
            [
                ("did_id", "=", did_id),
                ("direction", "=", "inbound"),
                ("start_date", ">=", called - BEFORE),
                ("start_date", "<=", called),
            ],
            ["start_date", "number_e164"],
        )
        rang = [(call.start_date, call.number_e164 or "") for call in calls]
        return rang_before(rang, called, number or "")

    @api.model
    def _find_candidates(self, tracked, did_id, number, called):
        """Return what the database knows of them, as `_Found`."""
        self.env.cr.execute(
            "SELECT * FROM telephony_tracking_candidates"
            "(%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                did_id,
                tracked.e164,
                tracked.company_id,
                number or "",
                called,
                tracked.leases,
                tracked.windows.late if tracked.windows else 0,
                tracked.lookback_days,
            ],
        )
        return map(_Found._make, self.env.cr.fetchall())
