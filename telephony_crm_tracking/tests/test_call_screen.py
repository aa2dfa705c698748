from lxml import etree

from odoo.tests import tagged

from .call_common import RingingCase


@tagged("post_install", "-at_install")
class TestCallScreen(RingingCase):
    """What people see of why somebody rang."""

    def setUp(self):
        super().setUp()
        told = self._visitor(utm_campaign="Spring sale")
        number = self._shown(told)
        self._ring(number, 30)
        self.call = self._end(number, 30)

    def test_the_card_has_one_line_for_the_agent(self):
        card = self.env["telephony.call"].with_user(self.agent).get_card(self.call.id)
        self.assertEqual(card["origin"], "google / cpc · Spring sale · /pricing")
        self.call.sudo().tracking_state = "none"
        card = self.env["telephony.call"].with_user(self.agent).get_card(self.call.id)
        self.assertEqual(card["origin"], "")

    def test_an_agent_reads_the_whole_page(self):
        call = self.call.with_user(self.agent)
        names = ("tracking_state", "origin_words", "origin_none", "qualified")
        [values] = call.web_read(
            {
                **{name: {} for name in names},
                "match_ids": {
                    "fields": {name: {} for name in ("weight", "pages", "why")}
                },
                "touch_ids": {"fields": {"date": {}, "source_id": {"fields": {}}}},
            }
        )
        self.assertIn("was shown this number", values["origin_words"])
        self.assertAlmostEqual(values["origin_none"], 0.2, 5)
        self.assertEqual(values["match_ids"][0]["pages"], "/pricing")
        self.assertEqual(len(values["touch_ids"]), 1)

    def test_each_role_gets_views_that_fit(self):
        for user in (self.agent, self.supervisor, self.administrator):
            calls = self.env["telephony.call"].with_user(user)
            found = calls.get_views(
                [(False, "form"), (False, "list"), (False, "search")]
            )
            form = etree.fromstring(found["views"]["form"]["arch"])
            for path in (
                "//page[@name='tracking']//field[@name='match_ids']//field[@name='why']",
                "//field[@name='match_ids']//field[@name='weight']",
                "//field[@name='match_ids']//field[@name='pages']",
                "//page[@name='tracking']//field[@name='touch_ids']",
                "//field[@name='conversion_ids']//field[@name='state']",
            ):
                self.assertTrue(form.xpath(path), path)
            leads = self.env["crm.lead"].with_user(user)
            lead_form = self.env.ref("crm.crm_lead_view_form").id
            form = etree.fromstring(leads.get_view(lead_form, "form")["arch"])
            self.assertTrue(form.xpath("//page[@name='touches']"))

    def test_sentences_say_what_is_known(self):
        call = self.call.sudo()
        call.returns_ours = True
        self.assertIn("We had rung", call.origin_words)
        call.write({"returns_ours": False, "tracking_state": "ambiguous"})
        self.assertIn("Several visitors", call.origin_words)
        call.match_ids.unlink()
        call.tracking_state = "none"
        self.assertIn("No visit", call.origin_words)
        for level, days in (("late", 0), ("returning", 0), ("returning", 3)):
            match = self.env["telephony.tracking.match"].sudo()
            match = match.new({"reason": level, "seconds": 600, "days": days})
            self.assertTrue(match.why)
