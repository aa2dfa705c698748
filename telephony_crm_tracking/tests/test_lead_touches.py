from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.telephony_crm.tests.common import CUSTOMER

from ..attribution.shares import WHOLE
from ..models.telephony_tracking_touch import SHARES
from .call_common import STATIC, RingingCase


@tagged("post_install", "-at_install")
class TestLeadTouches(RingingCase):
    """What led to a lead, and who of it gets which share."""

    def setUp(self):
        super().setUp()
        self.lead = self.env["crm.lead"].create(
            {"name": "L", "phone": CUSTOMER, "company_id": self.company.id}
        )

    def _called(self, told, at, call_ref, **caller):
        number = self._shown(told)
        self._ring(number, at, call_ref, **caller)
        return self._end(number, at, call_ref, **caller)

    def _shares(self, lead, model="linear"):
        return lead.touch_ids.mapped(f"share_{model}")

    def _check_whole(self, lead):
        for name in SHARES.values():
            self.assertEqual(sum(lead.touch_ids.mapped(name)), WHOLE, name)

    def test_a_visit_and_its_call_are_one_touch_and_the_next_campaign_another(self):
        first = self._called(self._visitor("google"), 30, "in_1")
        self.assertEqual(first.lead_id, self.lead)
        touch = self.lead.touch_ids
        self.assertEqual((touch.call_id, touch.channel), (first, "call"))
        self.assertEqual(touch.source_id.name, "google")
        self.assertEqual(touch.landing, "/pricing")
        self.assertEqual(self._shares(self.lead), [WHOLE])
        self._called(self._visitor("bing", at=400), 430, "in_2")
        self.assertEqual(
            self.lead.touch_ids.mapped("source_id.name"), ["google", "bing"]
        )
        self.assertEqual(self._shares(self.lead), [WHOLE // 2] * 2)
        self.assertEqual(self._shares(self.lead, "first"), [WHOLE, 0])
        self.assertEqual(self._shares(self.lead, "last"), [0, WHOLE])
        self._check_whole(self.lead)

    def test_shares_of_three_sum_to_the_whole(self):
        for place, source in enumerate(("google", "bing", "yandex")):
            at = 400 * place
            self._called(self._visitor(source, at=at), at + 30, f"in_{place}")
        self.assertEqual(self._shares(self.lead), [333_334, 333_333, 333_333])
        self.assertEqual(
            self._shares(self.lead, "position"), [400_000, 200_000, 400_000]
        )
        self._check_whole(self.lead)

    def test_after_half_an_hour_of_silence_another_touch_begins(self):
        self._called(self._visitor("google"), 30, "in_1")
        self._called(self._visitor("google", at=3600), 3630, "in_2")
        self.assertEqual(len(self.lead.touch_ids), 2)

    def test_visits_of_the_same_browser_before_the_call_are_touches(self):
        first = self._visitor("google")
        told = self._page(
            "/later", q={"utm_source": "bing"}, p=first["k"], at=self._in(4000)
        )
        self.assertNotEqual(told["k"], first["k"])
        self._called(told, 4030, "in_1")
        touches = self.lead.touch_ids
        self.assertEqual(touches.mapped("source_id.name"), ["google", "bing"])
        self.assertEqual(touches.mapped("channel"), ["visit", "call"])

    def test_what_is_older_than_the_look_back_has_no_share(self):
        self.site.lookback_days = 1
        self._called(self._visitor("google"), 30, "in_1")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s",
            [self._in(3 * 86400), self.lead.id],
        )
        self.lead.invalidate_recordset()
        self.lead._sync_touches()
        self.assertFalse(self.lead.touch_ids.visit_id)  # only its own source is left

    def test_a_sale_is_led_to_by_nothing_that_came_after_it(self):
        self._called(self._visitor("google"), 30, "in_1")
        self.lead.action_set_won()
        self.lead.tracking_won_date = self._in(300)
        self._called(self._visitor("bing", at=400), 430, "in_2")
        self.env["telephony.tracking.touch"].sudo()._sync_leads(self.lead)
        self.assertEqual(self.lead.touch_ids.source_id.name, "google")

    def test_who_has_no_lead_has_touches_without_shares_until_there_is_one(self):
        caller = "+442037691877"
        told = self._visitor("bing")
        call = self._called(told, 30, "in_1", caller=caller)
        touches = self.env["telephony.tracking.touch"]
        touch = touches.search([("call_id", "=", call.id)])
        self.assertEqual((touch.lead_id.id, touch.share_first), (False, 0))
        call.with_user(self.agent).card_create(call.id, "lead", {"name": "James"})
        self._follow_up()
        touch = touches.search([("call_id", "=", call.id)])
        self.assertEqual((touch.lead_id, touch.share_first), (call.lead_id, WHOLE))

    def test_a_call_that_goes_to_another_lead_takes_its_touch_along(self):
        call = self._called(self._visitor("google"), 30, "in_1")
        other = self.env["crm.lead"].create(
            {"name": "O", "company_id": self.company.id}
        )
        self.lead.phone = False
        call.sudo().lead_id = other
        self._follow_up()
        self.assertEqual(other.touch_ids.call_id, call)
        self.assertFalse(self.lead.touch_ids.call_id)  # only its own source is left

    def test_merged_leads_unite_touches_and_keep_one_lead_s_source(self):
        self._called(self._visitor("google"), 30, "in_1")
        website = self.env.ref("utm.utm_medium_website")
        self.lead.write({"source_id": False, "medium_id": website.id})
        told = self._visitor("bing", at=4000, utm_campaign="Spring sale")
        other = self.env["crm.lead"].create(
            {"name": "O", "company_id": self.company.id, "telephony_visit": told["k"]}
        )
        fair = self.env["utm.source"].create({"name": "Fair"})
        third = self.env["crm.lead"].create(
            {"name": "T", "company_id": self.company.id, "source_id": fair.id}
        )
        self.assertEqual(third.touch_ids.source_id, fair)
        merged = (self.lead | other | third).merge_opportunity()
        self.assertEqual(len(merged.touch_ids), 3)
        self._check_whole(merged)
        self.assertEqual(self.env["crm.lead"].browse(merged.id), merged)
        self.assertIn(
            self._sources(merged),
            [("bing", "cpc", "Spring sale"), ("Fair", False, False)],
        )

    def test_merged_contacts_unite_what_led_to_their_leads(self):
        partners = self.env["res.partner"].create([{"name": "A"}, {"name": "B"}])
        caller = "+442037691877"
        partners[0].phone = caller
        self.lead.partner_id = partners[1]
        call = self._called(self._visitor("bing"), 30, "in_1", caller=caller)
        self.assertEqual(call.partner_id, partners[0])
        self.assertFalse(self.lead.touch_ids)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(partners.ids, partners[1])
        self.env.invalidate_all()
        self.assertEqual(self.lead.touch_ids.call_id, call)
        self._check_whole(self.lead)

    def test_an_agent_sees_the_touches_of_own_calls_and_leads_only(self):
        call = self._called(self._visitor("google"), 30, "in_1")
        self.lead.user_id = self.colleague
        call.sudo().participant_ids = self.agent
        touches = self.env["telephony.tracking.touch"]
        self.assertEqual(len(touches.with_user(self.agent).search([])), 1)
        self.assertEqual(len(touches.with_user(self.colleague).search([])), 1)
        third = self._user("agent_three", "telephony_agent")
        self.assertFalse(touches.with_user(third).search([]))

    def test_a_leaflet_s_call_is_a_touch_and_our_answered_one_is_none(self):
        self.did.source_id = self.env["utm.source"].create({"name": "Leaflet"})
        self._ring(STATIC, 0)
        self._end(STATIC, 0)
        self.assertEqual(self.lead.touch_ids.source_id.name, "Leaflet")
        self.assertEqual(self.lead.touch_ids.did_id, self.did)
        self._talk(minutes=100)
        self._ring(STATIC, 3600, "in_2")
        self._end(STATIC, 3600, "in_2")
        self.assertEqual(len(self.lead.touch_ids), 1)

    def test_nothing_is_written_again_that_is_so_already(self):
        self._called(self._visitor("google"), 30, "in_1")
        before = self.lead.touch_ids
        self.lead._sync_touches()
        self.assertEqual(self.lead.touch_ids, before)
        self.assertLess(timedelta(0), before.end_date - before.date)

    def test_visits_of_a_browser_are_found_by_index_among_millions(self):
        visits = self.env["telephony.tracking.visit"]
        found = visits._search(visits._of_browsers({"a", "b"})).select()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(SQL("EXPLAIN %s", found))
        plan = "\n".join(row[0] for row in self.env.cr.fetchall())
        self.assertIn("telephony_tracking_visit_by_visitor", plan)
        self.assertNotIn("Seq Scan", plan)
