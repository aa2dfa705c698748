import re
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL, file_path

from ..models.ir_config_parameter import NUMBERS
from ..models.telephony_health_mixin import LEVELS
from .account_common import AccountCase
from .common import CUSTOMER


@tagged("post_install", "-at_install")
class TestHealth(AccountCase):
    """The form of a PBX says in words what is wrong, and what repairs it."""

    def setUp(self):
        super().setUp()
        self.admin = self._user(
            "telephony_admin", "telephony_administrator", email="admin@ringing.example"
        )
        self.form = self.pbx.with_user(self.admin)

    def _findings(self):
        self.env.invalidate_all()
        return {one["code"]: one for one in self.form._health_findings()}

    def _repair(self, code):
        finding = self._findings()[code]
        return getattr(self.form, finding["action"])()

    # -- system parameters -----------------------------------------------------

    def test_a_mistyped_parameter_stops_nothing_and_is_said(self):
        parameters = self.env["ir.config_parameter"]
        for name, (usual, _least, _most) in NUMBERS.items():
            for value in ("five", "1.5", "-3", "9" * 30, " "):
                parameters.set_param(f"telephony_crm.{name}", value)
                self.assertEqual(parameters._telephony_number(name), usual, value)
            finding = self._findings()["parameters"]
            self.assertIn(f"telephony_crm.{name}", finding["text"])
            self.assertEqual(finding["level"], "warning")
        self._row("in_1", self._before(minutes=30))
        self.assertEqual(self._compare().state, "done")
        self.env["telephony.pbx.event"]._gc_events()
        self.env["telephony.call.recording"]._cron_fetch()
        for name, (_usual, least, _most) in NUMBERS.items():
            parameters.set_param(f"telephony_crm.{name}", str(least))
            self.assertEqual(parameters._telephony_number(name), least)
        self.assertNotIn("parameters", self._findings())

    # -- the sentence ----------------------------------------------------------

    def test_all_is_well_after_the_first_event(self):
        self._tell("NOTIFY_START")
        self.assertLessEqual(set(self._findings()), {"reading", "no_fallback"})
        self.assertEqual(self.form.health_state, "ok")
        self.assertIn("Last event", self.form.health)

    def test_missed_callers_without_anybody_are_pointed_out_and_no_fault(self):
        self._tell("NOTIFY_START")
        finding = self._findings()["no_fallback"]
        self.assertEqual(finding["level"], "info")
        self.assertEqual(self.form.health_state, "ok")
        self.pbx.fallback_user_id = self.agent
        self.assertNotIn("no_fallback", self._findings())

    def test_the_sentence_is_the_worst_that_was_found(self):
        self.pbx._note_refusal("wrong_signature", "It is wrong.")
        self.env.invalidate_all()
        levels = [one["level"] for one in self.form.health_findings]
        self.assertEqual(levels, sorted(levels, key=LEVELS.index))
        self.assertEqual(self.form.health_state, "error")
        self.assertEqual(self.form.health, self.form.health_findings[0]["text"])
        self.assertIn("The signature of the event is wrong.", self.form.health)

    def test_why_events_are_refused_is_said_in_words_that_are_translated(self):
        sources = Path(file_path("telephony_crm/pbx")).rglob("*.py")
        text = "".join(source.read_text() for source in sources)
        codes = set(re.findall(r'SignatureError\(\s*"(\w+)"', text))
        self.assertNotIn("SignatureError(message", text)
        self.assertIn("stale", codes)
        for code in {*codes, "address", "form", "payload"}:
            self.pbx.refused_date = False
            self.env.flush_all()
            self.pbx._note_refusal(code, "In English.")
            self.env.invalidate_all()
            words = self.pbx._refusal_in_words()
            self.assertNotEqual(words, "In English.", code)
            self.assertTrue(words.endswith("."), code)
            self.assertIn(words, self._findings()["refused"]["text"])

    def test_what_was_refused_before_the_last_good_event_is_told_for_a_day(self):
        self.pbx._note_refusal("wrong_signature", "It is wrong.")
        self.pbx.refused_date -= timedelta(minutes=5)
        self._tell("NOTIFY_START")
        finding = self._findings()["refused"]
        self.assertEqual(finding["level"], "warning")
        self.assertIn("5 minutes ago: The signature", finding["text"])
        self.assertEqual(self.form.health_state, "warning")
        self.pbx.refused_date -= timedelta(days=1)
        self.assertNotIn("refused", self._findings())

    def test_where_everything_is_refused_it_is_told_until_something_is_taken(self):
        self.pbx._note_refusal("wrong_signature", "It is wrong.")
        self.pbx.refused_date -= timedelta(days=3)
        finding = self._findings()["refused"]
        self.assertEqual(finding["level"], "error")
        self.assertEqual(finding["action"], "action_set_up")
        self._tell("NOTIFY_START")
        self.assertNotIn("refused", self._findings())

    def test_a_pbx_that_is_silent_for_long_is_not_taken_for_a_new_one(self):
        self._usual_calls(self._before(days=40), weeks=4)
        self._tell("NOTIFY_START")
        events = self.env["telephony.pbx.event"].search([])
        events.received_at -= timedelta(days=40)
        self.env["telephony.call"].search([]).write({"state": "ended"})
        events._gc_events()
        findings = self._findings()
        self.assertNotIn("no_event", findings)
        self.assertIn("silence", findings)

    def test_a_wrong_time_zone_is_told_from_the_calls_themselves(self):
        self.pbx.tz = "Europe/Helsinki"  # the account is in UTC
        for number in range(3):
            self._tell("NOTIFY_START", call_ref=f"in_{number}")
            self._tell("NOTIFY_INTERNAL", call_ref=f"in_{number}", internal="100")
        finding = self._findings()["zone"]
        self.assertEqual(finding["level"], "error")
        self.assertRegex(finding["text"], r"seem to begin [23] hours before they are")
        self.pbx.tz = "America/Sao_Paulo"
        self.assertIn("3 hours after", self._findings()["zone"]["text"])
        self.pbx.tz = "UTC"
        self.assertNotIn("zone", self._findings())

    def test_one_old_call_that_is_sent_again_is_no_wrong_time_zone(self):
        self._tell("NOTIFY_START", call_ref="in_old", started=self._before(hours=3))
        self._tell("NOTIFY_START", call_ref="in_1")
        self._tell("NOTIFY_START", call_ref="in_2")
        self.assertNotIn("zone", self._findings())

    def test_rows_that_were_asked_for_are_no_sign_of_life(self):
        self._row("in_1", self._before(minutes=30))
        self._compare()
        self.assertIn("no_event", self._findings())

    def test_every_finding_is_a_sentence_and_every_button_does_something(self):
        self.pbx._note_refusal("unsigned", "It is not signed.")
        self.pbx.webhook_missing = "notify_end"
        self._heard("in_1", self._before(hours=5), "START", "INTERNAL", internal="177")
        for finding in self._findings().values():
            self.assertRegex(finding["text"], r"^[A-Z].*[.]$")
            self.assertEqual(bool(finding["action"]), bool(finding["button"]))
            for action in filter(None, (finding["action"], finding["dismiss"])):
                self.assertTrue(hasattr(self.form, action))

    # -- events ----------------------------------------------------------------

    def test_failed_events_are_shown_and_can_be_replayed(self):
        self._tell("NOTIFY_START")
        event = self.env["telephony.pbx.event"].search([])
        event.write({"state": "failed", "error": "ValueError: broken"})
        action = self._repair("failed")
        self.assertEqual(action["res_model"], "telephony.pbx.event")
        event.with_user(self.admin).action_replay()
        self.assertNotIn("failed", self._findings())

    def test_a_failed_event_that_nothing_mends_is_ignored_and_removed_in_time(self):
        self._tell("NOTIFY_START")
        good = self.env["telephony.pbx.event"].search([])
        bad = good.create(
            {
                "pbx_id": self.pbx.id,
                "key": "bad",
                "call_ref": "in_2",
                "state": "failed",
                "error": "ValueError: broken",
                "received_at": fields.Datetime.now() - timedelta(days=60),
                "retry_at": fields.Datetime.now(),
            }
        )
        (good | bad).with_user(self.admin).action_ignore()
        self.assertNotIn("failed", self._findings())
        self.assertEqual((bad.state, bad.error), ("ignored", "ValueError: broken"))
        self.assertEqual(good.state, "done")
        self.env["telephony.pbx.event"]._cron_apply()
        bad.with_user(self.admin).action_replay()
        self.assertEqual(bad.state, "ignored")
        self.env["telephony.pbx.event"]._gc_events()
        self.assertFalse(bad.exists())

    # -- calls without an end --------------------------------------------------

    def test_calls_without_an_end_are_compared_with_one_click(self):
        self._heard("in_1", self._before(hours=6), "START", "INTERNAL")
        self._repair("open_calls")
        self._work()
        self.assertEqual(self._call().state, "ended")
        self.assertNotIn("open_calls", self._findings())

    def test_a_call_that_goes_on_is_no_problem(self):
        self._heard("in_1", self._before(minutes=40), "START", "INTERNAL", "ANSWER")
        self.assertNotIn("open_calls", self._findings())

    # -- numbers of ours -------------------------------------------------------

    def test_an_unknown_extension_is_added_with_one_click(self):
        self._tell("NOTIFY_START")
        self._tell("NOTIFY_INTERNAL", internal="177")
        self._tell("NOTIFY_INTERNAL", internal="177", call_ref="in_2")
        self.assertIn("177", self._findings()["unknown_extension"]["text"])
        self._repair("unknown_extension")
        self.assertNotIn("unknown_extension", self._findings())
        self.assertIn("177", self.pbx.extension_ids.mapped("number"))

    def test_an_unknown_company_number_is_added_with_one_click(self):
        self._tell("NOTIFY_START", called_did="442037691899")
        self.assertIn("+442037691899", self._findings()["unknown_did"]["text"])
        self._repair("unknown_did")
        self.assertNotIn("unknown_did", self._findings())
        self.assertIn("+442037691899", self.pbx.did_ids.mapped("e164"))

    def test_numbers_that_do_not_belong_here_are_ignored_for_good(self):
        def heard():
            self._tell("NOTIFY_START", called_did="442037691899")
            self._tell("NOTIFY_INTERNAL", internal="177")

        heard()
        for code in ("unknown_extension", "unknown_did"):
            getattr(self.form, self._findings()[code]["dismiss"])()
            self.assertNotIn(code, self._findings())
        heard()
        self._tell("NOTIFY_INTERNAL", internal="178", call_ref="in_2")
        self.assertNotIn("unknown_did", self._findings())
        text = self._findings()["unknown_extension"]["text"]
        self.assertIn("178", text)
        self.assertNotIn("177", text)

    def test_what_was_entered_meanwhile_is_not_said(self):
        self._tell("NOTIFY_START", called_did="442037691899")
        self.env["telephony.did"].create(
            {"pbx_id": self.pbx.id, "number": "+442037691899"}
        )
        self.assertNotIn("unknown_did", self._findings())

    def test_what_we_show_to_customers_is_no_unknown_company_number(self):
        self._tell("NOTIFY_OUT_START", call_ref="out_1", caller_id="442037691899")
        self.assertNotIn("unknown_did", self._findings())

    # -- silence ---------------------------------------------------------------

    def _usual_calls(self, now, weeks, calls=6):
        for week in range(1, weeks + 1):
            self.env["telephony.call"].create(
                [
                    {
                        "pbx_id": self.pbx.id,
                        "company_id": self.company.id,
                        "call_ref": f"w{week}_{index}",
                        "direction": "inbound",
                        "state": "ended",
                        "start_date": now
                        - timedelta(weeks=week)
                        + timedelta(minutes=index),
                    }
                    for index in range(calls)
                ]
            )

    def test_silence_is_said_where_there_usually_are_calls(self):
        last = self._before(hours=2)
        self._tell("NOTIFY_START", started=last, after=0)
        self._usual_calls(last + timedelta(minutes=30), weeks=3)
        finding = self._findings()["silence"]
        self.assertEqual(finding["action"], "action_check_webhook")
        self.assertNotEqual(self.form.health_state, "ok")

    def test_silence_is_usual_where_there_were_no_calls(self):
        last = self._before(hours=2)
        self._tell("NOTIFY_START", started=last, after=0)
        self.assertNotIn("silence", self._findings())
        self._usual_calls(last + timedelta(minutes=30), weeks=2)
        self.assertNotIn("silence", self._findings(), "two weeks tell too little")

    def test_a_short_silence_is_none(self):
        last = self._before(minutes=20)
        self._tell("NOTIFY_START", started=last, after=0)
        self._usual_calls(last + timedelta(minutes=5), weeks=4)
        self.assertNotIn("silence", self._findings())

    def test_a_week_of_silence_is_unusual_whatever_was_before(self):
        self._tell("NOTIFY_START", started=self._before(days=8), after=0)
        self.assertIn("silence", self._findings())

    # -- comparisons -----------------------------------------------------------

    def test_it_is_said_what_was_repaired(self):
        self._row("in_1", self._before(minutes=30))
        self._compare()
        self._age_run(self.env["telephony.pbx.reconciliation"].search([]), hours=3)
        self._compare()
        self.env.invalidate_all()
        self.assertIn("Lost calls found: 1.", self.form.comparison)

    def test_comparisons_that_fail_are_said_after_hours(self):
        self.answers["/v1/statistics/pbx"] = 500
        self._compare()
        self.assertIn("comparison", self._findings())  # the PBX is two days old
        del self.answers["/v1/statistics/pbx"]
        self._repair("comparison")
        self._work()
        self.assertNotIn("comparison", self._findings())

    def test_calls_of_the_future_tell_that_the_zone_is_wrong(self):
        self._row("in_1", self._before(hours=-2))
        self._compare(end_date=self._before(hours=-3))
        self.assertIn("time zone", self._findings()["clock"]["text"])

    # -- what it costs -----------------------------------------------------------------

    def test_every_question_is_answered_by_an_index(self):
        """With a million calls and events none of them may be looked at one by one."""
        self._heard("in_1", self._before(hours=6), "START", "INTERNAL")
        self._usual_calls(self._before(hours=5), weeks=2)
        self._compare()
        self.env.flush_all()
        # What is planned nevertheless has no index that could do without.
        for way in ("seqscan", "bitmapscan", "sort"):
            self.env.cr.execute(SQL("SET LOCAL %s = off", SQL(f"enable_{way}")))
        asked, execute = [], type(self.env.cr).execute

        def noting(cr, query, params=None, **options):
            result = execute(cr, query, params, **options)
            asked.append(cr.query.decode())
            return result

        with patch.object(type(self.env.cr), "execute", noting):
            self.env.invalidate_all()
            self.form.read(["health", "health_findings", "comparison", "has_call"])
        large = ("telephony_call", "telephony_pbx_event", "telephony_call_leg")
        looked_at = 0
        for query in asked:
            if query.lstrip().startswith("SELECT"):
                self.env.cr.execute(SQL("EXPLAIN %s", SQL(query.replace("%", "%%"))))
                plan = "\n".join(row[0] for row in self.env.cr.fetchall())
                looked_at += any(f" on {table}" in plan for table in large)
                for table in large:
                    self.assertNotRegex(plan, rf"Seq Scan on {table}\b", query)
                if " on telephony_pbx_event" in plan:
                    self.assertNotIn("Sort", plan, query)
        self.assertGreater(looked_at, 4)

    # -- who is told -----------------------------------------------------------

    def _notices(self):
        return self.env["mail.message"].search(
            [("model", "=", "telephony.pbx"), ("res_id", "=", self.pbx.id)]
        )

    def test_administrators_of_the_company_are_told_once(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._user(
            "stranger",
            "telephony_administrator",
            company_id=elsewhere.id,
            company_ids=elsewhere.ids,
        )
        self.pbx._note_refusal("", "<b>The signature of the event is wrong.</b>")
        self.env["telephony.pbx"]._cron_notice()
        notice = self._notices()
        self.assertEqual(len(notice), 1)
        self.assertIn(self.admin.partner_id, notice.notified_partner_ids)
        for user in (self.agent, stranger):
            self.assertNotIn(user.partner_id, notice.notified_partner_ids)
        self.assertIn("&lt;b&gt;The signature", notice.body)
        self.env["telephony.pbx"]._cron_notice()
        self.assertEqual(len(self._notices()), 1, "not twice a day")

    def test_they_are_told_every_day_as_long_as_it_is_wrong(self):
        for day in range(3):
            with freeze_time(fields.Datetime.now() + timedelta(days=day)):
                self.env["telephony.pbx"]._cron_notice()  # there is no event yet
            self.assertEqual(len(self._notices()), day + 1)
        self._miss()
        with freeze_time(fields.Datetime.now() + timedelta(days=4)):
            self.env["telephony.pbx"]._cron_notice()
        self.assertEqual(len(self._notices()), 3)

    def test_a_day_of_wrong_signatures_is_told_when_the_job_runs_at_night(self):
        self._miss()
        yesterday = self._before(days=1)
        self.env["telephony.pbx.event"].search([]).received_at = yesterday
        self.pbx._note_refusal("wrong_signature", "It is wrong.")
        self.env.invalidate_all()
        with freeze_time(fields.Datetime.now() + timedelta(hours=9)):
            self.env["telephony.pbx"]._cron_notice()
        self.assertIn("The signature", self._notices().body)

    def test_nobody_is_told_that_all_is_well(self):
        self._tell("NOTIFY_START")
        self.env["telephony.pbx"]._cron_notice()
        self.assertFalse(self._notices())

    # -- who may ---------------------------------------------------------------

    def test_agents_neither_see_nor_repair(self):
        self._tell("NOTIFY_START", called_did="442037691899")
        mine = self.pbx.with_user(self.agent)
        with self.assertRaises(AccessError):
            mine.read(["health_findings"])
        for action in (
            "action_compare",
            "action_add_dids",
            "action_add_extensions",
            "action_ignore_dids",
            "action_ignore_extensions",
        ):
            with self.assertRaises(AccessError):
                getattr(mine, action)()
        with self.assertRaises(AccessError):
            self.env["telephony.pbx.event"].search([]).with_user(
                self.agent
            ).action_ignore()
        with self.assertRaises(AccessError):
            self.env["telephony.pbx.unknown"].with_user(self.agent).search([])
        self.assertEqual(self._call().number_e164, CUSTOMER)
