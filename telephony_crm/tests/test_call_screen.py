from datetime import timedelta

from odoo.tests import tagged

from .access_common import AccessCase
from .common import STARTED


@tagged("post_install", "-at_install")
class TestCallScreen(AccessCase):
    """What the views show of a call, and how they find one."""

    # -- finding -----------------------------------------------------------------------

    def _found(self, text):
        calls = self.env["telephony.call"].with_company(self.company)
        domain = [("number_shown", "ilike", text), ("id", "in", self.calls.ids)]
        return calls.search(domain)

    def test_a_number_is_found_in_any_spelling(self):
        for text in ("+44 20 3769 1880", "020 3769 1880", "00442037691880", "3769 18"):
            self.assertEqual(self._found(text), self.calls, text)
        for text in ("+44 20 3769 1889", "9999", "Olena"):
            self.assertFalse(self._found(text), text)

    def test_a_number_that_cannot_be_read_is_found_as_it_came(self):
        self.mine.write({"number": "anna@example.com", "number_e164": False})
        self.assertEqual(self._found("anna@"), self.mine)

    def _named(self, text, user=None):
        calls = self.env["telephony.call"].with_user(user or self.agent)
        with self.assertNoLogs("odoo.orm.models", "WARNING"):
            found = calls.name_search(text, limit=None)
        return calls.browse(call_id for call_id, _name in found)

    def test_a_call_is_found_by_contact_number_and_reference(self):
        mine = self.mine.with_user(self.agent)
        for text in ("known cust", "+44 20 3769 1880", "020 3769 1880", "mine", ""):
            self.assertEqual(self._named(text), mine, text)
        for text in ("abcdefg", "min", "+44 20 3769 1889"):
            self.assertFalse(self._named(text), text)
        self.assertEqual(self._named("theirs", self.administrator), self.theirs)
        named = self.env["telephony.call"].with_user(self.administrator)
        for text in ("Known Customer", "+442037691880"):
            found = named.search([("display_name", "=", text)])
            self.assertIn(self.mine, found, text)
        self.assertFalse(named.search([("display_name", "=", "Known")]))

    def test_a_call_is_found_by_the_lead_of_it_that_the_user_may_read(self):
        self.mine.partner_id = False
        lead = self.env["crm.lead"].create(
            {"name": "Order", "contact_name": "Grace Miller", "user_id": self.agent.id}
        )
        self.mine.lead_id = lead
        self.assertEqual(self._named("grace"), self.mine.with_user(self.agent))
        lead.user_id = self.colleague
        self.assertFalse(self._named("grace"))

    def test_the_events_of_a_call_are_found_by_it(self):
        self._tell("NOTIFY_START", call_ref="in_7", caller_id="442037691885")
        self._tell("NOTIFY_START", call_ref="in_8", caller_id="442037691886")
        events = self.env["telephony.pbx.event"].with_user(self.administrator)
        found = events.search([("call_id", "ilike", "442037691885")])
        self.assertEqual(found.mapped("call_ref"), ["in_7"])
        self.assertFalse(events.search([("call_id", "ilike", "abcdefg")]))

    # -- naming ------------------------------------------------------------------------

    def test_the_contact_is_named(self):
        mine = self.mine.with_user(self.agent)
        self.assertEqual(mine.who, "Known Customer")
        self.assertEqual(mine.display_name, "Known Customer")

    def test_a_lead_without_contact_names_its_person(self):
        self.mine.partner_id = False
        self.mine.lead_id = self.env["crm.lead"].create(
            {
                "name": "Order",
                "contact_name": "Grace Miller",
                "partner_name": "Potomac",
                "user_id": self.agent.id,
                "company_id": self.company.id,
            }
        )
        self.assertEqual(self.mine.with_user(self.agent).who, "Potomac, Grace Miller")

    def test_a_name_is_told_only_to_who_may_read_its_record(self):
        self.mine.partner_id = False
        self.mine.lead_id = self.env["crm.lead"].create(
            {
                "name": "Secret order",
                "contact_name": "Grace Miller",
                "user_id": self.colleague.id,
                "company_id": self.company.id,
            }
        )
        mine = self.mine.with_user(self.agent)
        self.assertFalse(mine.who)
        self.assertEqual(mine.display_name, "+44 20 3769 1880")

    def test_a_number_as_a_title_keeps_its_order_from_right_to_left(self):
        self.env["res.lang"]._activate_lang("ar_001")
        self.mine.partner_id = False
        for lang, mark in (("ar_001", "\u200e"), ("en_US", "")):
            name = self.mine.with_context(lang=lang).display_name
            self.assertEqual(name, f"{mark}+44 20 3769 1880")

    def test_a_colleague_is_named_on_an_internal_call(self):
        self.mine.write(
            {
                "direction": "internal",
                "number": "101",
                "number_e164": False,
                "partner_id": False,
            }
        )
        self.assertEqual(self.mine.with_user(self.agent).who, self.colleague.name)
        self.mine.number = "100"  # the agent's own: somebody calls there
        self.mine.user_id = self.colleague
        mine = self.mine.with_user(self.agent)
        self.assertEqual(mine.who, self.colleague.name)
        self.assertEqual(mine._card()["colleague"], self.colleague.name)

    def test_a_hidden_caller_is_named_so_and_has_no_number(self):
        self.mine.write(
            {"number": "", "number_e164": False, "hidden": True, "partner_id": False}
        )
        mine = self.mine.with_user(self.agent)
        self.assertEqual(mine.who, "Hidden number")
        self.assertFalse(mine.number_shown)

    def test_it_says_why_somebody_is_responsible(self):
        mine = self.mine.with_user(self.agent)
        self.assertFalse(mine.owner_reason)
        self.customer.user_id = self.agent
        self.mine.owner_id = self.agent
        self.assertEqual(mine.owner_reason, "responsible for the contact")
        self.mine.owner_id = self.colleague
        self.assertEqual(mine.owner_reason, "was responsible when it rang")

    # -- legs --------------------------------------------------------------------------

    def test_legs_lie_side_by_side_within_their_call(self):
        self.mine.end_date = STARTED + timedelta(seconds=100)
        leg = self.mine.leg_ids
        leg.write(
            {
                "ring_date": STARTED + timedelta(seconds=10),
                "ring_seconds": 20,
                "talk_seconds": 60,
                "hold_seconds": 5,
            }
        )
        self.assertEqual(
            leg.place, {"before": 10, "ring": 20, "talk": 65, "total": 100}
        )
        leg.talk_seconds = 900
        self.assertEqual(leg.place["talk"], 70, "a leg is no longer than its call")
        self.mine.end_date = False
        self.assertFalse(leg.place, "a running call has no length yet")

    def test_a_leg_says_whose_it_is(self):
        leg = self.mine.leg_ids
        leg.extension_id = self.extension
        self.assertEqual(leg.party, f"{self.agent.name} · 100")
        leg.write({"kind": "external", "number": "+447400123410"})
        self.assertEqual(leg.party, "Outside number · +44 7400 123410")
        leg.write({"kind": "ivr", "number": "2"})
        self.assertEqual(leg.party, "Menu · 2")


