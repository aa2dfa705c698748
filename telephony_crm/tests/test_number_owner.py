from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .test_number_merge import LONDON, LYON, PARIS, CallsCase


@tagged("post_install", "-at_install")
class TestNumberOwner(CallsCase):
    """Calls belong to the user who is responsible now."""

    def test_calls_follow_a_lead_to_its_new_salesperson(self):
        lead = self._lead("Ovens", LYON)
        call = self._make_call(lead_id=lead.id, owner_id=self.agent.id)
        self.assertEqual(call.participant_ids, self.agent)
        lead.user_id = self.colleague
        self.assertEqual(call.owner_id, self.colleague)
        self.assertEqual(call.participant_ids, self.colleague)

    def test_who_talked_or_was_rung_still_takes_part(self):
        lead = self._lead("Ovens", LYON)
        talked = self._make_call(
            lead_id=lead.id, owner_id=self.agent.id, user_id=self.agent.id
        )
        rung = self._make_call(
            lead_id=lead.id,
            owner_id=self.agent.id,
            leg_ids=[
                Command.create(
                    {
                        "leg_ref": "100",
                        "kind": "agent",
                        "state": "ended",
                        "user_id": self.agent.id,
                    }
                )
            ],
        )
        lead.user_id = self.colleague
        for call in (talked, rung):
            self.assertEqual(call.owner_id, self.colleague)
            self.assertEqual(call.participant_ids, self.agent + self.colleague)

    def test_calls_of_a_contact_follow_it_unless_the_lead_has_a_salesperson(self):
        partner = self._partner("Camille", LYON, user_id=self.agent.id)
        lead = self._lead("Ovens", partner_id=partner.id)
        of_contact = self._make_call(partner_id=partner.id, owner_id=self.agent.id)
        of_lead = self._make_call(
            partner_id=partner.id, lead_id=lead.id, owner_id=self.agent.id
        )
        partner.user_id = self.colleague
        self.assertEqual(of_contact.owner_id, self.colleague)
        self.assertEqual(of_lead.owner_id, self.agent)
        lead.user_id = False
        self.assertEqual(of_lead.owner_id, self.colleague)

    def test_calls_follow_a_salesperson_taken_over_from_the_company(self):
        company = self._partner("Bakery", is_company=True, user_id=self.colleague.id)
        person = self._partner("Camille", LYON)
        call = self._make_call(partner_id=person.id)
        person.parent_id = company
        self.env.cr.flush()
        self.assertEqual(person.user_id, self.colleague)
        self.assertEqual(call.owner_id, self.colleague)

    def test_calls_outlive_their_records_and_go_back_to_nobody(self):
        partner = self._partner("Camille", LYON, user_id=self.agent.id)
        call = self._make_call(partner_id=partner.id, owner_id=self.agent.id)
        partner.sudo().unlink()
        self.assertFalse(call.owner_id)
        self.assertFalse(call.participant_ids)

    def test_a_change_of_hands_takes_one_statement_for_any_number_of_calls(self):
        lead = self._lead("Ovens", LYON)
        for _number in range(20):
            self._make_call(lead_id=lead.id, owner_id=self.agent.id)
        lead.sudo().user_id = self.colleague
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.env["telephony.call"]._move_owner_of(lead)


