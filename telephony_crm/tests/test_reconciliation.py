from contextlib import suppress
from datetime import datetime, timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from psycopg2.errors import LockNotAvailable

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .account_common import FORMAT, AccountCase

JOB = "odoo.addons.telephony_crm.models.telephony_pbx_reconciliation_job"
STRANGER = "+442079460123"


@tagged("post_install", "-at_install")
class TestReconciliation(AccountCase):
    """The log is compared with the PBX's own records, and mended."""

    # -- what was lost ---------------------------------------------------------

    def test_a_call_of_which_nothing_was_heard_is_found(self):
        began = self._before(minutes=30)
        self._row("in_1", began, seconds=90)
        run = self._compare()
        call = self._call()
        self.assertEqual((call.state, call.disposition), ("ended", "answered"))
        self.assertEqual((call.talk_seconds, call.start_date), (90, began))
        self.assertEqual((call.user_id, call.partner_id), (self.agent, self.partner))
        self.assertTrue(call.confirmed)
        self.assertFalse(call.imported)
        self.assertEqual((run.state, run.call_count, run.row_count), ("done", 1, 1))
        self.assertIn("Lost calls found: 1.", run.summary)

    def test_a_lost_call_that_was_missed_is_to_be_called_back(self):
        self._row("in_1", self._before(minutes=30), answered=False)
        self._compare()
        self._follow_up()
        self.assertEqual(self._call().disposition, "missed")
        self.assertTrue(self._call().needs_callback)

    def test_a_lost_call_that_was_missed_is_said_to_whom_it_has_rung(self):
        """There was no card on which they could have seen it."""
        self.partner.user_id = self.agent
        self._row("in_1", self._before(minutes=30), answered=False)
        self._compare()
        with patch.object(type(self.agent), "_bus_send", autospec=True) as bus_send:
            self._follow_up()
        self.assertEqual(self._call().leg_ids.user_id, self.agent)
        self.assertEqual(self._callback().user_id, self.agent)
        told = [
            call.args[0]
            for call in bus_send.call_args_list
            if call.args[1] == "simple_notification"
        ]
        self.assertEqual(told, [self.agent])

    def test_a_lost_call_creates_nobody(self):
        self.pbx.write({"creation_policy": "lead", "create_on": "end"})
        self._row("in_1", self._before(minutes=30), answered=False, clid=STRANGER[1:])
        self._compare()
        self._follow_up()
        self.assertEqual(self._call().number_e164, STRANGER)
        self.assertFalse(self._call().lead_id)
        self.assertTrue(self._callback(STRANGER))

    def test_a_lost_end_is_found(self):
        began = self._before(minutes=30)
        self._heard("in_1", began, "START", "INTERNAL", "ANSWER")
        self.assertEqual(self._call().state, "in_progress")
        self._row("in_1", began + timedelta(seconds=1), seconds=90)
        run = self._compare()
        call = self._call()
        self.assertEqual((call.state, call.talk_seconds), ("ended", 90))
        self.assertEqual(call.end_date, began + timedelta(seconds=95))
        self.assertEqual((run.end_count, run.call_count), (1, 0))

    def test_a_wrong_length_is_corrected(self):
        began = self._before(minutes=30)
        self._heard("in_1", began, seconds=60)
        self._row("in_1", began + timedelta(seconds=1), seconds=45)
        run = self._compare()
        self.assertEqual(self._call().talk_seconds, 45)
        self.assertEqual(run.result_count, 1)

    def test_a_leg_of_which_nothing_was_heard_is_found(self):
        began = self._before(minutes=30)
        self._heard("in_1", began, seconds=60)
        self._row("in_1", began + timedelta(seconds=1), seconds=60)
        self._row(
            "in_1",
            began + timedelta(seconds=1),
            answered=False,
            sip="101",
            destination="101",
        )
        run = self._compare()
        self.assertEqual(self._call().leg_ids.user_id, self.agent | self.colleague)
        self.assertEqual(run.leg_count, 1)

    def test_what_agrees_is_confirmed_and_not_called_repaired(self):
        began = self._before(minutes=30)
        self._heard("in_1", began, seconds=60)
        self._row("in_1", began + timedelta(seconds=1), seconds=60)
        run = self._compare()
        self.assertTrue(self._call().confirmed)
        self.assertFalse(run._repairs_in_words())
        self.assertIn("Nothing was missing.", run.summary)

    def test_what_was_repaired_pops_up_nowhere(self):
        self._row("in_1", self._before(minutes=30), seconds=90)
        users = type(self.env["res.users"])
        with patch.object(users, "_bus_send") as bus_send:
            self._compare()
        bus_send.assert_not_called()

    def test_a_card_that_is_still_up_is_told_of_the_end(self):
        began = self._before(minutes=30)
        self._heard("in_1", began, "START", "INTERNAL", "ANSWER")
        self._row("in_1", began + timedelta(seconds=1), seconds=90)
        with patch.object(type(self.env["res.users"]), "_bus_send") as bus_send:
            self._compare()
        [told] = [
            call.args[1]
            for call in bus_send.call_args_list
            if call.args[0] == "telephony.call/update"
        ]
        self.assertEqual((told["id"], told["state"]), (self._call().id, "ended"))

    # -- what is not touched ---------------------------------------------------

    def test_a_call_that_may_go_on_is_left_alone(self):
        began = self._before(minutes=3)
        self._heard("in_1", began, "START", "INTERNAL", "ANSWER")
        self._row("in_1", began, seconds=60)
        self._compare(end_date=fields.Datetime.now())
        self.assertEqual(self._call().state, "in_progress")

    def test_a_call_that_was_passed_on_goes_on(self):
        """The first leg has its row when it is over; the second one still talks."""
        began = self._before(minutes=50)
        self._heard("in_1", began, "START", "INTERNAL", "ANSWER")
        self._tell(
            "NOTIFY_INTERNAL", started=began, after=300, call_ref="in_1", internal="101"
        )
        self._tell(
            "NOTIFY_ANSWER",
            started=began,
            after=305,
            call_ref="in_1",
            destination="101",
            internal="101",
        )
        self._row("in_1", began, seconds=290)
        self._compare()
        self.assertEqual(self._call().state, "in_progress")
        self._row("in_1", began, seconds=600, sip="101", destination="101")
        self._compare()
        self.assertEqual(self._call().state, "ended")

    def test_rows_of_the_future_are_not_believed_and_said(self):
        self._row("in_1", self._before(hours=-2))
        run = self._compare(end_date=self._before(hours=-3))
        self.assertFalse(self._call())
        self.assertIn("time zone", run.summary)

    def test_a_call_whose_events_were_purged_stays_as_it_is(self):
        began = self._before(minutes=30)
        self._heard("in_1", began, seconds=60)
        self._call().sealed = True
        self._row("in_1", began, seconds=45)
        self._compare()
        self.assertEqual(self._call().talk_seconds, 60)
        self.assertFalse(self._stored())

    def test_rows_that_name_no_call_make_none(self):
        self._row("", self._before(minutes=30))
        run = self._compare()
        self.assertEqual((run.state, run.call_count), ("done", 0))

    # -- calls that nobody knows -----------------------------------------------

    def test_an_open_call_that_the_pbx_does_not_know_is_closed(self):
        began = self._before(hours=6)
        self._heard("in_1", began, "START", "INTERNAL")
        run = self._compare()
        self._follow_up()
        call = self._call()
        self.assertEqual((call.state, call.disposition), ("ended", "missed"))
        self.assertEqual(call.end_date, began + timedelta(seconds=1))
        self.assertTrue(call.needs_callback)
        self.assertEqual(run.closed_count, 1)

    def test_an_open_call_of_which_was_just_heard_is_not_closed(self):
        self._heard("in_1", self._before(minutes=20), "START", "INTERNAL", "ANSWER")
        self._compare()
        self.assertEqual(self._call().state, "in_progress")

    def test_an_open_call_is_closed_however_long_ago_it_began(self):
        """Before the PBX was entered as well, and the records are not read for it."""
        self._enter_pbx(days=90)
        for days in (70, 100):
            began = self._before(days=days)
            self._heard(f"in_{days}", began, "START", "INTERNAL", "ANSWER")
        self._compare()
        for days in (70, 100):
            self.assertEqual(self._call(f"in_{days}").state, "ended")

    def test_for_an_old_open_call_months_are_read_once_and_not_each_hour(self):
        self._enter_pbx(days=90)
        self._compare()
        for days, call_ref in ((70, "in_1"), (50, "in_2"), (40, "in_3")):
            began = self._before(days=days)
            self._heard(call_ref, began, "START", "INTERNAL", "ANSWER")
        told = {"call_ref": "in_3", "started": began, "internal": "101"}
        self._tell("NOTIFY_INTERNAL", after=300, **told)
        self._tell("NOTIFY_ANSWER", after=305, destination="101", **told)
        self._row("in_3", began, seconds=290)  # and of 101 there is none
        runs = self.env["telephony.pbx.reconciliation"]
        self.assertAlmostEqual(
            runs._period(self.pbx)[0],
            self._before(days=50),
            delta=timedelta(minutes=2),
        )
        self._compare()
        self.assertGreater(runs._period(self.pbx)[0], self._before(days=2))
        for call_ref in ("in_1", "in_2", "in_3"):
            self.assertEqual(self._call(call_ref).state, "ended", call_ref)

    def test_an_end_that_arrives_after_all_is_the_end(self):
        began = self._before(hours=6)
        self._heard("in_1", began, "START", "INTERNAL", "ANSWER")
        self._compare()
        self.assertEqual(self._call().state, "ended")
        self._heard("in_1", began, "END", seconds=600)
        self.assertEqual(self._call().talk_seconds, 600)
        self.assertEqual(self._call().end_date, began + timedelta(seconds=605))

    def test_without_records_of_the_pbx_time_ends_a_call(self):
        self._heard("in_1", self._before(hours=13), "START", "INTERNAL")
        self._heard("in_2", self._before(hours=11), "START", "INTERNAL")
        capabilities = self.pbx._adapter().capabilities - {"statistics"}
        self.patch(type(self.pbx._adapter()), "capabilities", capabilities)
        self.env["telephony.pbx.reconciliation"]._cron_reconcile()
        self.assertEqual(self._call("in_1").state, "ended")
        self.assertEqual(self._call("in_2").state, "ringing")
        self.assertFalse(self.server.asked)

    # -- calls that the PBX does not know ------------------------------------------

    def test_an_ended_call_that_the_pbx_does_not_know_is_marked_and_said(self):
        """The PBX signs neither the id of a call nor its result."""
        began = self._before(hours=3)
        self._heard("in_1", began)
        self._heard("in_2", began)
        self._row("in_2", began)
        run = self._compare()
        self.assertTrue(self._call("in_1").unproven)
        self.assertFalse(self._call("in_2").unproven)
        self.assertEqual(run.unproven_count, 1)
        self.assertIn("Calls of which the PBX has no record: 1.", run.summary)
        self.assertNotIn("Nothing was missing", run.summary)

    def test_a_call_is_given_time_to_be_recorded(self):
        self._heard("in_1", self._before(minutes=20))
        self._heard("in_2", self._before(hours=3), seconds=3 * 3600 - 900)
        self._compare()
        self.assertFalse(self._call("in_1").unproven)
        self.assertFalse(self._call("in_2").unproven)

    def test_each_call_is_looked_for_once(self):
        began = self._before(hours=3)
        self._heard("in_1", began)
        self.assertEqual(self._compare().unproven_count, 1)
        again = self._compare(start_date=self._before(hours=5))
        self.assertEqual(again.unproven_count, 0)

    def test_what_the_pbx_has_recorded_after_all_is_no_longer_marked(self):
        began = self._before(hours=3)
        self._heard("in_1", began)
        self._compare()
        self._row("in_1", began)
        self._compare(start_date=self._before(hours=5))
        self.assertFalse(self._call().unproven)

    def test_what_was_imported_or_came_before_the_period_is_not_marked(self):
        self._enter_pbx(hours=5)
        self._heard("in_1", self._before(hours=8))
        self._compare()
        self.assertFalse(self._call().unproven)

    # -- pages and pace --------------------------------------------------------

    def test_every_page_is_read(self):
        began = self._before(minutes=60)
        self.limit = 2
        self.patch(type(self.pbx._adapter()), "statistics_limit", 2)
        for index in range(5):
            self._row(f"in_{index}", began + timedelta(seconds=index))
        run = self._compare()
        self.assertEqual((run.state, run.row_count, run.call_count), ("done", 5, 5))
        skips = [asked["skip"] for asked in self._asked("/v1/statistics/pbx")]
        self.assertEqual(skips, ["0", "2", "4"])

    def _page_by_page(self):
        """Have pages of two rows, of which one is read with each turn of the job."""
        self.limit = 2
        self.patch(type(self.pbx._adapter()), "statistics_limit", 2)
        self.patch(type(self.pbx), "_statistics_burst", lambda _pbx: 1)
        return self.env["telephony.pbx.reconciliation"]._begin_repair(self.pbx)

    def test_a_call_on_two_pages_is_believed_when_both_are_read(self):
        run = self._page_by_page()
        began = self._before(minutes=60)
        second = {"sip": "101", "destination": "101"}
        self._row("in_0", began - timedelta(minutes=20))
        self._row("in_1", began, answered=False)
        self._row("in_1", began + timedelta(seconds=30), **second)
        self._work(1)
        self.assertTrue(self._call("in_0"))
        self.assertFalse(self._call("in_1"))
        self.assertFalse(self._stored().filtered(lambda row: row.call_ref == "in_1"))
        self._work()
        call = self._call("in_1")
        self.assertEqual((call.disposition, len(call.leg_ids)), ("answered", 2))
        self.assertEqual((run.state, run.call_count, run.row_count), ("done", 2, 3))
        self.assertEqual(run.result_count, 0)
        self.assertFalse(run.held)
        self.assertEqual(len(self._asked("/v1/statistics/pbx")), 2)

    def test_a_call_on_two_pages_is_whole_also_where_the_newest_rows_come_first(self):
        self._page_by_page()
        began = self._before(minutes=60)
        rows = [
            self._row("in_2", began + timedelta(minutes=20)),
            self._row(
                "in_1", began + timedelta(seconds=30), sip="101", destination="101"
            ),
            self._row("in_1", began, answered=False),
        ]
        self.answers["/v1/statistics/pbx"] = lambda query: {
            "stats": rows[int(query["skip"]) : int(query["skip"]) + 2]
        }
        self._work(1)
        self.assertTrue(self._call("in_2"))
        self.assertFalse(self._call("in_1"))
        self._work()
        self.assertEqual(len(self._call("in_1").leg_ids), 2)

    def test_of_a_call_whose_other_leg_is_pages_away_one_comparison_is_enough(self):
        run = self._page_by_page()
        began = self._before(minutes=90)
        second = {"sip": "101", "destination": "101"}
        self._heard("in_1", began, "START", "INTERNAL", "ANSWER")
        told = {"call_ref": "in_1", "started": began, "internal": "101"}
        self._tell("NOTIFY_INTERNAL", after=1800, **told)
        self._tell("NOTIFY_ANSWER", after=1805, destination="101", **told)
        self._row("in_1", began, seconds=600)
        for minutes in range(10, 30, 5):
            self._row(f"in_x{minutes}", began + timedelta(minutes=minutes))
        self._row("in_1", began + timedelta(minutes=30), seconds=120, **second)
        self._work()
        self.assertEqual(run.state, "done")
        self.assertEqual(self._call("in_1").state, "ended")
        self.assertEqual(run.end_count, 1)

    def test_no_more_than_a_page_is_taken_without_a_look_at_the_time(self):
        run = self._page_by_page()
        began = self._before(minutes=60)
        for index in range(7):  # all of them at once, so that all are held back
            self._row(f"in_{index}", began + timedelta(seconds=index))
        taken = []
        take = type(run)._apply_now_or_later

        def apply(runs, *args):
            taken.append(len(run.sudo().held or []))
            return take(runs, *args)

        self.patch(type(run), "_apply_now_or_later", apply)
        self._work()
        self.assertEqual((run.state, run.call_count, run.row_count), ("done", 7, 7))
        self.assertEqual(taken, [5, 5, 3, 3, 1, 1, 0])
        self.assertEqual(len(self._asked("/v1/statistics/pbx")), 4)

    def test_the_pbx_is_asked_three_times_and_left_in_peace_for_a_minute(self):
        self.limit = 1
        self.patch(type(self.pbx._adapter()), "statistics_limit", 1)
        for index in range(5):
            self._row(f"in_{index}", self._before(minutes=60))
        runs = self.env["telephony.pbx.reconciliation"]
        runs._begin_repair(self.pbx)
        runs._cron_reconcile()
        runs._cron_reconcile()
        self.assertEqual(len(self.server.asked), 3)
        pause = self.pbx.sudo().statistics_after - fields.Datetime.now()
        self.assertGreater(pause, timedelta(seconds=55))
        [next_turn] = self.env["ir.cron.trigger"].search(
            [
                ("cron_id", "=", self.env.ref("telephony_crm.ir_cron_reconcile").id),
                ("call_at", "=", self.pbx.sudo().statistics_after),
            ],
            limit=1,
        )
        self.assertTrue(next_turn)

    def test_a_long_period_is_read_month_by_month(self):
        run = self._compare(start_date=self._before(days=70))
        asked = self._asked("/v1/statistics/pbx")
        self.assertEqual(len(asked), 3)
        self.assertEqual(asked[0]["end"], asked[1]["start"])
        self.assertEqual(run.state, "done")

    def test_no_period_is_longer_than_a_month_on_the_clock_of_the_pbx(self):
        """A month in which the clock goes forward is an hour longer there."""
        self.pbx.tz = "America/New_York"
        start = datetime(2026, 2, 1)
        self._compare(start_date=start, end_date=start + timedelta(days=90))
        for asked in self._asked("/v1/statistics/pbx"):
            first, last = (
                datetime.strptime(asked[name], FORMAT) for name in ("start", "end")
            )
            self.assertLessEqual(last, first + relativedelta(months=1))

    def test_of_a_period_that_the_pbx_shortens_nothing_is_lost(self):
        self.longest = timedelta(days=10)
        began = [self._before(days=days) for days in range(1, 41, 3)]
        for index, at in enumerate(began):
            self._row(f"in_{index}", at)
        run = self._compare(start_date=self._before(days=41))
        self.assertEqual((run.state, run.call_count), ("done", len(began)))

    def test_a_pbx_that_shortens_every_period_is_not_asked_for_ever(self):
        def nothing(query):
            return {"start": query["end"], "end": query["end"], "stats": []}

        self.answers["/v1/statistics/pbx"] = nothing
        run = self._compare()
        self.assertEqual((run.state, run.attempts), ("waiting", 1))
        self.assertTrue(run.error)

    def test_the_pbx_says_when_it_may_be_asked_again(self):
        self.answers["/v1/statistics/pbx"] = 429
        runs = self.env["telephony.pbx.reconciliation"]
        run = runs._begin_repair(self.pbx)
        runs._cron_reconcile()
        self.assertEqual(len(self.server.asked), 1)
        self.assertGreater(self.pbx.sudo().statistics_after, fields.Datetime.now())
        self.assertEqual((run.state, run.attempts), ("waiting", 0))
        self.assertIn("no more requests", run.summary)
        del self.answers["/v1/statistics/pbx"]
        self._work()
        self.assertEqual(run.state, "done")

    def test_a_pbx_that_does_not_answer_is_asked_again_later_and_later(self):
        self.answers["/v1/statistics/pbx"] = 500
        run = self._compare()
        self.assertEqual((run.state, run.attempts), ("waiting", 1))
        self.assertTrue(run.error)
        self.assertGreater(run.retry_at, fields.Datetime.now())
        for _attempt in range(20):
            run.retry_at = False
            self._work(1)
        self.assertEqual(run.state, "failed")
        self.assertTrue(run.summary)

    def test_who_was_killed_goes_on_where_he_was(self):
        self.limit = 1
        self.patch(type(self.pbx._adapter()), "statistics_limit", 1)
        for index in range(3):
            self._row(f"in_{index}", self._before(minutes=60 - index))
        runs = self.env["telephony.pbx.reconciliation"]
        run = runs._begin_repair(self.pbx)
        with patch.object(type(runs), "_next", side_effect=[run, run, SystemExit]):
            with suppress(SystemExit):
                runs._cron_reconcile()
        self.assertEqual((run.skip, len(self.server.asked)), (1, 1))
        self._work()
        self.assertEqual((run.state, run.call_count), ("done", 3))
        skips = [asked["skip"] for asked in self._asked("/v1/statistics/pbx")]
        self.assertEqual(skips, ["0", "1", "2", "3"])

    def test_a_call_that_is_busy_is_applied_later(self):
        self._row("in_1", self._before(minutes=60))
        self._row("in_2", self._before(minutes=60))
        apply = type(self.env["telephony.pbx.event"])._apply

        def busy(events, pbx_id=None, call_ref=None, decide=False):
            if call_ref == "in_1":
                raise LockNotAvailable
            return apply(events, pbx_id, call_ref, decide)

        events = type(self.env["telephony.pbx.event"])
        with (
            patch.object(events, "_apply", busy),
            patch.object(self.env.cr, "rollback"),
        ):
            self._compare()
        self.assertFalse(self._call("in_1"))
        self.assertTrue(self._call("in_2"))
        self.env.cr.execute(
            "UPDATE telephony_pbx_event SET received_at = received_at - interval '1h'"
        )
        self.env["telephony.pbx.event"]._cron_apply()
        self.assertTrue(self._call("in_1"))

    @mute_logger(JOB)
    def test_one_pbx_holds_up_no_other(self):
        other = self.pbx.copy({"name": "Other", "api_key": "x", "sequence": 1})
        other.write({"api_secret": "testsecret", "api_url": self.server.url})
        runs = self.env["telephony.pbx.reconciliation"]
        broken = runs._begin_repair(other)
        run = runs._begin_repair(self.pbx)
        turn = type(runs)._turn

        def fails(self, pbx, deadline):
            if pbx == other:
                raise ValueError("out of order")
            return turn(self, pbx, deadline)

        with (
            patch.object(type(runs), "_turn", fails),
            patch.object(self.env.cr, "rollback"),
        ):
            runs._cron_reconcile()
        self.assertEqual((run.state, broken.state), ("done", "waiting"))
        self.assertNotIn("out of order", broken.error)

    # -- rows ------------------------------------------------------------------

    def _stored(self):
        return self.env["telephony.pbx.event"].search([("kind", "=", "STATISTICS")])

    def test_a_row_that_was_read_before_costs_nothing(self):
        self._row("in_1", self._before(minutes=60))
        self._compare()
        event = self._stored()
        self.assertEqual((event.state, event.attempts), ("done", 1))
        run = self._compare()
        self.assertEqual((run.row_count, run._repairs_in_words()), (1, ""))
        self.assertEqual((self._stored(), event.attempts), (event, 1))

    def test_a_row_that_has_changed_is_applied_again(self):
        row = self._row("in_1", self._before(minutes=60), seconds=30)
        self._compare()
        self.assertEqual(self._call().talk_seconds, 30)
        row["seconds"] = 40
        run = self._compare()
        self.assertEqual(self._call().talk_seconds, 40)
        self.assertEqual(len(self._stored()), 1)
        self.assertEqual(run.result_count, 1)

    def test_an_extension_that_is_rung_twice_in_a_call_has_two_rows(self):
        began = self._before(minutes=60)
        for after, answered in ((0, False), (90, True)):
            at = began + timedelta(seconds=after)
            self._row("in_1", at, 30, answered, call_id="1458313316.27")
        self._compare()
        self.assertEqual(len(self._stored()), 2)
        call = self._call()
        self.assertEqual((call.disposition, call.talk_seconds), ("answered", 30))
        self.assertEqual(call.start_date, began)

    @mute_logger("odoo.addons.telephony_crm.models.telephony_pbx_event")
    def test_a_row_without_sense_is_kept_and_holds_up_nothing(self):
        self._row("in_1", self._before(minutes=60))
        self._row("in_1", self._before(minutes=60), callstart_x="", seconds="many")
        self._row("in_2", self._before(minutes=60))
        run = self._compare()
        self.assertEqual(run.state, "done")
        self.assertTrue(self._call("in_1"))
        self.assertTrue(self._call("in_2"))
        self.assertEqual(self._stored().mapped("state").count("failed"), 1)

    def test_an_answer_without_sense_is_tried_again(self):
        self.answers["/v1/statistics/pbx"] = {"stats": "none"}
        run = self._compare()
        self.assertEqual(run.attempts, 1)
        self.assertIn("cannot be understood", run.error)

    # -- when ------------------------------------------------------------------

    def test_each_comparison_begins_before_the_end_of_the_last(self):
        run = self._compare()
        self._age_run(run, hours=2)
        self.env["telephony.pbx.reconciliation"]._cron_reconcile()
        later = self.env["telephony.pbx.reconciliation"].search(
            [("pbx_id", "=", self.pbx.id)], limit=1
        )
        self.assertNotEqual(later, run)
        self.assertLess(later.start_date, run.end_date)

    def test_what_was_before_the_pbx_was_entered_is_not_compared(self):
        self._row("in_1", self._before(minutes=50), answered=False)
        self._row("in_2", self._before(minutes=20), answered=False)
        for _time in range(2):  # the second one is to read a whole day
            self._enter_pbx(minutes=30)
            run = self._compare()
            self.assertEqual(run.state, "done")
            self.assertFalse(self._call("in_1"))
            self.assertTrue(self._call("in_2"))

    def test_a_pbx_that_was_just_entered_has_nothing_to_compare(self):
        self._enter_pbx(minutes=0)
        run = self.env["telephony.pbx.reconciliation"]._begin_repair(self.pbx)
        self.assertEqual(run.start_date, run.end_date)

    def test_after_a_pause_of_days_all_of_them_are_compared(self):
        run = self._compare()
        run.write(
            {"start_date": self._before(days=6), "end_date": self._before(days=5)}
        )
        self._enter_pbx(days=30)
        later = self.env["telephony.pbx.reconciliation"]._begin_repair(self.pbx)
        self.assertLess(later.start_date, self._before(days=5))

    def test_after_comparisons_that_failed_all_since_the_beginning_is_compared(self):
        self._enter_pbx(days=5)
        self._row("in_1", self._before(days=4))
        runs = self.env["telephony.pbx.reconciliation"]
        for _failed in range(2):
            runs._begin_repair(self.pbx).state = "failed"
        self._compare()
        self.assertTrue(self._call())

    def test_only_one_is_under_way(self):
        runs = self.env["telephony.pbx.reconciliation"]
        run = runs._begin_repair(self.pbx)
        self.assertEqual(runs._begin_repair(self.pbx), run)

    def test_a_pbx_that_is_switched_off_or_has_no_key_is_not_asked(self):
        runs = self.env["telephony.pbx.reconciliation"]
        runs._begin_repair(self.pbx)
        self.pbx.active = False
        runs._cron_reconcile()
        self.pbx.write({"active": True, "api_key": False})
        runs.search([]).unlink()
        runs._cron_reconcile()
        self.assertFalse(self.server.asked)

    def test_old_comparisons_that_found_nothing_are_removed(self):
        old = self._compare()
        self._age_run(old, days=8)
        new = self._compare()
        self.env.flush_all()
        self.env["telephony.pbx.reconciliation"]._gc_reconciliations()
        self.env.invalidate_all()
        self.assertFalse(old.exists())
        self.assertTrue(new.exists())

    # -- who may ---------------------------------------------------------------

    def test_administrators_see_the_comparisons_of_their_companies_only(self):
        run = self._compare()
        admin = self._user("telephony_admin", "telephony_administrator")
        run.with_user(admin).read(["summary"])
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._user(
            "stranger",
            "telephony_administrator",
            company_id=elsewhere.id,
            company_ids=elsewhere.ids,
        )
        for user in (self.agent, stranger):
            with self.assertRaises(AccessError):
                run.with_user(user).read(["summary"])
            with self.assertRaises(AccessError):
                run.with_user(user).action_cancel()
        with self.assertRaises(AccessError):
            run.with_user(admin).write({"state": "waiting"})

    def test_an_administrator_can_stop_it(self):
        admin = self._user("telephony_admin", "telephony_administrator")
        run = self.env["telephony.pbx.reconciliation"]._begin_repair(self.pbx)
        run.with_user(admin).action_cancel()
        self._work()
        self.assertEqual(run.state, "cancelled")
        self.assertFalse(self.server.asked)
