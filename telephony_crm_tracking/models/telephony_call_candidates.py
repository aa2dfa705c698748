from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..attribution.lease import Lease
from ..attribution.match import (
    CLOCK_ERROR,
    TAP,
    TAP_SECONDS,
    UNPROVEN,
    Candidate,
    Level,
    by_earlier_call,
    by_lease,
)
from ..attribution.touch import RETURN_HOURS, Outgoing, returned

MOST_TAPS = 5
MOST_OUTGOING = 20


class TelephonyCall(models.Model):
    """Who may have made a call: one statement, with an index for each of its parts."""

    _inherit = "telephony.call"

    _matched = models.Index(
        "(number_e164, did_id, start_date DESC) "
        "WHERE tracking_state IN ('matched', 'ambiguous')"
    )

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
        parts = self._parts_of_candidates(tracked, did_id, number, called)
        for kind, *row in self.env.execute_query(SQL(" UNION ALL ").join(parts)):
            found[kind].append(row)
        outgoing = [Outgoing(row[2], row[7] or "") for row in found["ours"]]
        did = "" if tracked.windows else tracked.e164
        if returned(called, did, outgoing):
            return None
        candidates = []
        for lease_id, visit_id, start, seen, confirmed, end, tap, _e, _w in found[
            "lease"
        ]:
            lease = Lease("", "", start, seen, confirmed, end, tap)
            own = by_lease(visit_id, lease, called, tracked.windows, lease_id)
            candidates += [own] if own else []
        for row in found["tap"]:
            seconds = max(0, round((called - row[2]).total_seconds()))
            candidates.append(
                Candidate(row[1], Level.TAP, TAP, values={"seconds": seconds})
            )
        if found["earlier"]:
            weights = {row[1]: float(row[8]) for row in found["earlier"]}
            candidates += by_earlier_call(weights, found["earlier"][0][2], called)
        if not candidates and has_source:
            candidates.append(Candidate(None, Level.STATIC, UNPROVEN))
        return candidates

    @api.model
    def _parts_of_candidates(self, tracked, did_id, number, called):
        """Return what is asked; each part has the same nine columns after its kind."""
        values = {
            "did": did_id,
            "number": number,
            "company": tracked.company_id,
            "e164": tracked.e164,
            "called": called,
            "until": called + timedelta(seconds=CLOCK_ERROR),
            "tap_since": called - timedelta(seconds=TAP_SECONDS),
            "earlier_since": called - timedelta(days=tracked.lookback_days),
            "ours_since": called - timedelta(hours=RETURN_HOURS),
            "leases": tracked.leases,
            "taps": MOST_TAPS,
            "outgoing": MOST_OUTGOING,
        }
        yield SQL(
            """
            (SELECT 'tap', NULL::int, id, tap_date, NULL::timestamp, NULL::boolean,
                    NULL::timestamp, NULL::timestamp, NULL::text, NULL::numeric
               FROM telephony_tracking_visit
              WHERE tapped = %(e164)s AND tap_date BETWEEN %(tap_since)s AND %(until)s
                AND company_id = %(company)s
              ORDER BY tap_date DESC LIMIT %(taps)s)
            """,
            **values,
        )
        if tracked.windows:
            yield SQL(
                """
                (SELECT 'lease', id, visit_id, start_date, seen_date, confirmed,
                        end_date, tap_date, NULL, NULL
                   FROM telephony_tracking_lease
                  WHERE did_id = %(did)s AND start_date <= %(until)s
                  ORDER BY start_date DESC LIMIT %(leases)s)
                """,
                **values,
            )
            if number:
                yield SQL(
                    """
                    (SELECT 'earlier', NULL, m.visit_id, c.start_date, NULL, NULL,
                            NULL, NULL, NULL, m.weight
                       FROM (SELECT id, start_date
                               FROM telephony_call
                              WHERE number_e164 = %(number)s AND did_id = %(did)s
                                AND tracking_state IN ('matched', 'ambiguous')
                                AND start_date >= %(earlier_since)s
                                AND start_date < %(called)s
                              ORDER BY start_date DESC LIMIT 1) c
                       JOIN telephony_tracking_match m ON m.call_id = c.id
                      WHERE m.visit_id IS NOT NULL)
                    """,
                    **values,
                )
        elif number:
            yield SQL(
                """
                (SELECT 'ours', NULL, NULL, c.start_date, NULL, NULL, NULL, NULL,
                        d.e164::text, NULL
                   FROM telephony_call c
                   LEFT JOIN telephony_did d ON d.id = c.did_id
                  WHERE c.number_e164 = %(number)s AND c.direction = 'outbound'
                    AND c.start_date >= %(ours_since)s AND c.start_date < %(called)s
                    AND c.company_id = %(company)s
                  ORDER BY c.start_date DESC LIMIT %(outgoing)s)
                """,
                **values,
            )
