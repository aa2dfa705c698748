import logging
from datetime import timedelta

from psycopg2 import DatabaseError

from odoo.tests import tagged

from odoo.addons.telephony_crm.tests.common import CUSTOMER

from ..attribution.match import LIVE
from ..hooks import uninstall_hook
from .call_common import STATIC, RingingCase

OTHER = "+442037691899"


@tagged("post_install", "-at_install")
class TestCallCandidates(RingingCase):
    """What the database is asked when a call is matched."""

    def _functions(self):
        """Return volatility, settings and number of arguments of those of the name."""
        self.env.cr.execute(
            """
            SELECT provolatile, proconfig, pronargs FROM pg_proc
             WHERE proname = 'telephony_tracking_candidates'
            """
        )
        return self.env.cr.fetchall()

    def _rows(self, number, at, caller=CUSTOMER):
        """Return kind and visit of what is found for a call ``at`` some second."""
        did = (self.did | self.pooled).filtered(lambda did: did.e164 == number)
        tracked = self.env["telephony.did"]._tracked(self.pbx.id)[did.id]
        self.env.flush_all()
        found = self.env["telephony.call"]._find_candidates(
            tracked, did.id, caller, self._in(at)
        )
        return [(row.kind, row.visit_id) for row in found]

    def _lease(self, number, start, end):
        """Have had the number shown to somebody, at seconds after `now`."""
        visit = self._visit(self._visitor(at=start))
        lease = visit.lease_ids.sudo()
        lease.write(
            {
                "did_id": self.pooled.filtered(lambda did: did.e164 == number).id,
                "end_date": end is not None and self._in(end),
            }
        )
        return visit

    def test_who_called_is_not_logged_where_it_fails(self):
        with self.assertLogs("odoo.sql_db", logging.ERROR) as logs:
            with self.assertRaises(DatabaseError), self.env.cr.savepoint():
                self.env.cr.execute(
                    "SELECT telephony_tracking_candidates(%s)", [CUSTOMER]
                )
        self.assertIn("telephony_tracking_candidates", logs.output[0])
        self.assertNotIn(CUSTOMER, logs.output[0])

    def test_the_function_is_there_and_its_plans_are_kept(self):
        config = ["plan_cache_mode=force_generic_plan"]
        self.assertEqual(self._functions(), [("s", config, 8)])

    def test_the_function_of_another_version_is_replaced(self):
        self.env.cr.execute(
            """
            DROP FUNCTION telephony_tracking_candidates;
            CREATE FUNCTION telephony_tracking_candidates(integer) RETURNS integer
            LANGUAGE sql AS 'SELECT 1'
            """
        )
        self.env["telephony.call"].init()
        [(_volatile, _config, arguments)] = self._functions()
        self.assertEqual(arguments, 8)
        told = self._visitor()
        self.assertEqual(self._ring(self._shown(told), 30).tracking_state, "matched")

    def test_the_function_goes_with_the_addon(self):
        uninstall_hook(self.env)
        self.assertFalse(self._functions())

    def test_what_is_found_can_be_found_where_nothing_may_be_written(self):
        told = self._visitor()
        number, visit = self._shown(told), self._visit(told)
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL transaction_read_only = on")
        self.assertEqual(self._rows(number, 30), [("lease", visit.id)])

    def test_leases_that_are_long_over_stay_in_the_database(self):
        self.pool.write({"late_seconds": 1000, "cooldown_seconds": 0})
        number = self.pooled[0].e164
        self._lease(number, -9000, -8000)
        late = self._lease(number, -5000, -900)
        own = self._lease(number, -800, None)
        self.assertEqual(self._rows(number, 0), [("lease", own.id), ("lease", late.id)])
        self.assertEqual(self._rows(number, 101), [("lease", own.id)])

    def test_a_tap_counts_where_nobody_is_thought_to_be_late(self):
        self.pool.write({"late_seconds": 0, "hold_seconds": 0})
        told = self._visitor()
        number, visit = self._shown(told), self._visit(told)
        self._ask(k=told["k"], t=number, at=self._in(10))
        self.env["telephony.tracking.slot"].sudo()._close_over(self._in(5000))
        self.assertLess(visit.lease_ids.end_date, self._in(100))
        self.assertEqual(self._ring(number, 100).match_ids.level, "tap")
        self.assertFalse(self._ring(number, 200, "in_2", caller="").match_ids)

    def test_a_tap_proves_the_first_caller_and_not_who_rings_after(self):
        told = self._visitor()
        number = self._shown(told)
        self._ask(k=told["k"], t=number, at=self._in(20))
        first = self._ring(number, 25)
        for caller, ref in ((OTHER, "in_2"), ("anonymous", "in_3")):
            call = self._ring(number, 80, ref, caller=caller)
            self.assertEqual(call.match_ids.level, "live")
            self.assertAlmostEqual(call.match_ids.weight, LIVE, 5)
        self.assertEqual(first.match_ids.level, "tap")
        again = self._ring(number, 90, "in_4")  # it was engaged
        self.assertEqual(again.match_ids.level, "tap")

    def test_who_rings_a_tapped_number_once_more_tapped_it(self):
        told = self._visitor()
        number = self._shown(told)
        self._ask(k=told["k"], t=number, at=self._in(20))
        for at in (25, 60, 95):
            call = self._ring(number, at, f"in_{at}")
            self.assertEqual(call.match_ids.level, "tap")

    def test_of_a_static_number_a_tap_proves_the_first_caller(self):
        for _other in self.pooled:
            self._visitor()
        told = self._visitor()
        self._ask(k=told["k"], t=STATIC, at=self._in(20))
        levels = [
            self._ring(STATIC, at, f"in_{at}", caller=caller).match_ids.level
            for at, caller in ((25, CUSTOMER), (80, OTHER))
        ]
        self.assertEqual(levels, ["tap", "live"])

    def test_a_tap_is_no_proof_once_an_earlier_caller_is_heard_of(self):
        """Events of the PBX overtake each other."""
        told = self._visitor()
        number = self._shown(told)
        self._ask(k=told["k"], t=number, at=self._in(20))
        late = self._ring(number, 80, caller=OTHER)
        self.assertEqual(late.match_ids.level, "tap")
        self.assertEqual(self._ring(number, 25, "in_2").match_ids.level, "tap")
        self._ask(k=told["k"], t=number, at=self._in(400))
        call = self._end(number, 80, caller=OTHER)
        self.assertEqual(call, late)
        self.assertEqual(call.match_ids.level, "live")

    def test_a_tap_is_forgotten_where_another_number_was_dialled(self):
        seen = self._visitor("facebook")
        self._visitor()
        told = self._visitor("bing")
        self._ask(k=told["k"], t=STATIC, at=self._in(20))
        call = self._ring(STATIC, 25)
        self.assertEqual(call.match_ids.visit_id, self._visit(told))
        dialled = self.pooled.filtered(lambda did: did.e164 == self._shown(seen))
        vals = {"did_id": dialled.id, "number_e164": call.number_e164}
        vals |= {"direction": "inbound", "source_id": False}
        call.sudo()._update(call._vals_of_news(vals))
        call.sudo()._follow_up_later()
        self._follow_up()
        self.assertEqual(call.match_ids.visit_id, self._visit(seen))
        self.assertEqual(call.source_id.name, "Facebook")

    def test_an_earlier_call_is_one_of_this_caller_within_the_days_that_count(self):
        told = self._visitor()
        number, visit = self._shown(told), self._visit(told)
        self._ring(number, 30)
        days = timedelta(days=self.site.lookback_days).total_seconds()
        known = ("earlier", visit.id)
        self.assertIn(known, self._rows(number, 40))
        self.assertNotIn(known, self._rows(number, 30))  # the call is not its own
        self.assertNotIn(known, self._rows(number, 40, caller=""))
        self.assertIn(known, self._rows(number, 30 + days))
        self.assertNotIn(known, self._rows(number, 31 + days))
