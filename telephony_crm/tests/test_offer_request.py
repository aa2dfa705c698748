from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import SUPERUSER_ID, fields
from odoo.tests import tagged

from .common import CUSTOMER
from .offer_common import OfferCase

OTHER = "+442079460123"


@tagged("post_install", "-at_install")
class TestOfferRequest(OfferCase):
    """Who may ask for a call, when they get it, and what fraud gets."""

    # -- when --------------------------------------------------------------------------

    def test_a_chosen_time_is_kept(self):
        wanted = fields.Datetime.now() + timedelta(hours=3)
        asked = self._ask(wanted=wanted)
        self.assertFalse(asked.is_offered)
        callback = self._callback()
        self.assertEqual(callback.wanted_date, wanted)
        self.assertEqual(callback.due_date, wanted)
        self.assertEqual(callback.activity_id.user_id, self.agent)
        self._job(hours=2)
        self.assertFalse(self._offers(self.agent))
        self._job(hours=4)
        self.assertEqual(self._callback().offer, "offered")

    def test_who_puts_it_off_has_it_offered_later(self):
        wanted = fields.Datetime.now() + timedelta(hours=3)
        self._ask(wanted=wanted)
        callback = self._callback()
        callback.with_user(self.agent).due_date = wanted + timedelta(hours=5)
        self._job(hours=4)
        self.assertEqual(self._callback().offer, "waiting")
        self._job(hours=9)
        self.assertEqual(self._callback().offer, "offered")

    @freeze_time("2026-02-10 22:00:00")  # a Tuesday
    def test_outside_of_working_hours_it_is_offered_when_they_begin(self):
        calendar = self.env["resource.calendar"].create(
            {"name": "Office", "tz": "UTC", "company_id": self.company.id}
        )
        self.pbx.offer_calendar_id = calendar
        asked = self._ask()
        self.assertFalse(asked.is_offered)
        opening = self._callback().due_date
        self.assertEqual(opening.date(), datetime(2026, 2, 11).date())
        self.assertEqual(self._callback().offer, "waiting")
        wanted = datetime(2026, 2, 12, 15, 0)
        self.assertEqual(self._ask(OTHER, wanted=wanted).date, wanted)

    def test_a_time_too_far_ahead_is_refused(self):
        wanted = fields.Datetime.now() + timedelta(days=60)
        self.assertEqual(self._ask(wanted=wanted).reason, "too_far")
        self.assertFalse(self._callback())

    # -- who asks for somebody else's number -------------------------------------------

    def _missed(self, **vals):
        """Return the call-back of a customer who has rung in vain."""
        now = fields.Datetime.now()
        vals = {
            "e164": CUSTOMER,
            "company_id": self.company.id,
            "pbx_id": self.pbx.id,
            "user_id": self.colleague.id,
            "due_date": now + timedelta(minutes=10),
            "escalate_date": now + timedelta(minutes=40),
            **vals,
        }
        return self.env["telephony.callback"].sudo().create(vals)

    def test_a_stranger_postpones_and_renames_no_customer_who_waits(self):
        callback = self._missed()
        names = ("kind", "due_date", "escalate_date", "asked_name", "asked_date")
        names += ("user_id", "offer_end_date")
        before = [callback[name] for name in names]
        wanted = fields.Datetime.now() + timedelta(days=13)
        asked = self._ask(wanted=wanted, name="<b>Nobody</b>")
        self.assertEqual((asked.reason, asked.date), ("", wanted), "tells nothing")
        self.env.invalidate_all()
        self.assertEqual([callback[name] for name in names], before)
        self.assertNotIn("Nobody", callback.display_name)
        note = callback.message_ids[0].body
        self.assertIn("&lt;b&gt;Nobody&lt;/b&gt;", note)
        self.assertIn("Web site: Somebody has asked to be called at", note)

    def test_who_was_promised_a_call_keeps_it_whoever_else_asks(self):
        soon = fields.Datetime.now() + timedelta(hours=1)
        self._ask(wanted=soon, name="Ann Lee")
        later = soon + timedelta(days=5)
        for asked_by in ("widget", "form", "lead"):
            self._ask(asked_by=asked_by, wanted=later, name="Nobody")
        callback = self._callback()
        self.assertEqual((callback.due_date, callback.asked_name), (soon, "Ann Lee"))
        self.assertEqual((callback.offer, callback.offer_date), ("waiting", soon))
        self._ask(asked_by="person", wanted=later)
        self.assertEqual(self._callback().due_date, later, "who works here may")

    def test_who_was_missed_and_asks_to_be_called_now_is_offered_now(self):
        callback = self._missed()
        escalated = callback.escalate_date
        self.assertTrue(self._ask(name="Ann Lee").is_offered)
        self.env.invalidate_all()
        self.assertEqual((callback.kind, callback.offer), ("promised", "offered"))
        self.assertLessEqual(callback.due_date, fields.Datetime.now())
        self.assertLessEqual(callback.escalate_date, escalated)
        self.assertEqual(callback.user_id, self.colleague)
        self.assertFalse(callback.asked_name)
        self.assertIn("Ann Lee", callback.message_ids[0].body)

    def test_who_was_missed_and_chooses_a_time_is_offered_then_as_well(self):
        callback = self._missed()
        self._ask(wanted=fields.Datetime.now() + timedelta(hours=3))
        self.assertEqual((callback.kind, callback.offer), ("missed", "waiting"))
        self._job(hours=4)
        self.assertEqual(callback.offer, "offered")

    def test_who_was_missed_is_offered_at_the_first_time_that_somebody_asked_for(self):
        callback = self._missed()
        now = fields.Datetime.now()
        for length in (timedelta(days=13), timedelta(hours=3), timedelta(days=2)):
            self._ask(wanted=now + length)
        self._job(hours=4)
        self.assertEqual(callback.offer, "offered")

    def test_the_lead_of_a_stranger_takes_no_call_back_over(self):
        callback = self._missed(lead_id=self.lead.id)
        other = self.env["crm.lead"].create(
            {"name": "x", "contact_name": "Nobody", "company_id": self.company.id}
        )
        self._ask(asked_by="form", record=other)
        self.assertEqual(callback.lead_id, self.lead)

    # -- against fraud -----------------------------------------------------------------

    def test_what_must_not_be_dialled_is_never_offered(self):
        for number, reason in (
            ("", "unparsable"),
            (None, "unparsable"),
            ("<b>", "unparsable"),
            ("\0" * 9999, "unparsable"),
            ("100", "unparsable"),
            ("*21#", "unparsable"),
            ("+44 909 879 0000", "premium"),
            ("+8816 1234 5678", "satellite"),
            ("+33 4 78 32 32 32", "country"),
            (self.did.e164, "own"),
        ):
            with self.subTest(number=number):
                self.assertEqual(self._ask(number).reason, reason)
        self.env["telephony.blocked.number"].create(
            {"number": CUSTOMER, "company_id": self.company.id}
        )
        self.assertEqual(self._ask().reason, "blocked")
        self.assertFalse(self.env["telephony.callback"].search([]))
        self.assertFalse(self.server.asked)

    def test_a_number_is_called_back_so_often_a_day(self):
        self.pbx.ask_number_day = 2
        for spelling in (CUSTOMER, "020 3769 1880"):
            self.assertFalse(self._ask(spelling).reason)
        self.assertEqual(self._ask().reason, "many_number")
        self.assertFalse(self._ask(OTHER).reason)
        self._turn_back(days=2)
        self.assertFalse(self._ask().reason)

    def test_a_country_has_a_budget_for_the_day(self):
        self.pbx.ask_country_day = 2
        self.pbx.allowed_country_ids = self.env.ref("base.uk") | self.env.ref("base.fr")
        for last in (1, 2):
            self.assertFalse(self._ask(f"+4420794601{last}0").reason)
        self.assertEqual(self._ask().reason, "many_country")
        self.assertFalse(self._ask("+33478323232").reason, "another country")

    def test_a_country_has_minutes_for_the_day(self):
        self.pbx.ask_country_minutes = 4
        self.pbx.allowed_country_ids = self.env.ref("base.uk") | self.env.ref("base.fr")
        self._ask()
        self._accept(self.agent)
        self._dialled(result="answered", talk=125)  # three minutes are paid
        self.assertFalse(self._ask(OTHER).reason)
        self._accept(self.agent, self._callback(OTHER))
        self.env.cr.execute(
            "UPDATE telephony_dial SET call_id = (SELECT max(id) FROM telephony_call) "
            "WHERE e164 = %s",
            [OTHER],
        )
        self.assertEqual(self._ask("+442079460124").reason, "many_minutes")
        self.assertFalse(self._ask("+33478323232").reason, "another country")
        quota = self.env["telephony.callback.quota"]
        told = quota._refusals(self.pbx, timedelta(days=1))
        self.assertEqual(told, {"many_minutes": 1})
        self.env.cr.execute(
            "UPDATE telephony_dial SET create_date = now() - interval '2 days'"
        )
        self.assertFalse(self._ask("+442079460124").reason)

    def test_a_visitor_and_a_network_ask_so_often_an_hour(self):
        self.pbx.write({"ask_visitor_hour": 2, "ask_prefix_hour": 3})
        for _count in range(2):
            self.assertFalse(self._ask(visitor="v", address="192.0.2.1").reason)
        asked = self._ask(OTHER, visitor="v", address="192.0.2.2")
        self.assertEqual(asked.reason, "many_visitor")
        asked = self._ask(OTHER, visitor="w", address="192.0.2.77")
        self.assertEqual(asked.reason, "many_prefix")
        self.assertFalse(self._ask(OTHER, visitor="w", address="192.0.3.1").reason)

    def test_what_was_counted_is_not_forgotten_at_the_full_hour_nor_a_bit_early(self):
        self.pbx.write({"ask_visitor_hour": 1, "ask_number_day": 1})
        with freeze_time("2026-02-10 10:59:30"):
            self.assertFalse(self._ask(visitor="v").reason)
        with freeze_time("2026-02-10 11:00:05"):
            self.assertEqual(self._ask(OTHER, visitor="v").reason, "many_visitor")
        with freeze_time("2026-02-11 10:05:00"):
            self.assertEqual(self._ask(visitor="w").reason, "many_number")
        with freeze_time("2026-02-11 12:00:00"):
            self.assertFalse(self._ask(visitor="v").reason)

    def test_addresses_that_begin_alike_are_one_network(self):
        prefix = self.env["telephony.callback.quota"]._prefix
        self.assertEqual(prefix("192.0.2.1"), prefix("::ffff:192.0.2.200"))
        self.assertEqual(prefix("2001:db8:1:2::1"), prefix("2001:db8:1:9::1"))
        self.assertNotEqual(prefix("192.0.2.1"), prefix("192.0.3.1"))
        self.assertEqual(prefix("nonsense"), "")

    def test_who_is_refused_in_a_loop_fills_no_table(self):
        for _count in range(20):
            self._ask("+44 909 879 0000", visitor="v", address="192.0.2.1")
        quota = self.env["telephony.callback.quota"].search([])
        self.assertLessEqual(len(quota), 3)
        self.assertFalse(self.env["telephony.callback"].search([]))

    def test_counters_tell_neither_number_nor_address_and_are_forgotten(self):
        self._ask(visitor="v", address="192.0.2.1")
        quota = self.env["telephony.callback.quota"]
        text = " ".join(quota.search([]).mapped("key"))
        for secret in (CUSTOMER[1:], "192.0.2", "v "):
            self.assertNotIn(secret, f"{text} ")
        self._turn_back(days=9)
        quota._gc_counters()
        self.assertFalse(quota.search([]))

    def test_refusals_are_told_on_the_health_page(self):
        for _count in range(3):
            self._ask("+44 909 879 0000")
        findings = {one["code"]: one for one in self.pbx._health_findings()}
        self.assertIn("3", findings["requests"]["text"])
        self.assertEqual(findings["requests"]["level"], "info")
        for _count in range(20):
            self._ask("+33 4 78 32 32 32")
        findings = {one["code"]: one for one in self.pbx._health_findings()}
        self.assertEqual(findings["requests"]["level"], "warning")
        text = findings["requests"]["text"]
        self.assertIn("countries that may not be called: 20", text)

    def _turn_back(self, **length):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE telephony_callback_quota SET hour = hour - %s",
            [timedelta(**length)],
        )
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestOfferLead(OfferCase):
    """New leads that are called at once, and all those that are not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pbx.offer_leads = "outside"

    def _leads(self, count=1, user=None, **context):
        leads = self.env["crm.lead"].with_user(user or SUPERUSER_ID)
        leads = leads.with_context(**context)
        return leads.create(
            [
                {
                    "name": f"Request {number}",
                    "contact_name": "Ann",
                    "phone": f"+44207946{number:04}",
                    "company_id": self.company.id,
                    "team_id": self.team.id,
                    "user_id": False,
                }
                for number in range(100, 100 + count)
            ]
        )

    def _called(self):
        self._job()
        return self.env["telephony.callback"].search([])

    def test_a_lead_of_a_web_form_is_offered_at_once(self):
        lead = self._leads()
        callback = self._called()
        self.assertEqual(callback.lead_id, lead)
        self.assertEqual((callback.offer, callback.asked_by), ("offered", "lead"))
        self.assertEqual(callback.asked_date, lead.create_date)
        self.assertEqual(callback.offered_ids, self.users)
        self._job()
        self.assertEqual(len(self._called()), 1, "once")

    def test_what_a_user_enters_only_if_it_is_set_so(self):
        self._leads(user=self.agent)
        self.assertFalse(self._called())
        self.pbx.offer_leads = "all"
        self._leads(user=self.agent)
        self.assertTrue(self._called())

    def test_none_that_is_imported_or_made_from_a_call_or_without_number(self):
        self._leads(import_file=True)
        self._leads(telephony_of_call=True)
        self._leads().phone = False
        self._leads(4)
        self.assertFalse(self._called())

    def test_none_for_which_no_pbx_is_set(self):
        self.pbx.offer_leads = "none"
        self._leads()
        self.pbx.write({"offer_leads": "outside", "offer_calls": False})
        self._leads()
        self.pbx.offer_calls = True
        self.pbx.offer_lead_team_ids = self.env["crm.team"].create({"name": "South"})
        self._leads()
        self.assertFalse(self._called())

    def test_a_call_that_makes_a_lead_has_nobody_called(self):
        self.pbx.write({"creation_policy": "lead", "create_on": "start"})
        self._tell("NOTIFY_START", call_ref="in_9", caller_id="442079469999")
        self.assertTrue(self._call("in_9").lead_id)
        self.assertFalse(self._called())

    def test_of_many_a_few_are_called_in_a_minute(self):
        with freeze_time(fields.Datetime.now()):
            for _number in range(3):
                self._leads(3)
            self.pbx.ask_number_day = 99
            self._called()
        quota = self.env["telephony.callback.quota"]
        refused = quota._refusals(self.pbx, timedelta(days=1))
        self.assertEqual(refused, {"leads": 4})

    def test_a_lead_whose_number_costs_is_not_called(self):
        lead = self._leads()
        lead.phone = "+44 909 879 0000"
        self.assertFalse(self._called())
        self.assertFalse(self.server.asked)
