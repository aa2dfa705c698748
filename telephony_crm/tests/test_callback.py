from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CUSTOMER, TelephonyCase

OTHER = "+442079460123"
PREMIUM = "+449098790123"


@tagged("post_install", "-at_install")
class TestCallback(TelephonyCase):
    """Who rang in vain is rung back, once, by whom it concerns."""

    def _partner(self, **values):
        return self.env["res.partner"].create(
            {"name": "Ann", "phone": CUSTOMER, **values}
        )

    def _lead(self, **values):
        return self.env["crm.lead"].create(
            {
                "name": "Order",
                "phone": CUSTOMER,
                "type": "opportunity",
                "company_id": self.company.id,
                "user_id": False,
                **values,
            }
        )

    # -- one for each number -----------------------------------------------------------

    def test_a_number_has_one_call_back_however_often_it_rings(self):
        for number in range(3):
            self._miss(f"in_{number}", minutes=30 - number)
        callback = self._callback()
        self.assertEqual(len(callback), 1)
        self.assertEqual(callback.state, "open")
        self.assertEqual(callback.attempts, 3)
        self.assertEqual(len(callback.call_ids), 3)
        self.assertEqual(callback.waiting_date, self._call("in_0").start_date)
        self.assertEqual(callback.last_date, self._call("in_2").start_date)

    def test_the_same_second_told_as_of_another_call_settles_nothing(self):
        """A signature covers who rang and when, not the call's id nor its result."""
        started = self._ago(minutes=2)
        missed = self._miss(started=started)
        told = {"call_ref": "forged", "started": started}
        self._tell("NOTIFY_START", after=0, **told)
        self._tell("NOTIFY_INTERNAL", after=1, internal="100", **told)
        self._tell("NOTIFY_ANSWER", after=2, internal="100", **told)
        self._tell(
            "NOTIFY_END",
            after=40,
            internal="100",
            duration="30",
            disposition="answered",
            **told,
        )
        self._follow_up()
        self.assertEqual(self._call("forged").start_date, missed.start_date)
        self.assertEqual(self._call("forged").disposition, "answered")
        self.assertEqual(self._callback().state, "open")
        self.assertEqual(self._callback().attempts, 1)
        self.assertTrue(missed.needs_callback)

    def test_what_a_call_has_settled_that_never_was_is_open_again(self):
        missed = self._miss(minutes=3)
        talk = self._talk()
        self.assertEqual(self._callback().state, "done")
        self.env["telephony.callback"]._reopen(talk)
        callback = self._callback()
        self.assertEqual((callback.state, callback.attempts), ("open", 1))
        self.assertTrue(missed.needs_callback)
        self.assertTrue(callback.activity_id.active)

    def test_the_database_itself_refuses_a_second_one(self):
        self._miss()
        with (
            self.assertRaisesRegex(Exception, "open_unique"),
            self.cr.savepoint(),
        ):
            self._callback().copy()

    def test_each_number_has_its_own(self):
        self._miss()
        self._miss("in_2", caller_id=OTHER[1:])
        self.assertEqual(len(self._callback()), 1)
        self.assertEqual(len(self._callback(OTHER)), 1)

    def test_each_company_has_its_own_and_a_talk_settles_that_of_its_company(self):
        self._miss(minutes=5)
        ours = self.pbx
        theirs = self.pbx.copy(
            {
                "name": "Branch",
                "company_id": self.env["res.company"].create({"name": "Branch"}).id,
            }
        )
        self.pbx = theirs
        self._miss("in_2", minutes=4)
        self.pbx = ours
        callbacks = self._callback()
        self.assertEqual(callbacks.company_id, ours.company_id | theirs.company_id)
        self._talk()
        by_company = {one.company_id: one.state for one in self._callback()}
        self.assertEqual(by_company[ours.company_id], "done")
        self.assertEqual(by_company[theirs.company_id], "open")

    def test_nobody_is_rung_back_who_hides_is_blocked_or_one_of_us(self):
        self._miss("in_hidden", caller_id="0")
        self._miss("in_own", caller_id=self.did.e164[1:])
        self.env["telephony.blocked.number"].create(
            {"number": OTHER, "company_id": self.company.id}
        )
        self._miss("in_blocked", caller_id=OTHER[1:])
        self.assertFalse(self.env["telephony.callback"].search([]))

    # -- too late ----------------------------------------------------------------------

    def test_who_was_missed_weeks_ago_is_marked_and_not_rung_back(self):
        self._miss("in_old", minutes=40 * 24 * 60)
        self._miss("in_new", minutes=60, caller_id=OTHER[1:])
        self.assertFalse(self._callback())
        self.assertTrue(self._call("in_old").needs_callback)
        self.assertTrue(self._callback(OTHER))

    @freeze_time("2026-02-10 12:00:00")  # a Tuesday
    def test_how_late_is_too_late_is_counted_in_working_days(self):
        calendar = self.company.resource_calendar_id
        calendar.tz = "UTC"
        for days, is_due in ((2, True), (4, True), (5, False)):
            call = self._miss(f"in_{days}", minutes=days * 24 * 60)
            self.assertEqual(call._is_still_due(), is_due, days)
        self.pbx.callback_days = 3
        self.assertTrue(self._call("in_5")._is_still_due())
        self.company.resource_calendar_id = False
        self.assertFalse(self._call("in_5")._is_still_due())
        self.assertTrue(self._call("in_2")._is_still_due())

    def test_a_talk_takes_the_mark_from_whom_nobody_was_to_ring_back(self):
        self._miss("in_old", minutes=40 * 24 * 60)
        self._talk()
        self.assertFalse(self._call("in_old").needs_callback)

    def test_a_call_back_does_not_grow_too_old_by_being_followed_up_again(self):
        call = self._miss(minutes=60)
        self.env.cr.execute(
            "UPDATE telephony_call SET start_date = start_date - interval '40 days', "
            "end_date = end_date - interval '40 days'"
        )
        self.env.invalidate_all()
        call.lead_id = self._lead(user_id=self.colleague.id)
        self._follow_up()
        self.assertEqual(self._callback().user_id, self.colleague)

    # -- for whom ----------------------------------------------------------------------

    def test_the_leads_user_comes_first_then_the_contacts(self):
        partner = self._partner(user_id=self.colleague.id)
        self._lead(partner_id=partner.id, user_id=self.agent.id)
        self._miss()
        self.assertEqual(self._callback().user_id, self.agent)

    def test_without_a_lead_it_is_for_the_contacts_user(self):
        self._partner(user_id=self.colleague.id)
        self.did.user_id = self.agent
        self._miss()
        self.assertEqual(self._callback().user_id, self.colleague)

    def test_unknown_callers_are_for_the_user_of_the_number_they_called(self):
        self.did.user_id = self.colleague
        self.pbx.fallback_user_id = self.agent
        self._miss()
        callback = self._callback()
        self.assertEqual(callback.user_id, self.colleague)
        self.assertFalse(callback.partner_id or callback.lead_id)

    def test_at_last_they_are_for_the_user_of_the_pbx(self):
        self.pbx.fallback_user_id = self.colleague
        self._miss(caller_id=OTHER[1:])
        self.assertEqual(self._callback(OTHER).user_id, self.colleague)

    def test_when_nobody_is_responsible_it_is_for_who_was_rung_or_for_nobody(self):
        self._miss()
        self.assertEqual(self._callback().user_id, self.agent)
        self.assertTrue(self._callback().activity_id)
        self.extension.user_id = False
        self._miss("in_2", caller_id=OTHER[1:])
        self.assertFalse(self._callback(OTHER).user_id)

    def test_who_has_left_the_company_is_passed_over(self):
        self._partner(user_id=self.colleague.id)
        self.pbx.fallback_user_id = self.agent
        self.colleague.active = False
        self._miss()
        self.assertEqual(self._callback().user_id, self.agent)

    def test_a_call_back_goes_on_to_who_is_responsible_then(self):
        partner = self._partner(user_id=self.agent.id)
        self._miss()
        partner.user_id = self.colleague
        callback = self._callback()
        self.assertEqual(callback.user_id, self.colleague)
        self.assertEqual(callback.activity_id.user_id, self.colleague)

    def test_when_a_user_leaves_others_have_the_work(self):
        self.did.user_id = self.colleague
        self.pbx.fallback_user_id = self.agent
        self._miss()
        self.colleague.active = False
        callback = self._callback()
        self.assertEqual(callback.user_id, self.agent)
        self.assertEqual(callback.activity_id.user_id, self.agent)
        self.agent.active = False
        self.assertFalse(self._callback().user_id)
        self.assertEqual(self._callback().state, "open")

    # -- when --------------------------------------------------------------------------

    def _due(self, since, minutes=15):
        calendar = self.company.resource_calendar_id
        calendar.tz = "UTC"
        [moment] = self.env["telephony.callback"]._working_moments(
            self.agent, self.company, since, minutes
        )
        return moment

    def test_it_is_due_within_working_hours(self):
        monday = datetime(2026, 1, 12)
        self.assertEqual(
            self._due(monday.replace(hour=9)), monday.replace(hour=9, minute=15)
        )
        evening = monday.replace(hour=20)
        self.assertEqual(
            self._due(evening), datetime(2026, 1, 13, 8, 15), "the next morning"
        )
        friday = datetime(2026, 1, 16, 16, 50)
        self.assertEqual(
            self._due(friday), datetime(2026, 1, 19, 8, 5), "over the weekend"
        )

    def test_both_times_are_working_times(self):
        self.company.resource_calendar_id.tz = "UTC"
        self.assertEqual(
            self.env["telephony.callback"]._working_moments(
                self.agent, self.company, datetime(2026, 1, 16, 16, 40), 15, 75
            ),
            [datetime(2026, 1, 16, 16, 55), datetime(2026, 1, 19, 8, 55)],
        )

    def test_a_long_holiday_is_waited_for(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Summer",
                "company_id": self.company.id,
                "date_from": datetime(2026, 1, 13),
                "date_to": datetime(2026, 2, 1, 23, 59, 59),
                "calendar_id": self.company.resource_calendar_id.id,
            }
        )
        self.assertEqual(
            self._due(datetime(2026, 1, 12, 20)), datetime(2026, 2, 2, 8, 15)
        )

    def test_holidays_are_no_working_time(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "company_id": self.company.id,
                "date_from": datetime(2026, 1, 13),
                "date_to": datetime(2026, 1, 13, 23, 59, 59),
                "calendar_id": self.company.resource_calendar_id.id,
            }
        )
        self.assertEqual(
            self._due(datetime(2026, 1, 12, 20)), datetime(2026, 1, 14, 8, 15)
        )

    def test_without_working_hours_any_hour_will_do(self):
        self.company.resource_calendar_id = False
        since = datetime(2026, 1, 17, 23)
        self.assertEqual(
            self.env["telephony.callback"]._working_moments(
                self.agent, self.company, since, 15
            ),
            [since + timedelta(minutes=15)],
        )

    def test_the_time_given_is_a_setting_of_the_pbx(self):
        self.company.resource_calendar_id = False
        self.pbx.callback_minutes = 90
        call = self._miss()
        self.assertEqual(
            self._callback().due_date, call.end_date + timedelta(minutes=90)
        )

    # -- closing -----------------------------------------------------------------------

    def test_a_talk_closes_it_whoever_had_it(self):
        self.pbx.fallback_user_id = self.colleague
        missed = self._miss(minutes=5)
        talk = self._talk()
        callback = self._callback()
        self.assertEqual(callback.state, "done")
        self.assertEqual(callback.done_call_id, talk)
        self.assertEqual(callback.done_user_id, self.agent)
        self.assertFalse(missed.needs_callback)

    def test_a_talk_that_comes_in_closes_it_as_well(self):
        self._miss(minutes=5)
        started = self._ago(minutes=2)
        told = {"call_ref": "in_2", "started": started}
        self._tell("NOTIFY_START", after=0, **told)
        self._tell("NOTIFY_INTERNAL", after=1, internal="101", **told)
        self._tell("NOTIFY_ANSWER", after=5, internal="101", destination="101", **told)
        self._tell(
            "NOTIFY_END",
            after=45,
            internal="101",
            duration="40",
            disposition="answered",
            **told,
        )
        self._follow_up()
        self.assertEqual(self._callback().state, "done")

    def test_too_short_a_talk_and_one_with_another_number_close_nothing(self):
        self._miss(minutes=5)
        self._talk("out_short", seconds=3)
        self._talk("out_other", number=OTHER)
        self.assertEqual(self._callback().state, "open")

    def _talk_with_who_has_two_numbers(self, **values):
        """One rings in vain from a number; then somebody talks on the other one."""
        self.company.resource_calendar_id = False
        self._partner(phone=f"{CUSTOMER} / {OTHER}", **values)
        self._miss("in_2", minutes=9, caller_id=OTHER[1:])
        self.env.cr.execute(
            "UPDATE mail_activity SET create_date = create_date - interval '9 minutes'"
        )
        self.env.invalidate_all()
        self._talk(minutes=4)
        return self._callback(OTHER)

    def test_a_talk_on_a_persons_other_number_closes_it_and_is_named(self):
        callback = self._talk_with_who_has_two_numbers(user_id=self.agent.id)
        self.assertEqual(callback.state, "done")
        self.assertEqual(callback.done_call_id.number_e164, CUSTOMER)

    def test_a_talk_with_a_company_leaves_who_rang_from_another_of_its_numbers(self):
        callback = self._talk_with_who_has_two_numbers(
            user_id=self.agent.id, is_company=True
        )
        self.assertEqual(callback.state, "open")
        self.assertTrue(callback.activity_id.active)

    def test_who_found_no_line_free_is_rung_back(self):
        told = {"call_ref": "in_1", "started": self._ago(minutes=2)}
        self._tell("NOTIFY_START", after=0, **told)
        self._tell(
            "NOTIFY_END", after=2, duration="0", disposition="line limit", **told
        )
        self._follow_up()
        self.assertEqual(self._callback().state, "open")

    def test_who_rings_again_after_the_talk_waits_again(self):
        self._miss("in_1", minutes=5)
        self._talk(minutes=4)
        self._miss("in_2", minutes=2)
        first = self._callback()
        self.assertEqual(sorted(first.mapped("state")), ["done", "open"])
        self.assertEqual(first[0].attempts, 1)

    def test_a_talk_heard_of_late_closes_no_later_call(self):
        """The PBX's statistics tell of a talk between two missed calls."""
        self._miss("in_1", minutes=30)
        self._miss("in_2", minutes=5)
        talk = self._talk(minutes=20)
        self.assertEqual(self._callback().attempts, 2, "heard of late: not believed")
        talk.confirmed = True
        talk._follow_up_later()
        self._follow_up()
        callback = self._callback()
        self.assertEqual(callback.state, "open")
        self.assertEqual(callback.attempts, 1)
        self.assertEqual(callback.waiting_date, self._call("in_2").start_date)
        self.assertFalse(self._call("in_1").needs_callback)

    def test_an_end_that_is_told_again_long_after_closes_nothing(self):
        """The signature of a call's start proves whatever end is sent with it."""
        started = self._ago(hours=2)
        told = {"call_ref": "in_1", "started": started}
        self._tell("NOTIFY_START", after=0, **told)
        self._tell("NOTIFY_INTERNAL", after=1, internal="100", **told)
        end = {"duration": "0", "disposition": "no answer", "internal": "100"}
        self._tell("NOTIFY_END", after=20, **end, **told)
        self._follow_up()
        self.assertEqual(self._callback().state, "open")
        forged = {"duration": "900", "disposition": "answered", "internal": "100"}
        self._tell("NOTIFY_END", **forged, **told)
        self._follow_up()
        self.assertTrue(self._call().doubtful)
        self.assertTrue(self._call().needs_callback)
        self.assertEqual(self._callback().state, "open")

    def test_a_person_closes_it_by_hand(self):
        self.pbx.fallback_user_id = self.agent
        self._miss()
        self._callback().with_user(self.agent).action_done()
        callback = self._callback()
        self.assertEqual(callback.state, "done")
        self.assertEqual(callback.done_user_id, self.agent)
        self.assertFalse(callback.activity_id.active)
        self.assertFalse(self._call().needs_callback)

    def test_what_the_pbx_adds_later_does_not_open_it_again(self):
        call = self._miss()
        self._callback()._close(user=self.agent)
        call._follow_up_later()
        self._follow_up()
        self.assertEqual(self._callback().mapped("state"), ["done"])
        self.assertFalse(self._call().needs_callback)

    def test_a_call_that_proves_to_be_answered_releases_its_call_back(self):
        call = self._miss()
        call.write({"disposition": "answered", "answered_by": "person"})
        call.write({"talk_seconds": 2, "follow_up": True})
        self._follow_up()
        self.assertEqual(self._callback().state, "done")

    def test_blocking_the_number_ends_the_waiting(self):
        call = self._miss()
        self.env["telephony.call"].with_user(self.agent).card_block(call.id)
        self.assertEqual(self._callback().state, "done")
        self.assertFalse(self._call().needs_callback)

    # -- numbers that may not be dialled -----------------------------------------------

    def test_a_premium_number_is_shown_and_cannot_be_rung_back(self):
        self.pbx.fallback_user_id = self.agent
        self._miss(caller_id=PREMIUM[1:])
        callback = self._callback(PREMIUM)
        self.assertEqual(callback.state, "open")
        self.assertIn("premium", callback.with_user(self.agent).refusal)
        [row] = self.env["telephony.dial"].with_user(self.agent).get_dialer()["to_call"]
        self.assertFalse(row["number"], "nothing to click on")
        self.assertIn("premium", row["summary"])
        card = (
            self.env["telephony.call"].with_user(self.agent).get_card(self._call().id)
        )
        self.assertFalse(card["can"]["dial"])

    def test_an_ordinary_number_can(self):
        self._miss()
        self.assertFalse(self._callback().refusal)

    # -- escalation --------------------------------------------------------------------

    def _escalate(self, after):
        """Run the job some time after now."""
        with (
            freeze_time(fields.Datetime.now() + after),
            patch.object(
                type(self.env["ir.cron"]), "_commit_progress", return_value=1.0
            ),
        ):
            self.env["telephony.callback"]._cron_escalate()
        self.env.invalidate_all()

    def _team(self, leader):
        team = self.env["crm.team"].create(
            {"name": "North", "company_id": self.company.id, "user_id": leader.id}
        )
        self.did.team_id = team
        return team

    def test_what_is_not_done_in_time_is_told_to_the_teams_leader_once(self):
        self.company.resource_calendar_id = False
        self._team(self.colleague)
        self.pbx.fallback_user_id = self.agent
        self._miss()
        self._escalate(timedelta(minutes=30))
        self.assertFalse(self._callback().escalated, "there is still time")
        self.env["bus.bus"].search([]).unlink()
        self._escalate(timedelta(hours=2))
        callback = self._callback()
        self.assertTrue(callback.escalated)
        self.assertEqual(callback.user_id, self.agent, "told, not handed over")
        self.env.cr.precommit.run()
        told = self.env["bus.bus"].search([("message", "like", "Not called back")])
        self.assertEqual(len(told), 1)
        self.assertIn(
            f'"res.partner",{self.colleague.partner_id.id}',
            told.channel.replace(" ", ""),
        )
        self._escalate(timedelta(hours=3))
        self.env.cr.precommit.run()
        told = self.env["bus.bus"].search([("message", "like", "Not called back")])
        self.assertEqual(len(told), 1)

    def test_who_is_told_has_it_in_the_inbox_and_may_take_it(self):
        self.company.resource_calendar_id = False
        self._team(self.colleague)
        self.pbx.fallback_user_id = self.agent
        self._miss()
        callback = self._callback()
        mine = callback.with_user(self.colleague)
        self.assertFalse(mine.has_access("read"))
        self._escalate(timedelta(hours=2))
        message = self.env["mail.message"].search(
            [("model", "=", callback._name), ("res_id", "=", callback.id)]
        )
        self.assertEqual(message.notified_partner_ids, self.colleague.partner_id)
        self.assertIn("was not called back in time", message.body)
        mine.action_take()
        self.assertEqual(callback.user_id, self.colleague)
        self.assertEqual(callback.activity_id.user_id, self.colleague)

    def test_one_that_was_put_off_is_not_late_before_its_new_time(self):
        self.company.resource_calendar_id = False
        self._team(self.colleague)
        self.pbx.fallback_user_id = self.agent
        self._miss()
        mine = self._callback().with_user(self.agent)
        mine.due_date += timedelta(days=1)
        self._escalate(timedelta(hours=2))
        self.assertFalse(self._callback().escalated)
        self._escalate(timedelta(days=1, hours=2))
        self.assertTrue(self._callback().escalated)

    def test_or_it_becomes_the_leaders_own(self):
        self.company.resource_calendar_id = False
        self._team(self.colleague)
        self.pbx.write({"fallback_user_id": self.agent.id, "escalation": "hand_over"})
        self._miss()
        self._escalate(timedelta(hours=2))
        callback = self._callback()
        self.assertEqual(callback.user_id, self.colleague)
        self.assertEqual(callback.activity_id.user_id, self.colleague)

    def test_without_leader_and_user_of_the_pbx_the_team_is_told(self):
        self.company.resource_calendar_id = False
        team = self._team(self.env["res.users"])
        team.member_ids = self.agent | self.colleague
        self._miss()
        self._escalate(timedelta(hours=2))
        self.assertTrue(self._callback().escalated)
        self.env.cr.precommit.run()
        told = self.env["bus.bus"].search([("message", "like", "Not called back")])
        self.assertEqual(len(told), 1, "the agent knows")
        channel = told.channel.replace(" ", "")
        self.assertIn(f'"res.partner",{self.colleague.partner_id.id}]', channel)

    def test_as_long_as_there_is_nobody_to_tell_it_is_not_escalated(self):
        self.company.resource_calendar_id = False
        self._miss()
        self._escalate(timedelta(hours=2))
        self.assertFalse(self._callback().escalated)
        self.pbx.fallback_user_id = self.colleague
        self._escalate(timedelta(hours=4))
        self.assertTrue(self._callback().escalated)

    def test_one_that_fails_holds_up_no_other(self):
        self.company.resource_calendar_id = False
        self.pbx.fallback_user_id = self.colleague
        self._miss(minutes=3)
        self._miss("in_2", caller_id=OTHER[1:])
        failing, other = self._callback(), self._callback(OTHER)
        (failing | other).sudo().write({"user_id": self.agent.id})
        Callback = type(failing)
        escalate = Callback._escalate

        def fail_first(callback):
            if callback == failing:
                raise ValueError("broken")
            return escalate(callback)

        with (
            patch.object(Callback, "_escalate", fail_first),
            mute_logger(
                "odoo.addons.telephony_crm.models.telephony_callback_escalation"
            ),
        ):
            self._escalate(timedelta(hours=2))
        self.assertTrue(other.escalated)
        self.assertFalse(failing.escalated)
        self.assertGreater(
            failing.escalate_date, fields.Datetime.now() + timedelta(hours=2)
        )

    def test_or_nobody_else_is_told(self):
        self.pbx.escalation = "none"
        self._team(self.colleague)
        self._miss()
        self.assertFalse(self._callback().escalate_date)
