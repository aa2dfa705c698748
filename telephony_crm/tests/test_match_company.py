from datetime import datetime

from freezegun import freeze_time

from odoo.tests import tagged

from .test_match_spelling import LYON, MatchCase


@tagged("post_install", "-at_install")
class TestMatchCompany(MatchCase):
    """The records of other companies are never found."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.other_pbx = cls.env["telephony.pbx"].create(
            {"name": "Theirs", "adapter": "zadarma", "company_id": cls.other.id}
        )

    def test_a_contact_is_found_by_its_own_company_and_a_shared_one_by_all(self):
        partner = self._partner(company_id=self.other.id)
        self.assertMatch(self._match(), reason="none")
        self.assertMatch(self._match(pbx=self.other_pbx), partner)
        partner.company_id = False
        self.assertMatch(self._match(), partner)

    def test_a_lead_is_found_by_its_own_company(self):
        lead = self._lead(company_id=self.other.id, team_id=self._team().id)
        self.assertEqual(lead.company_id, self.other)
        self.assertMatch(self._match(), reason="none")
        self.assertMatch(self._match(pbx=self.other_pbx), lead=lead)

    def test_a_shared_contact_comes_without_the_leads_of_another_company(self):
        partner = self._partner()
        lead = self._lead(
            phone=False,
            partner_id=partner.id,
            company_id=self.other.id,
            team_id=self._team().id,
        )
        self.assertMatch(self._match(), partner)
        self.assertMatch(self._match(pbx=self.other_pbx), partner, lead)

    def test_another_companys_contact_makes_nothing_ambiguous(self):
        partner = self._partner(company_id=self.company.id)
        self._partner("Theirs", company_id=self.other.id)
        match = self._match()
        self.assertMatch(match, partner)
        self.assertEqual(match.candidates, (("res.partner", partner.id),))

    def test_the_national_form_does_not_look_into_other_companies(self):
        self._partner(phone="+32478323232", company_id=self.other.id)
        self.assertMatch(self._match(), reason="none")

    def test_the_numbers_of_one_company_are_customers_for_another(self):
        partner = self._partner(phone=self.did.number)
        self.assertMatch(self._match(self.did.number), reason="own")
        self.assertMatch(self._match(self.did.number, pbx=self.other_pbx), partner)

    def test_each_company_keeps_its_own_choice(self):
        ours = self._partner("Ours", company_id=self.company.id)
        theirs = self._partner("Theirs", company_id=self.other.id)
        self._partner("Shared")
        numbers = self.env["telephony.number"]
        numbers._remember(LYON, ours)
        numbers._remember(LYON, theirs)
        self.assertMatch(self._match(), ours, reason="chosen")
        self.assertMatch(self._match(pbx=self.other_pbx), theirs, reason="chosen")

    def test_a_choice_of_its_own_leaves_that_among_shared_contacts_to_others(self):
        self._partner("First")
        second = self._partner("Second")
        ours = self._partner("Ours", company_id=self.company.id)
        numbers = self.env["telephony.number"]
        numbers._remember(LYON, second, self.other)
        numbers._remember(LYON, ours, self.company)
        self.assertMatch(self._match(), ours, reason="chosen")
        self.assertMatch(self._match(pbx=self.other_pbx), second, reason="chosen")

    def test_a_shared_contact_chosen_later_takes_no_choice_from_another_company(self):
        first, second = self._partner("First"), self._partner("Second")
        theirs = self._partner("Theirs", company_id=self.other.id)
        ours = self._partner("Ours", company_id=self.company.id)
        numbers = self.env["telephony.number"]
        for minute, (record, company) in enumerate(
            [
                (theirs, self.other),
                (ours, self.company),
                (first, self.company),
                (second, self.company),
            ]
        ):
            with freeze_time(datetime(2026, 1, 15, 10, minute)):
                numbers._remember(LYON, record, company)
        self.assertMatch(self._match(), second, reason="chosen")
        self.assertMatch(self._match(pbx=self.other_pbx), theirs, reason="chosen")

    def test_what_another_company_chose_of_its_own_is_not_forgotten(self):
        theirs = self._partner("Theirs", company_id=self.other.id)
        shared = self._partner("Shared")
        self._partner("Another")
        numbers = self.env["telephony.number"]
        numbers._remember(LYON, theirs, self.other)
        numbers._remember(LYON, shared, self.company)
        numbers._forget(LYON, self.company)
        self.assertMatch(self._match(), reason="ambiguous")
        self.assertMatch(self._match(pbx=self.other_pbx), theirs, reason="chosen")

    def _team(self):
        return self.env["crm.team"].create(
            {"name": "Theirs", "company_id": self.other.id}
        )