@tagged("post_install", "-at_install")
class TestNumberCalls(CallsCase):
    """Contacts and leads know their calls, and find their earlier ones."""

    def test_counts_are_those_the_user_may_see(self):
        partner = self._partner("Camille", LYON)
        lead = self._lead("Ovens", partner_id=partner.id)
        mine = {"user_id": self.agent.id, "partner_id": partner.id}
        self._make_call(**mine)
        last = self._make_call(**mine, lead_id=lead.id)
        self._make_call(partner_id=partner.id, user_id=self.colleague.id)
        self.env.invalidate_all()
        self.assertEqual(partner.telephony_call_count, 2)
        self.assertEqual(lead.telephony_call_count, 1)
        self.assertEqual(lead.telephony_last_call_date, last.start_date)
        self.assertEqual(partner.with_user(self.colleague).telephony_call_count, 1)

    def test_a_company_counts_the_calls_of_its_persons(self):
        company = self._partner("Bakery", is_company=True)
        person = self._partner("Camille", LYON, parent_id=company.id)
        self._make_call(partner_id=person.id, user_id=self.agent.id)
        self.assertEqual(company.telephony_call_count, 1)
        action = company.action_view_telephony_calls()
        calls = (
            self.env["telephony.call"].with_user(self.agent).search(action["domain"])
        )
        self.assertEqual(calls.partner_id, person)

    def test_a_page_of_leads_is_counted_with_two_queries(self):
        leads = self.env["crm.lead"].with_user(self.agent)
        for number in range(20):
            leads += self._lead(f"Lead {number}")
            self._make_call(lead_id=leads[-1].id, user_id=self.agent.id)
        leads.mapped("telephony_call_count")
        self.env.flush_all()
        leads.invalidate_recordset(["telephony_call_count", "telephony_callback_due"])
        with self.assertQueryCount(2):  # calls, and call-backs
            self.assertEqual(leads.mapped("telephony_call_count"), [1] * 20)
            self.assertFalse(any(leads.mapped("telephony_callback_due")))

    def test_without_the_telephony_role_there_is_nothing_to_see(self):
        seller = new_test_user(
            self.env,
            login="seller",
            groups="base.group_user,sales_team.group_sale_salesman",
        )
        partner = self._partner("Camille", LYON).with_user(seller)
        self.assertNotIn("telephony_call_count", partner.fields_get())
        with self.assertRaises(AccessError):
            partner.action_link_earlier_calls()

    def test_a_new_contact_offers_its_earlier_calls_and_takes_them_on_request(self):
        legs = [
            Command.create(
                {"leg_ref": ref, "kind": "agent", "state": "ended", "user_id": user.id}
            )
            for ref, user in (("100", self.agent), ("101", self.colleague))
        ]
        call = self._make_call(number_e164=LYON, leg_ids=legs)
        elsewhere = self._make_call(number_e164=LONDON, user_id=self.agent.id)
        partner = self._partner("Camille", LYON, user_id=self.agent.id)
        self.assertFalse(call.partner_id)
        self.assertEqual(partner.telephony_earlier_call_count, 1)
        partner.action_link_earlier_calls()
        self.assertEqual(call.partner_id, partner)
        self.assertEqual(call.owner_id, self.agent)
        self.assertEqual(call.match_reason, "exact")
        self.assertEqual(call.participant_ids, self.agent + self.colleague)
        self.assertFalse(elsewhere.partner_id)
        partner.invalidate_recordset(["telephony_earlier_call_count"])
        self.assertEqual(partner.telephony_earlier_call_count, 0)

    def test_a_corrected_number_offers_its_earlier_calls_on_leads_too(self):
        call = self._make_call(number_e164=PARIS, user_id=self.agent.id)
        partner = self._partner("Camille")
        lead = self._lead("Ovens", LYON, partner_id=partner.id)
        self.assertEqual(lead.telephony_earlier_call_count, 0)
        lead.phone = PARIS
        self.assertEqual(lead.telephony_earlier_call_count, 1)
        lead.action_link_earlier_calls()
        self.assertEqual((call.lead_id, call.partner_id), (lead, partner))

    def test_calls_that_a_person_said_are_nobodys_are_not_offered(self):
        mine = {"number_e164": LYON, "user_id": self.agent.id}
        refused = self._make_call(**mine, match_reason="refused")
        call = self._make_call(**mine, match_reason="none")
        partner = self._partner("Camille", LYON, user_id=self.agent.id)
        self.assertEqual(partner.telephony_earlier_call_count, 1)
        partner.action_link_earlier_calls()
        self.assertEqual(call.partner_id, partner)
        self.assertFalse(refused.partner_id)
        self.assertEqual(refused.match_reason, "refused")

    def test_calls_of_another_company_are_not_offered(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._make_call(number_e164=LYON, company_id=other.id, user_id=self.agent.id)
        partner = self._partner("Camille", LYON)
        self.assertEqual(partner.telephony_earlier_call_count, 0)

    def test_calls_of_a_colleague_are_neither_counted_nor_taken_by_a_made_up_contact(
        self,
    ):
        theirs = self._make_call(
            number_e164=LYON, user_id=self.colleague.id, note="Theirs alone"
        )
        mine = self._make_call(number_e164=LYON, user_id=self.agent.id)
        partner = self._partner("Made up", LYON, user_id=self.agent.id)
        self.assertEqual(partner.telephony_earlier_call_count, 1)
        partner.action_link_earlier_calls()
        self.assertEqual(mine.partner_id, partner)
        self.assertFalse(theirs.partner_id)
        self.assertEqual(theirs.participant_ids, self.colleague)
        with self.assertRaises(AccessError):
            theirs.with_user(self.agent).read(["note"])

    def test_a_supervisor_links_the_calls_of_all(self):
        supervisor = self._user("supervisor_one", "telephony_supervisor")
        theirs = self._make_call(number_e164=LYON, user_id=self.colleague.id)
        partner = self._partner("Camille", LYON).with_user(supervisor)
        self.assertEqual(partner.telephony_earlier_call_count, 1)
        partner.action_link_earlier_calls()
        self.assertEqual(theirs.partner_id, partner)

    def test_who_may_not_change_the_contact_may_not_link_calls(self):
        clerk = new_test_user(
            self.env,
            login="clerk",
            groups="base.group_user,telephony_crm.group_telephony_agent",
        )
        with self.assertRaises(AccessError):
            self._partner("Camille", LYON).with_user(clerk).action_link_earlier_calls()
