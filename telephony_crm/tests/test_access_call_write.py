from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .access_common import AccessCase


@tagged("post_install", "-at_install")
class TestAccessCallWrite(AccessCase):
    """What a person may say of a call, and what only the PBX may."""

    def test_agent_says_what_a_call_meant(self):
        outcome = self.env["telephony.call.outcome"].create(
            {"name": "Will think", "company_id": self.company.id}
        )
        mine = self.mine.with_user(self.agent)
        mine.write({"note": "Asked for the price", "outcome_id": outcome.id})
        self.assertEqual(self.mine.note, "Asked for the price")
        self.assertEqual(self.mine.outcome_id, outcome)

    def test_nobody_changes_what_the_pbx_said(self):
        for user in (self.agent, self.supervisor, self.administrator):
            for name, value in (
                ("talk_seconds", 999),
                ("state", "ringing"),
                ("number", "+442037691889"),
                ("user_id", user.id),
                ("owner_id", user.id),
                ("participant_ids", [(4, user.id)]),
                ("company_id", self.other_company.id),
                ("leg_ids", [(5,)]),
                ("needs_callback", False),
                ("version", 0),
            ):
                with (
                    self.subTest(user=user.login, field=name),
                    self.assertRaises(AccessError),
                ):
                    self.mine.with_user(user).write({name: value})
        self.assertEqual(self.mine.talk_seconds, 60)

    def test_nobody_enters_or_deletes_a_call(self):
        for user in (self.agent, self.supervisor, self.administrator):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.mine.with_user(user).unlink()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.mine.with_user(user).copy({"call_ref": "again"})
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.mine.leg_ids.with_user(user).write({"talk_seconds": 1})

    def test_agent_writes_nothing_on_a_call_of_others(self):
        for values in ({"note": "mine now"}, {"partner_id": self.customer.id}, {}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                self.theirs.with_user(self.agent).write(values)
        self.assertFalse(self.theirs.note)

    def test_without_the_role_nothing_is_written(self):
        for user in (self.internal, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.mine.with_user(user).write({"note": "Hello"})

    def test_a_contact_put_into_the_form_is_a_choice(self):
        mine = self._make_call("ambiguous", self.agent, self.team, known=False)
        customer = self.env["res.partner"].create(
            {"name": "Chosen", "user_id": self.colleague.id}
        )
        with Form(mine.with_user(self.agent)) as form:
            form.partner_id = customer
        self.assertEqual(mine.partner_id, customer)
        self.assertEqual(mine.match_reason, "chosen")
        self.assertEqual(mine.owner_id, self.colleague)
        self.assertIn(self.colleague, mine.participant_ids)

    def test_a_lead_put_into_the_form_brings_its_contact(self):
        mine = self._make_call("ambiguous", self.agent, self.team, known=False)
        lead = self.env["crm.lead"].create(
            {
                "name": "Order",
                "partner_id": self.customer.id,
                "user_id": self.agent.id,
                "company_id": self.company.id,
            }
        )
        with Form(mine.with_user(self.agent)) as form:
            form.lead_id = lead
            self.assertEqual(form.partner_id, self.customer)
        self.assertEqual((mine.lead_id, mine.partner_id), (lead, self.customer))
        with Form(mine.with_user(self.agent)) as form:
            form.partner_id = self.env["res.partner"].create({"name": "Another"})
        self.assertFalse(mine.lead_id, "a lead of somebody else gives way")

    def test_a_contact_taken_out_of_the_form_is_refused_for_good(self):
        with Form(self.mine.with_user(self.agent)) as form:
            form.partner_id = self.env["res.partner"]
        self.assertFalse(self.mine.partner_id)
        self.assertEqual(self.mine.match_reason, "refused")

    def test_agent_cannot_learn_a_name_by_choosing_its_id(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Secret order",
                "user_id": self.colleague.id,
                "company_id": self.company.id,
            }
        )
        with self.assertRaises(AccessError):
            self.mine.with_user(self.agent).write({"lead_id": lead.id})
        self.assertFalse(self.mine.lead_id)

    def test_a_record_of_another_company_is_refused(self):
        foreign = self.env["res.partner"].create(
            {"name": "Foreign", "company_id": self.other_company.id}
        )
        with self.assertRaises(UserError):
            self.mine.with_user(self.agent).write({"partner_id": foreign.id})
        self.assertEqual(self.mine.partner_id, self.customer)

    def test_a_lead_does_not_bring_in_a_contact_of_another_company(self):
        self.agent.company_ids += self.other_company
        foreign = self.env["res.partner"].create(
            {"name": "Foreign", "company_id": self.other_company.id}
        )
        lead = self.env["crm.lead"].create(
            {
                "name": "Order",
                "user_id": self.agent.id,
                "company_id": self.company.id,
            }
        )
        mine = self.mine.with_user(self.agent).with_context(
            allowed_company_ids=(self.company + self.other_company).ids
        )
        with self.assertRaises(UserError):
            mine.write({"lead_id": lead.id, "partner_id": foreign.id})
        self.assertEqual(self.mine.partner_id, self.customer)
        mine.write({"lead_id": lead.id, "partner_id": self.customer.id})
        self.assertEqual(
            (self.mine.lead_id, self.mine.partner_id), (lead, self.customer)
        )

    def test_a_lead_can_be_chosen_whose_contact_the_user_may_not_read(self):
        secret = self.env["res.partner"].create(
            {"name": "Secret", "user_id": self.colleague.id}
        )
        self.env["ir.rule"].create(
            {
                "name": "No secrets",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": [("id", "!=", secret.id)],
            }
        )
        lead = self.env["crm.lead"].create(
            {
                "name": "Order",
                "partner_id": secret.id,
                "user_id": False,
                "company_id": self.company.id,
            }
        )
        self.mine.with_user(self.agent).write({"lead_id": lead.id})
        self.assertEqual(self.mine.lead_id, lead)
        self.assertEqual(self.mine.owner_id, self.colleague)
