from odoo.exceptions import AccessError
from odoo.tests import tagged

from .access_common import AccessCase

CALLER = "+442037691885"
SHOWN = {"partner_id": {"fields": {"display_name": {}}}, "note": {}}


@tagged("post_install", "-at_install")
class TestCallPutRight(AccessCase):
    """Whoever says whose a call is keeps it, whatever right they saw it by."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.theirs_now = cls.env["res.partner"].create(
            {"name": "The Colleague's", "user_id": cls.colleague.id}
        )
        # Nobody of ours was rung: a dispatcher sees it since the caller is unknown,
        # an agent since the contact is theirs.
        nobody = cls.env["res.users"]
        alone = {"number": CALLER, "number_e164": CALLER, "leg_ids": []}
        cls.of_nobody = cls._make_call("nobody", nobody, None, known=False, **alone)
        cls.of_owner = cls._make_call("owner", nobody, None, **alone)
        cls.of_owner.owner_id = cls.agent
        cls.of_owner._sync_participants()

    def _both(self):
        """Yield the two who see a call without having taken part, each with theirs."""
        for user, call in (
            (self.dispatcher, self.of_nobody),
            (self.agent, self.of_owner),
        ):
            with self.subTest(user=user.login):
                yield user, call.with_user(user)

    def assertStillTheirs(self, user, call, partner):
        self.env.invalidate_all()
        self.assertEqual(call.sudo().partner_id, partner)
        self.assertIn(user, call.sudo().participant_ids)
        self.assertTrue(call.get_card(call.id))
        card = call.card_note(call.id, "Wants blue ones")
        self.assertEqual(card["note"], "Wants blue ones")

    def test_a_contact_of_somebody_else_is_put_into_the_form(self):
        for user, call in self._both():
            [saved] = call.web_save({"partner_id": self.theirs_now.id}, SHOWN)
            self.assertEqual(saved["partner_id"]["id"], self.theirs_now.id)
            self.assertStillTheirs(user, call, self.theirs_now)
            self.assertIn(self.colleague, call.sudo().participant_ids)

    def test_the_contact_is_taken_out_of_the_form(self):
        for user, call in self._both():
            call.web_save({"partner_id": self.theirs_now.id}, SHOWN)
            [saved] = call.web_save({"partner_id": False}, SHOWN)
            self.assertFalse(saved["partner_id"])
            self.assertStillTheirs(user, call, self.env["res.partner"])

    def test_a_contact_is_chosen_on_the_card(self):
        for user, call in self._both():
            card = call.card_choose(call.id, "res.partner", self.theirs_now.id)
            self.assertEqual(card["partner"]["id"], self.theirs_now.id)
            self.assertStillTheirs(user, call, self.theirs_now)

    def test_a_contact_and_a_lead_are_created_on_the_card(self):
        for user, call in self._both():
            call.card_none(call.id)
            card = call.card_create(call.id, "partner", {"name": "Ann"})
            partner = self.env["res.partner"].browse(card["partner"]["id"])
            self.assertStillTheirs(user, call, partner)
            card = call.card_create(call.id, "lead", {"name": "Ann"})
            self.assertTrue(card["lead"])
            self.assertStillTheirs(user, call, partner)

    def test_none_of_these_leaves_the_call_with_who_says_so(self):
        for user, call in self._both():
            call.card_none(call.id)
            self.assertStillTheirs(user, call, self.env["res.partner"])

    def test_it_stays_when_the_contact_changes_hands(self):
        for user, call in self._both():
            self.theirs_now.user_id = user
            call.card_choose(call.id, "res.partner", self.theirs_now.id)
            self.theirs_now.user_id = self.colleague
            self.assertStillTheirs(user, call, self.theirs_now)

    def test_it_stays_when_the_pbx_tells_more_of_it(self):
        self.dispatcher.company_ids = self.company
        self._tell("NOTIFY_START")
        call = self._call().with_user(self.dispatcher)
        call.card_choose(call.id, "res.partner", self.theirs_now.id)
        self._tell("NOTIFY_INTERNAL", internal="100")
        self._tell("NOTIFY_END", duration="0", disposition="cancel")
        self.assertEqual(self._call().state, "ended")
        self.assertStillTheirs(self.dispatcher, call, self.theirs_now)

    def test_the_last_who_chose_has_it_and_not_those_before(self):
        call = self.of_nobody
        call.with_user(self.dispatcher).card_choose(
            call.id, "res.partner", self.theirs_now.id
        )
        call.with_user(self.administrator).card_choose(
            call.id, "res.partner", self.customer.id
        )
        self.assertEqual(call.chooser_id, self.administrator)
        self.assertFalse(call.with_user(self.dispatcher).get_card(call.id))

    def test_a_choice_that_is_refused_makes_nobody_take_part(self):
        with self.assertRaises(AccessError):
            self.of_nobody.with_user(self.agent).card_none(self.of_nobody.id)
        self.env.invalidate_all()
        self.assertFalse(self.of_nobody.participant_ids)