@tagged("post_install", "-at_install")
class TestTelephonyMenus(AccessCase):
    """Everybody can open what the menu offers them."""

    def _menus(self, user):
        menus = self.env["ir.ui.menu"].with_user(user)
        visible = menus.browse(menus._visible_menu_ids())
        ours = self.env["ir.model.data"].search(
            [("module", "=", "telephony_crm"), ("model", "=", "ir.ui.menu")]
        )
        return visible.filtered(lambda menu: menu.id in ours.mapped("res_id")).sudo()

    def test_agents_have_their_calls_and_no_configuration(self):
        names = set(self._menus(self.agent).mapped("name"))
        calls = {
            "Calls",
            "My Calls",
            "Missed Calls",
            "Call-backs to Make",
            "Recordings",
        }
        self.assertEqual(names, calls | {"Phone Books"})

    def test_who_has_no_role_has_no_menu(self):
        self.assertFalse(self._menus(self.internal))

    def test_everything_offered_opens_and_explains_itself_when_empty(self):
        for user in (self.agent, self.dispatcher, self.supervisor, self.administrator):
            for action in self._menus(user).mapped("action"):
                if not action:
                    continue
                with self.subTest(user=user.login, action=action.name):
                    self.assertIn("o_view_nocontent", action.help)
                    model = self.env[action.res_model].with_user(user)
                    views = [
                        (False, view_type) for view_type in action.view_mode.split(",")
                    ]
                    shown = model.get_views([*views, (False, "search")])["views"]
                    self.assertEqual(len(shown), len(views) + 1)
                    model.web_search_read([], {"display_name": {}}, limit=1)

    def test_a_new_pbx_shows_what_is_to_be_done(self):
        pbx = self.env["telephony.pbx"].with_user(self.administrator)
        new = pbx.create({"name": "Branch", "company_id": self.company.id})
        self.assertFalse(new.has_credentials or new.has_event or new.is_set_up)
        self.assertTrue(self.pbx.with_user(self.administrator).has_credentials)
        self.assertTrue(
            self.pbx.has_extension and self.pbx.has_did and self.pbx.has_call
        )
        self.assertFalse(self.pbx.is_set_up, "no event has come yet")
