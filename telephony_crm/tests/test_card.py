from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import CUSTOMER, TelephonyCase


class CardCase(TelephonyCase):
    """An agent at the screen, whose extension rings."""

    def setUp(self):
        super().setUp()
        self.calls = self.env["telephony.call"].with_user(self.agent)

    def _ring(self, call_ref="in_1", **fields):
        """Have extension 100 ring; return the call's id."""
        self._tell("NOTIFY_START", call_ref=call_ref, **fields)
        self._tell("NOTIFY_INTERNAL", call_ref=call_ref, internal="100", **fields)
        return self._call(call_ref).id


@tagged("post_install", "-at_install")
class TestCard(CardCase):
    """What the screen asks for, always as a plain agent."""

    def test_the_card_of_a_known_caller_says_who_why_and_what_is_open(self):
        company = self.env["res.partner"].create({"name": "Roshen", "is_company": True})
        partner = self.env["res.partner"].create(
            {
                "name": "Olena Shevchenko",
                "phone": CUSTOMER,
                "parent_id": company.id,
                "function": "Purchasing director",
            }
        )
        lead = self.env["crm.lead"].create(
            {
                "name": "Spring order",
                "partner_id": partner.id,
                "user_id": self.agent.id,
                "type": "opportunity",
            }
        )
        card = self.calls.get_card(self._ring())
        self.assertEqual(card["partner"]["name"], "Olena Shevchenko")
        self.assertEqual(card["partner"]["company"], "Roshen")
        self.assertEqual(card["lead"], lead.id)
        self.assertEqual([item["name"] for item in card["leads"]], ["Spring order"])
        self.assertTrue(card["leads"][0]["mine"])
        self.assertEqual(card["my_leg"], "ringing")
        self.assertEqual(card["did"]["name"], "London line")
        self.assertEqual(card["number_formatted"], "+44 20 3769 1880")
        self.assertIn("London", card["region"])
        self.assertTrue(card["match_reason"])

    def test_a_company_that_the_user_may_not_read_is_left_out(self):
        secret = self.env["res.partner"].create({"name": "Roshen", "is_company": True})
        partner = self.env["res.partner"].create(
            {"name": "Olena", "phone": CUSTOMER, "parent_id": secret.id}
        )
        self.env["ir.rule"].create(
            {
                "name": "No secrets",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": [("id", "!=", secret.id)],
            }
        )
        card = self.calls.get_card(self._ring())
        self.assertEqual(card["partner"]["id"], partner.id)
        self.assertEqual(card["partner"]["name"], "Olena")
        self.assertEqual(card["partner"]["company"], "")

    def test_get_cards_lists_what_rings_now_and_nothing_that_is_over(self):
        self.assertEqual(self.calls.get_cards(), [])
        call_id = self._ring()
        self.assertEqual([card["id"] for card in self.calls.get_cards()], [call_id])
        self._tell("NOTIFY_END", duration="0", disposition="cancel")
        self.assertEqual(self.calls.get_cards(), [])

    def test_a_call_of_others_shows_no_card(self):
        call_id = self._ring()
        others = self.env["telephony.call"].with_user(self.colleague)
        self.assertEqual(others.get_cards(), [])
        self.assertFalse(others.get_card(call_id))
        with self.assertRaises(AccessError):
            others.card_note(call_id, "mine now")

    def test_without_the_role_there_are_no_cards(self):
        nobody = new_test_user(self.env, login="nobody", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.env["telephony.call"].with_user(nobody).get_cards()

    def test_an_unknown_caller_becomes_a_lead_that_the_call_belongs_to(self):
        call_id = self._ring()
        card = self.calls.card_create(
            call_id, "lead", {"name": "Ann", "company": "Acme"}
        )
        lead = self.env["crm.lead"].browse(card["lead"])
        self.assertEqual(lead.contact_name, "Ann")
        self.assertEqual(lead.partner_name, "Acme")
        self.assertEqual(lead.user_id, self.agent)
        self.assertEqual(self._call().owner_id, self.agent)
        self.assertEqual(
            self.env["telephony.number"]._match(CUSTOMER, self.pbx).lead_id, lead.id
        )

    def test_who_comes_second_gets_the_lead_and_the_contact_of_the_first(self):
        call_id = self._ring()
        self._tell("NOTIFY_INTERNAL", internal="101")
        others = self.calls.with_user(self.colleague)
        for kind, model in (("partner", "res.partner"), ("lead", "crm.lead")):
            with self.subTest(kind=kind):
                self.calls.card_create(call_id, kind, {"name": "Ann"})
                others.card_create(call_id, kind, {"name": "Ann"})
                created = self.env[model].search(
                    [("telephony_number_ids.e164", "=", CUSTOMER)]
                )
                self.assertEqual(len(created), 1)
                self.assertEqual(created.create_uid, self.agent)
        self.assertEqual(self._call().lead_id.user_id, self.agent)

    def test_a_second_lead_of_ones_own_and_beside_an_older_one_is_made(self):
        lead = self.env["crm.lead"].create(
            {"name": "Older", "phone": CUSTOMER, "user_id": self.agent.id}
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = create_date - interval '1 hour'"
            " WHERE id = %s",
            [lead.id],
        )
        self.env.invalidate_all()
        call_id = self._ring()
        self.assertEqual(self._call().lead_id, lead)
        first = self.calls.card_create(call_id, "lead", {"name": "Ann"})["lead"]
        again = self.calls.card_create(call_id, "lead", {"name": "Ann"})["lead"]
        self.assertEqual(again, first, "a second press is of the same creation")
        second = self.calls.card_create(call_id, "lead", {"name": "Bob"})["lead"]
        self.assertEqual(len({lead.id, first, second}), 3)

    def test_text_that_no_database_can_store_is_cleaned(self):
        call_id = self._ring()
        dirty = "bl\0ue \ud83d ones \U0001f600"
        card = self.calls.card_note(call_id, dirty)
        self.assertEqual(card["note"], "blue  ones \U0001f600")
        self.assertEqual(self.calls.card_note(call_id, None)["note"], "")
        card = self.calls.card_create(call_id, "lead", {"name": dirty})
        self.assertEqual(card["leads"][0]["contact"], "blue ones \U0001f600")
        find = self.env["telephony.dial"].with_user(self.agent).find
        self.assertEqual(find("An\0n\ud800"), find("Ann"))

    def test_a_hidden_caller_becomes_a_lead_by_a_name_only(self):
        call_id = self._ring(caller_id="anonymous")
        for values in ({}, {"name": " ", "email": "ann@example.com"}):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.calls.card_create(call_id, "lead", values)
        card = self.calls.card_create(call_id, "lead", {"name": "Ann"})
        self.assertEqual(card["leads"][0]["name"], "Call from Ann")

    def test_an_unknown_caller_becomes_a_contact_or_a_company(self):
        for kind, ref in (("partner", "in_1"), ("company", "in_2")):
            caller = f"44203769188{ref[-1]}"
            call_id = self._ring(ref, caller_id=caller)
            card = self.calls.card_create(call_id, kind, {"name": "Ann <b>Bold</b>"})
            partner = self.env["res.partner"].browse(card["partner"]["id"])
            self.assertEqual(partner.name, "Ann <b>Bold</b>")
            self.assertEqual(partner.is_company, kind == "company")

    def test_of_several_candidates_the_chosen_one_is_remembered(self):
        one, two = self.env["res.partner"].create(
            [{"name": "One", "phone": CUSTOMER}, {"name": "Two", "phone": CUSTOMER}]
        )
        call_id = self._ring()
        card = self.calls.get_card(call_id)
        self.assertTrue(card["ambiguous"])
        self.assertEqual({item["id"] for item in card["candidates"]}, {one.id, two.id})
        card = self.calls.card_choose(call_id, "res.partner", two.id)
        self.assertFalse(card["ambiguous"])
        self.assertEqual(card["partner"]["name"], "Two")
        self._tell("NOTIFY_END", duration="0", disposition="cancel")
        self.assertEqual(self._call().partner_id, two)
        self._ring("in_2")
        self.assertEqual(self._call("in_2").partner_id, two)

    def test_none_of_the_candidates_stays_none(self):
        self.env["res.partner"].create(
            [{"name": "One", "phone": CUSTOMER}, {"name": "Two", "phone": CUSTOMER}]
        )
        call_id = self._ring()
        self.assertFalse(self.calls.card_none(call_id)["partner"])
        self._tell("NOTIFY_END", duration="0", disposition="cancel")
        self.assertFalse(self._call().partner_id)
        self.assertEqual(self._call().match_reason, "refused")

    def test_none_of_the_candidates_takes_the_choice_for_the_number_back(self):
        one, _two = self.env["res.partner"].create(
            [{"name": "One", "phone": CUSTOMER}, {"name": "Two", "phone": CUSTOMER}]
        )
        self.calls.card_choose(self._ring(), "res.partner", one.id)
        self.calls.card_none(self._call().id)
        self.assertTrue(self.calls.get_card(self._ring("in_2"))["ambiguous"])

    def test_a_note_and_an_outcome_are_kept_on_the_call(self):
        call_id = self._ring()
        outcome = self.env["telephony.call.outcome"].search([], limit=1)
        self.calls.card_note(call_id, "wants <i>blue</i> ones")
        card = self.calls.card_outcome(call_id, outcome.id)
        self.assertEqual(card["note"], "wants <i>blue</i> ones")
        self.assertEqual(card["outcome_id"], outcome.id)
        self.assertFalse(self.calls.card_outcome(call_id, outcome.id)["outcome_id"])

    def test_a_record_that_the_user_may_not_read_cannot_be_chosen(self):
        secret = self.env["crm.lead"].create(
            {"name": "Secret", "phone": CUSTOMER, "user_id": self.colleague.id}
        )
        call_id = self._ring()
        self.assertNotIn("Secret", str(self.calls.get_card(call_id)))
        with self.assertRaises(AccessError):
            self.calls.card_choose(call_id, "crm.lead", secret.id)

    # -- after the end -----------------------------------------------------------------

    def test_after_the_call_one_can_still_say_which_of_them_it_was(self):
        people = self.env["res.partner"].create(
            [{"name": name, "phone": CUSTOMER} for name in ("Ann", "Bob")]
        )
        call_id = self._ring()
        self._tell("NOTIFY_END", duration="30", disposition="answered", internal="100")
        card = self.calls.get_card(call_id)
        self.assertEqual({one["id"] for one in card["candidates"]}, set(people.ids))
        card = self.calls.card_choose(call_id, "res.partner", people[1].id)
        self.assertEqual(card["partner"]["id"], people[1].id)
        self.assertFalse(card["candidates"], "it is settled")

    def test_what_is_said_after_the_call_reaches_the_users_other_screens(self):
        call_id = self._ring()
        self._tell("NOTIFY_END", duration="30", disposition="answered", internal="100")
        outcome = self.env.ref("telephony_crm.telephony_call_outcome_interested")
        for method, value in (("card_note", "Rang"), ("card_outcome", outcome.id)):
            self.env.cr.precommit.run()
            self.env["bus.bus"].search([]).unlink()
            before = self._call().version
            card = getattr(self.calls, method)(call_id, value)
            self.assertGreater(card["version"], before)
            self.env.cr.precommit.run()
            told = self.env["bus.bus"].search([("message", "like", "call/update")])
            self.assertIn(f'"version":{card["version"]}', told.message)
