from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .test_match_spelling import LYON, MatchCase


@tagged("post_install", "-at_install")
class TestMatchOrder(MatchCase):
    """Who it is, when more than one record has the number."""

    # -- leads -------------------------------------------------------------------------

    def test_the_open_lead_of_the_caller_comes_first(self):
        partner = self._partner(user_id=self.colleague.id)
        lead = self._lead(partner_id=partner.id, user_id=self.agent.id)
        match = self._match()
        self.assertMatch(match, partner, lead)
        self.assertEqual(match.owner_id, self.agent.id)
        self.assertEqual(match.candidates, (("res.partner", partner.id),))

    def test_a_lead_of_the_contact_counts_without_a_phone(self):
        partner = self._partner(phone=False)
        lead = self._lead(phone=False, partner_id=partner.id)
        self.env["telephony.number"].create({"partner_id": partner.id, "number": LYON})
        self.assertFalse(lead.telephony_number_ids)
        self.assertMatch(self._match(), partner, lead)

    def test_own_leads_come_first_then_the_newest(self):
        mine = self._lead("Mine", user_id=self.agent.id)
        newest = self._lead("Newest", user_id=self.colleague.id)
        self.assertMatch(self._match(), lead=newest)
        self.assertMatch(self._match(user=self.agent), lead=mine)
        self.assertEqual(self._match(user=self.agent).owner_id, self.agent.id)

    def test_of_very_many_with_one_number_the_lead_and_the_choice_are_found(self):
        company = self._partner("Switchboard", is_company=True, phone=LYON)
        last = self.env["res.partner"].create(
            [
                {"name": f"Person {n}", "phone": LYON, "parent_id": company.id}
                for n in range(150)
            ]
        )
        lead = self._lead(phone=False, partner_id=last[0].id)
        self.assertMatch(self._match(), last[0], lead)
        others = self.env["res.partner"].create(
            [{"name": f"Other {n}", "phone": LYON} for n in range(1100)]
        )
        self.assertMatch(self._match(), reason="ambiguous")
        self.env["telephony.number"]._remember(LYON, last[1])
        self.env["telephony.number"]._remember(LYON, others[0])
        self.assertMatch(self._match(), others[0], reason="chosen")

    def test_closed_leads_do_not_count(self):
        partner = self._partner()
        won, lost, archived = (
            self._lead(name, partner_id=partner.id)
            for name in ("Won", "Lost", "Archived")
        )
        won.action_set_won()
        lost.action_set_lost()
        archived.action_archive()
        self.assertMatch(self._match(), partner)

    def test_a_closed_lead_alone_is_nobody_but_its_contact_is_somebody(self):
        lead = self._lead()
        lead.action_set_lost()
        self.assertMatch(self._match(), reason="none")
        lead.partner_id = partner = self._partner(phone=False)
        self.assertMatch(self._match(), partner)

    def test_a_lead_without_contact_goes_with_the_contact_that_has_the_number(self):
        partner, lead = self._partner(), self._lead()
        self.assertMatch(self._match(), partner, lead)

    def test_the_owner_is_the_user_of_the_lead_else_of_the_contact(self):
        partner = self._partner(user_id=self.agent.id)
        self.assertEqual(self._match().owner_id, self.agent.id)
        lead = self._lead(partner_id=partner.id)
        self.assertEqual(self._match().owner_id, self.agent.id)
        lead.user_id = self.colleague
        self.assertEqual(self._match().owner_id, self.colleague.id)

    def test_the_owner_is_that_of_the_leads_contact_which_has_no_number(self):
        partner = self._partner(phone=False, user_id=self.agent.id)
        lead = self._lead(partner_id=partner.id)
        partner.phone = False
        match = self._match()
        self.assertMatch(match, partner, lead)
        self.assertEqual(match.owner_id, self.agent.id)

    # -- contacts of one company -------------------------------------------------------

    def test_a_person_comes_before_its_company(self):
        company = self._partner("Bakery", is_company=True)
        person = self._partner("Camille", parent_id=company.id)
        self.assertMatch(self._match(), person)

    def test_of_several_persons_with_their_companys_number_it_is_the_company(
        self,
    ):
        company = self._partner("Bakery", is_company=True)
        persons = [self._partner(name, parent_id=company.id) for name in ("A", "B")]
        match = self._match()
        self.assertMatch(match, company)
        self.assertEqual(
            match.candidates,
            tuple(("res.partner", partner.id) for partner in (*persons, company)),
        )

    def test_of_several_persons_of_a_company_without_the_number_it_is_the_company(self):
        company = self._partner("Bakery", False, is_company=True, user_id=self.agent.id)
        for name in ("A", "B"):
            self._partner(name, parent_id=company.id)
        match = self._match()
        self.assertMatch(match, company)
        self.assertEqual(match.owner_id, self.agent.id)

    def test_an_address_comes_after_the_company(self):
        company = self._partner("Bakery", is_company=True)
        self._partner("Back door", parent_id=company.id, type="delivery")
        self.assertMatch(self._match(), company)

    # -- archived ----------------------------------------------------------------------

    def test_an_archived_contact_is_found_when_nobody_else_has_the_number(self):
        archived = self._partner("Former")
        archived.action_archive()
        self.assertMatch(self._match(), archived)
        current = self._partner("Current")
        self.assertMatch(self._match(), current)

    # -- several ----------------------------------------------------------------------

    def test_two_contacts_are_for_a_person_to_choose_from(self):
        first, second = self._partner("First"), self._partner("Second")
        lead = self._lead(partner_id=second.id)
        match = self._match()
        self.assertMatch(match, reason="ambiguous")
        self.assertFalse(match.owner_id)
        self.assertEqual(
            match.candidates, (("res.partner", second.id), ("res.partner", first.id))
        )
        self.assertTrue(lead)

    def test_a_lead_of_somebody_else_makes_it_ambiguous(self):
        partner = self._partner()
        other = self._partner("Other", False)
        lead = self._lead(partner_id=other.id)
        other.phone = False
        self.assertEqual(lead.telephony_number_ids.e164, LYON)
        match = self._match()
        self.assertMatch(match, reason="ambiguous")
        self.assertEqual(
            match.candidates, (("crm.lead", lead.id), ("res.partner", partner.id))
        )

    def test_a_number_that_very_many_have_has_few_candidates(self):
        self.env["res.partner"].create(
            [{"name": f"P{i}", "phone": LYON} for i in range(150)]
        )
        self.assertEqual(len(self._match().candidates), 10)

    def test_a_contact_with_the_number_twice_is_one_contact(self):
        partner = self._partner()
        self.env["telephony.number"].create(
            {"partner_id": partner.id, "number": f"{LYON} x5"}
        )
        self.assertMatch(self._match(), partner)

    # -- choices -----------------------------------------------------------------------

    def _remember(self, record):
        self.env["telephony.number"]._remember(LYON, record)

    def test_a_choice_is_remembered_and_can_be_changed(self):
        first, second = self._partner("First"), self._partner("Second")
        self._remember(second)
        match = self._match()
        self.assertMatch(match, second, reason="chosen")
        self.assertEqual(len(match.candidates), 2)
        self._remember(first)
        self.assertMatch(self._match(), first, reason="chosen")
        self.env["telephony.number"]._forget(LYON, self.company)
        self.assertMatch(self._match(), reason="ambiguous")

    def test_the_last_choice_wins(self):
        start = datetime(2026, 1, 15, 10)
        partners = [self._partner(name) for name in ("First", "Second", "Third")]
        for minute, partner in enumerate((*partners, partners[1])):
            with freeze_time(start + timedelta(minutes=minute)):
                self._remember(partner)
        self.assertMatch(self._match(), partners[1], reason="chosen")

    def test_a_chosen_contact_comes_with_its_open_lead(self):
        self._partner("First")
        second = self._partner("Second")
        lead = self._lead(partner_id=second.id)
        self._remember(second)
        self.assertMatch(self._match(), second, lead, reason="chosen")

    def test_a_chosen_lead_stands_while_it_is_open(self):
        first, second = self._lead("First"), self._lead("Second")
        self._remember(first)
        self.assertMatch(self._match(), lead=first, reason="chosen")
        first.action_set_lost()
        self.assertMatch(self._match(), lead=second)

    def test_a_record_chosen_for_a_number_it_did_not_have_gets_it(self):
        partner = self._partner(phone="+33142685300")
        self._remember(partner)
        self.assertMatch(self._match(), partner, reason="chosen")
        self.assertEqual(partner.phone, "+33142685300")
        self.assertEqual(len(partner.telephony_number_ids), 2)

    def test_a_choice_ends_with_the_number_it_was_made_for(self):
        first, second = self._partner("First"), self._partner("Second")
        self._remember(second)
        second.phone = "+33142685300"
        self.assertMatch(self._match(), first)
        self.assertMatch(self._match("0142685300"), second)
