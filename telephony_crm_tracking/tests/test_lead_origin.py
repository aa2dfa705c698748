from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.telephony_crm.tests.common import CUSTOMER

from .call_common import STATIC, RingingCase


@tagged("post_install", "-at_install")
class TestLeadOrigin(RingingCase):
    """How a lead reached us, why, and when it was won."""

    ago = timedelta(minutes=4)

    def setUp(self):
        super().setUp()
        self.pbx.write({"creation_policy": "lead", "create_on": "start"})
        self.leads = self.env["crm.lead"]

    def _lead_of_caller(self, **vals):
        company = {"company_id": self.company.id}
        return self.leads.create({"name": "L", "phone": CUSTOMER, **company, **vals})

    def test_a_lead_born_from_a_call_has_its_source_and_channel(self):
        told = self._visitor(utm_campaign="Spring sale")
        call = self._ring(self._shown(told), 30)
        self.assertEqual(call.match_reason, "created")
        self.assertEqual(self._sources(call.lead_id), ("google", "cpc", "Spring sale"))
        self.assertEqual(call.lead_id.tracking_channel, "call")

    def test_what_is_known_only_at_the_end_reaches_the_lead_without_a_source(self):
        self._visitor()
        self._visitor()
        told = self._visitor()  # sees the static number, the pool is dry
        lead = self._ring(STATIC, 15).lead_id
        self.assertFalse(lead.source_id)
        self._ask(k=told["k"], t=STATIC, at=self._in(14))
        call = self._end(STATIC, 15)
        self.assertEqual(call.match_ids.level, "tap")
        self.assertEqual(self._sources(lead), ("google", "cpc", False))

    def test_a_lead_that_has_a_source_keeps_it_and_the_call_has_its_own(self):
        fair = self.env["utm.source"].create({"name": "Fair"})
        lead = self._lead_of_caller(source_id=fair.id)
        told = self._visitor()
        number = self._shown(told)
        self._ring(number, 30)
        call = self._end(number, 30)
        self.assertEqual((call.lead_id, call.source_id.name), (lead, "google"))
        self.assertEqual((lead.source_id, lead.medium_id.id), (fair, False))
        self.assertEqual(lead.tracking_channel, "other")

    def test_a_lead_that_was_there_before_the_call_is_not_born_from_it(self):
        lead = self._lead_of_caller()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s",
            [self._in(-3600), lead.id],
        )
        lead.invalidate_recordset()
        told = self._visitor()
        number = self._shown(told)
        self._ring(number, 30)
        self.assertEqual(self._end(number, 30).lead_id, lead)
        self.assertFalse(lead.source_id)
        self.assertEqual(lead.touch_ids.source_id.name, "google")

    def test_a_form_s_hidden_field_says_the_visit(self):
        told = self._visitor(utm_campaign="Spring sale")
        website = self.env.ref("utm.utm_medium_website")
        lead = self.leads.create(
            {"name": "L", "medium_id": website.id, "telephony_visit": told["k"]}
        )
        self.assertEqual(self._sources(lead), ("google", "cpc", "Spring sale"))
        self.assertEqual(lead.tracking_channel, "form")
        self.assertEqual(lead.tracking_visit_ids, self._visit(told))
        self.assertEqual(lead.touch_ids.visit_id, self._visit(told))
        self.assertEqual(lead.touch_ids.channel, "form")
        self.assertTrue(self._visit(told).kept)

    def test_a_form_s_own_source_outranks_its_visit(self):
        told = self._visitor()
        fair = self.env["utm.source"].create({"name": "Fair"})
        lead = self.leads.create(
            {"name": "L", "source_id": fair.id, "telephony_visit": told["k"]}
        )
        self.assertEqual(lead.source_id, fair)

    def test_a_stranger_s_words_in_the_hidden_field_are_no_visit(self):
        for words in ("", "nobody", "%", "é" * 9, "x" * 500, 7, ["a"], None):
            lead = self.leads.create({"name": "L", "telephony_visit": words})
            self.assertFalse(lead.tracking_visit_ids)

    def test_a_form_still_open_after_a_refusal_says_nothing(self):
        told = self._visitor(utm_campaign="Spring sale")
        self.leads.create({"name": "Before", "telephony_visit": told["k"]})
        self._ask(k=told["k"], b=1, c={"a": "denied"})
        self.assertTrue(self._visit(told))
        lead = self.leads.create({"name": "After", "telephony_visit": told["k"]})
        self.assertFalse(lead.tracking_visit_ids | lead.touch_ids.visit_id)
        self.assertFalse(lead.source_id)

    def test_a_visit_of_another_company_says_nothing(self):
        told = self._visitor()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        lead = self.leads.create(
            {"name": "L", "company_id": other.id, "telephony_visit": told["k"]}
        )
        self.assertFalse(lead.tracking_visit_ids | lead.touch_ids.visit_id)

    def test_mail_is_a_channel_of_its_own(self):
        lead = self.leads.message_new({"subject": "Hello", "from": "a@example.com"})
        self.assertEqual(lead.tracking_channel, "mail")
        self.assertEqual(self.leads.create({"name": "L"}).tracking_channel, "other")

    def test_an_agent_s_new_lead_on_the_card_comes_by_the_call(self):
        self.pbx.creation_policy = "offer"
        told = self._visitor()
        number = self._shown(told)
        self._ring(number, 30)
        call = self._end(number, 30)
        call.with_user(self.agent).card_create(call.id, "lead", {"name": "James"})
        lead = call.lead_id
        self.assertEqual(
            (lead.tracking_channel, lead.source_id.name), ("call", "google")
        )
        self._follow_up()
        self.assertEqual(lead.with_user(self.agent).touch_ids.share_first, 1_000_000)

    def test_the_day_of_winning_stays_until_it_is_taken_back(self):
        lead = self.leads.create({"name": "L", "type": "opportunity"})
        won, later = datetime(2026, 1, 10, 9, 0), datetime(2026, 5, 20, 9, 0)
        with freeze_time(won):
            lead.action_set_won()
            self.assertEqual(lead.tracking_won_date, won)
        with freeze_time(later):
            lead.active = False
            lead.active = True
            self.env.flush_all()
            self.assertEqual(lead.tracking_won_date, won)
            lead.stage_id = self.env["crm.stage"].search([("is_won", "=", False)])[0]
            lead.probability = 20
            self.assertFalse(lead.tracking_won_date)
            lead.action_set_won()
            self.assertEqual(lead.tracking_won_date, later)
