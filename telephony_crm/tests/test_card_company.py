from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CUSTOMER
from .test_card import CardCase


@tagged("post_install", "-at_install")
class TestCardCompany(CardCase):
    """A phone rings whichever of the user's companies is ticked on the screen."""

    def setUp(self):
        super().setUp()
        self.other = self.env["res.company"].create({"name": "Other"})
        self.agent.company_ids += self.other
        self.calls = self.calls.with_context(allowed_company_ids=self.other.ids)

    def test_a_call_of_a_company_that_is_not_ticked_has_its_card(self):
        call_id = self._ring()
        self.assertEqual([card["id"] for card in self.calls.get_cards()], [call_id])
        self.assertEqual(self.calls.get_card(call_id)["id"], call_id)
        self.assertFalse(self.calls.search([("id", "=", call_id)]), "no list shows it")

    def test_all_that_the_card_does_is_done_in_the_company_that_was_called(self):
        outcome = self.env["telephony.call.outcome"].create(
            {"name": "Sold", "company_id": self.company.id}
        )
        lead = self.env["crm.lead"].create(
            {"name": "Order", "user_id": self.agent.id, "company_id": self.company.id}
        )
        call_id = self._ring()
        self.assertEqual(self.calls.card_note(call_id, "blue")["note"], "blue")
        card = self.calls.card_outcome(call_id, outcome.id)
        self.assertEqual(card["outcome_id"], outcome.id)
        card = self.calls.card_choose(call_id, "crm.lead", lead.id)
        self.assertEqual(card["lead"], lead.id)
        self.assertFalse(self.calls.card_none(call_id)["lead"])
        card = self.calls.card_create(call_id, "lead", {"name": "Ann"})
        created = self.env["crm.lead"].browse(card["lead"])
        self.assertEqual(created.company_id, self.company)
        self.calls.card_none(call_id)
        created.sudo().unlink()
        lead.sudo().unlink()
        self.assertTrue(self.calls.get_card(call_id)["can"]["block"])
        self.calls.card_block(call_id)
        blocked = self.env["telephony.blocked.number"]
        self.assertTrue(blocked._is_blocked(CUSTOMER, self.company.id))
        self.assertFalse(blocked._is_blocked(CUSTOMER, self.other.id))

    def test_a_call_of_a_company_that_is_not_the_users_has_none(self):
        call_id = self._ring()
        self.agent.write(
            {"company_id": self.other.id, "company_ids": [(3, self.company.id)]}
        )
        self.assertEqual(self.calls.get_cards(), [])
        self.assertFalse(self.calls.get_card(call_id))
        with self.assertRaises(AccessError):
            self.calls.card_note(call_id, "mine")

    def test_an_outcome_of_another_company_is_neither_offered_nor_taken(self):
        outcome = self.env["telephony.call.outcome"].create(
            {"name": "Elsewhere only", "company_id": self.other.id}
        )
        call_id = self._ring()
        offered = self.calls.get_card(call_id)["outcomes"]
        self.assertNotIn(outcome.id, [row["id"] for row in offered])
        with self.assertRaises(UserError):
            self.calls.card_outcome(call_id, outcome.id)
        both = (self.company + self.other).ids
        call = self.calls.with_context(allowed_company_ids=both).browse(call_id)
        with self.assertRaises(UserError):
            call.write({"outcome_id": outcome.id})
        self.agent.company_ids -= self.other
        call = self._call().with_user(self.agent)
        for refused in (
            lambda: call.card_outcome(call_id, outcome.id),
            lambda: call.write({"outcome_id": outcome.id}),
        ):
            with self.assertRaises(AccessError):
                refused()
        self.assertFalse(self._call().outcome_id)
