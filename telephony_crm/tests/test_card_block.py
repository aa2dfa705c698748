from datetime import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import CUSTOMER, DID
from .test_card import CardCase


@tagged("post_install", "-at_install")
class TestCardBlock(CardCase):
    """An agent blocks unknown callers of their own calls, and nobody else."""

    def setUp(self):
        super().setUp()
        self.blocked = self.env["telephony.blocked.number"]

    def assertCannotBlock(self, call_id, number=CUSTOMER):
        self.assertFalse(self.calls.get_card(call_id)["can"]["block"])
        with self.assertRaises(UserError):
            self.calls.card_block(call_id)
        self.assertFalse(self.blocked._is_blocked(number, self.company.id))

    def test_an_unknown_caller_is_refused_next_time(self):
        call_id = self._ring()
        self.assertTrue(self.calls.get_card(call_id)["can"]["block"])
        self.calls.card_block(call_id)
        self.calls.card_block(call_id)
        decision = self._tell("NOTIFY_START", call_ref="in_2")
        self.assertTrue(decision.blocked)

    def test_it_is_for_the_company_that_was_called(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.agent.company_ids += other
        both = (other + self.company).ids  # at work in the first
        self.calls.with_context(allowed_company_ids=both).card_block(self._ring())
        self.assertTrue(self.blocked._is_blocked(CUSTOMER, self.company.id))
        self.assertFalse(self.blocked._is_blocked(CUSTOMER, other.id))
        block = self.blocked.search([("e164", "=", CUSTOMER)])
        self.assertEqual(block.company_id, self.company)
        self.assertEqual(block.create_uid, self.agent)

    def test_a_known_caller_cannot_be_blocked(self):
        self.env["res.partner"].create({"name": "Known", "phone": CUSTOMER})
        self.assertCannotBlock(self._ring())

    def test_a_caller_known_to_colleagues_only_cannot_be_blocked(self):
        self.env["crm.lead"].create(
            {"name": "Secret", "phone": CUSTOMER, "user_id": self.colleague.id}
        )
        call_id = self._ring()
        self.assertFalse(self.calls.get_card(call_id)["lead"])
        self.assertCannotBlock(call_id)

    def test_one_of_several_can_be_blocked_when_it_is_none_of_them(self):
        self.env["res.partner"].create(
            [{"name": "One", "phone": CUSTOMER}, {"name": "Two", "phone": CUSTOMER}]
        )
        call_id = self._ring()
        self.assertCannotBlock(call_id)
        self.assertTrue(self.calls.card_none(call_id)["can"]["block"])

    def test_who_it_is_for_certain_is_not_made_unknown_by_saying_none(self):
        self.env["crm.lead"].create(
            {"name": "Secret", "phone": CUSTOMER, "user_id": self.colleague.id}
        )
        call_id = self._ring()
        self.assertFalse(self.calls.card_none(call_id)["can"]["block"])
        self.assertCannotBlock(call_id)
        supervisor = self._user("supervisor_one", "telephony_supervisor")
        self.calls.with_user(supervisor).card_block(call_id)
        self.assertTrue(self.blocked._is_blocked(CUSTOMER, self.company.id))

    def test_who_became_known_after_the_call_cannot_be_blocked(self):
        call_id = self._ring()
        self.env["res.partner"].create({"name": "Known", "phone": CUSTOMER})
        self.assertCannotBlock(call_id)

    def test_the_form_of_a_call_blocks_and_unblocks_as_its_user_may(self):
        call = self.calls.browse(self._ring())
        self._tell("NOTIFY_END", duration="0", disposition="cancel")
        supervisor = self._user("supervisor_one", "telephony_supervisor")

        def shown(user):
            self.env.invalidate_all()
            names = ("can_block", "number_blocked", "can_unblock")
            return tuple(call.with_user(user)[name] for name in names)

        self.assertEqual(shown(self.agent), (True, False, False))
        call.action_block()
        self.assertEqual(shown(self.agent), (False, True, False))
        self.assertEqual(shown(supervisor), (False, True, True))
        self.assertTrue(self._tell("NOTIFY_START", call_ref="in_2").blocked)
        with self.assertRaises(AccessError):
            call.action_unblock()
        self.assertTrue(self.blocked._is_blocked(CUSTOMER, self.company.id))
        call.with_user(supervisor).action_unblock()
        self.assertEqual(shown(supervisor), (True, False, False))
        self.assertFalse(self._tell("NOTIFY_START", call_ref="in_3").blocked)

    def test_a_block_for_all_companies_is_lifted_by_administrators_only(self):
        call = self.calls.browse(self._ring())
        self.blocked.create({"number": CUSTOMER, "company_id": False})
        supervisor = self._user("supervisor_one", "telephony_supervisor")
        administrator = self._user("administrator_one", "telephony_administrator")
        self.assertFalse(call.with_user(supervisor).can_unblock)
        with self.assertRaises(AccessError):
            call.with_user(supervisor).action_unblock()
        self.assertTrue(call.with_user(administrator).can_unblock)
        call.with_user(administrator).action_unblock()
        self.assertFalse(self.blocked._is_blocked(CUSTOMER, self.company.id))

    def test_the_form_of_a_known_caller_and_of_calls_of_others_blocks_nobody(self):
        call = self.calls.browse(self._ring())
        with self.assertRaises(AccessError):
            call.with_user(self.colleague).action_block()
        with self.assertRaises(AccessError):
            call.with_user(self.colleague).action_unblock()
        self.env["res.partner"].create({"name": "Known", "phone": CUSTOMER})
        with self.assertRaises(UserError):
            call.action_block()
        self.assertFalse(self.blocked._is_blocked(CUSTOMER, self.company.id))

    def test_a_hidden_caller_and_a_number_of_ours_cannot_be_blocked(self):
        self.assertCannotBlock(self._ring(caller_id="anonymous"))
        self.assertCannotBlock(self._ring("in_2", caller_id=DID[1:]), DID)

    def test_who_was_called_cannot_be_blocked(self):
        self._tell("NOTIFY_OUT_START", call_ref="out_1")
        self.assertCannotBlock(self._call("out_1").id)

    def test_calls_of_others_and_users_without_the_role_block_nobody(self):
        call_id = self._ring()
        nobody = new_test_user(self.env, login="nobody", groups="base.group_user")
        for user in (self.colleague, nobody):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.calls.with_user(user).card_block(call_id)
        self.assertFalse(self.blocked._is_blocked(CUSTOMER, self.company.id))

    def test_a_block_that_has_ended_is_renewed(self):
        self.blocked.create(
            {
                "number": CUSTOMER,
                "company_id": self.company.id,
                "expires": datetime(2026, 1, 15, 12),
            }
        )
        call_id = self._ring()
        self.calls.card_block(call_id)
        renewed = self.blocked.search([("e164", "=", CUSTOMER)])
        self.assertEqual(renewed.mapped("expires"), [False])
        self.assertTrue(self._tell("NOTIFY_START", call_ref="in_2").blocked)
