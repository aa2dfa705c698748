from odoo.exceptions import AccessError
from odoo.tests import tagged

from .access_common import AccessCase
from .common import CUSTOMER
from .test_card import CardCase


@tagged("post_install", "-at_install")
class TestAccessCard(AccessCase):
    """What the card does is done by those who may see the call, and nobody else."""

    def test_nothing_is_done_on_a_call_of_others(self):
        outcome = self.env["telephony.call.outcome"].create({"name": "Sold"})
        ref = self.theirs.id
        acts = (
            ("card_choose", "res.partner", self.customer.id),
            ("card_none",),
            ("card_create", "partner", {"name": "Ann"}),
            ("card_create", "lead", {"name": "Ann"}),
            ("card_note", "mine now"),
            ("card_outcome", outcome.id),
            ("card_block",),
        )
        self.env.flush_all()
        before = self.theirs.read()
        for user in (self.agent, self.dispatcher, self.internal, self.stranger):
            calls = self.env["telephony.call"].with_user(user)
            for method, *args in acts:
                with (
                    self.subTest(user=user.login, method=method),
                    self.assertRaises(AccessError),
                ):
                    getattr(calls, method)(ref, *args)
        self.env.invalidate_all()
        self.assertEqual(self.theirs.read(), before)
        for model in ("res.partner", "crm.lead"):
            self.assertFalse(self.env[model].search([("phone", "like", "3769")]))

    def test_calls_that_are_not_there_are_not_told_from_those_of_others(self):
        calls = self.env["telephony.call"].with_user(self.agent)
        for call_id in (self.theirs.id, self.theirs.id + 1000):
            self.assertIs(calls.get_card(call_id), False)
            with self.assertRaisesRegex(AccessError, "not one of yours"):
                calls.card_note(call_id, "mine now")


@tagged("post_install", "-at_install")
class TestCandidates(CardCase):
    """Whom it could be is told as far as the user may know of them."""

    def test_candidates_that_the_user_may_not_read_are_left_out(self):
        known = self.env["res.partner"].create({"name": "Known", "phone": CUSTOMER})
        secret = self.env["res.partner"].create({"name": "Secret", "phone": CUSTOMER})
        theirs = self.env["crm.lead"].create(
            {
                "name": "Secret order",
                "contact_name": "Secret person",
                "phone": CUSTOMER,
                "user_id": self.colleague.id,
            }
        )
        self.env["ir.rule"].create(
            {
                "name": "No secrets",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": [("id", "!=", secret.id)],
            }
        )
        match = self.env["telephony.number"]._match(CUSTOMER, self.pbx)
        self.assertIn(("res.partner", secret.id), match.candidates)
        self.assertIn(("crm.lead", theirs.id), match.candidates)
        card = self.calls.get_card(self._ring())
        self.assertTrue(card["ambiguous"])
        self.assertEqual(
            [(row["model"], row["id"]) for row in card["candidates"]],
            [("res.partner", known.id)],
        )
        self.assertNotIn("Secret", str(card))
