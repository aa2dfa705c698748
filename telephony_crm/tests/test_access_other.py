from odoo.exceptions import AccessError
from odoo.tests import tagged

from .access_common import AccessCase


@tagged("post_install", "-at_install")
class TestAccessOther(AccessCase):
    """Blocked numbers, outcomes, dialling and the customers' numbers."""

    # -- blocked numbers -------------------------------------------------------------

    def test_blocked_numbers_of_another_company_are_not_seen(self):
        blocked = self.env["telephony.blocked.number"].create(
            {"number": "+442037691885", "company_id": self.company.id}
        )
        with self.assertRaises(AccessError):
            blocked.with_user(self.stranger).read(["number"])
        with self.assertRaises(AccessError):
            self.env["telephony.blocked.number"].with_user(self.supervisor).create(
                {"number": "+442037691887", "company_id": self.other_company.id}
            )

    # -- outcomes --------------------------------------------------------------------

    def test_agent_reads_outcomes_and_supervisor_writes_them(self):
        outcome = self.env["telephony.call.outcome"].create(
            {"name": "Sold", "company_id": self.company.id}
        )
        self.assertTrue(outcome.with_user(self.agent).read(["name"]))
        with self.assertRaises(AccessError):
            outcome.with_user(self.agent).write({"name": "Bought"})
        with self.assertRaises(AccessError):
            self.env["telephony.call.outcome"].with_user(self.agent).create(
                {"name": "x"}
            )
        outcome.with_user(self.supervisor).name = "Sold today"

    def test_outcomes_of_all_companies_are_for_administrators(self):
        outcomes = self.env["telephony.call.outcome"]
        shared = outcomes.create({"name": "Sold", "company_id": False})
        own = outcomes.with_user(self.supervisor).create({"name": "Bought"})
        self.assertEqual(own.company_id, self.company)
        with self.assertRaises(AccessError):
            shared.with_user(self.supervisor).unlink()
        for company in (False, self.other_company.id):
            with self.assertRaises(AccessError):
                own.with_user(self.supervisor).company_id = company
        shared.with_user(self.administrator).unlink()

    def test_outcomes_of_another_company_are_not_offered(self):
        outcome = self.env["telephony.call.outcome"].create(
            {"name": "Elsewhere", "company_id": self.other_company.id}
        )
        found = self.env["telephony.call.outcome"].with_user(self.agent).search([])
        self.assertNotIn(outcome, found.sudo())

    # -- dialling --------------------------------------------------------------------

    def _dialled(self, user):
        return self.env["telephony.dial"].create(
            {
                "user_id": user.id,
                "company_id": self.company.id,
                "pbx_id": self.pbx.id,
                "number": "+442037691880",
                "state": "refused",
            }
        )

    def test_agent_sees_only_what_they_dialled(self):
        mine, theirs = self._dialled(self.agent), self._dialled(self.colleague)
        found = self.env["telephony.dial"].with_user(self.agent).search([])
        self.assertIn(mine, found.sudo())
        self.assertNotIn(theirs, found.sudo())
        with self.assertRaises(AccessError):
            theirs.with_user(self.agent).read(["number"])

    def test_nobody_writes_into_the_dial_log(self):
        for user in (self.agent, self.administrator):
            dial = self._dialled(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                dial.with_user(user).write({"state": "sent"})
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                dial.with_user(user).unlink()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                dial.with_user(user).copy()

    def test_administrator_sees_what_all_of_the_company_dialled(self):
        dial = self._dialled(self.agent)
        self.assertTrue(dial.with_user(self.administrator).read(["number"]))
        with self.assertRaises(AccessError):
            dial.with_user(self.stranger).read(["number"])

    # -- the customers' numbers --------------------------------------------------------

    def test_agent_adds_a_number_to_a_contact_they_may_write(self):
        number = (
            self.env["telephony.number"]
            .with_user(self.agent)
            .create({"partner_id": self.customer.id, "number": "+442037691888"})
        )
        self.assertEqual(number.e164, "+442037691888")

    def test_numbers_of_a_lead_are_seen_as_the_lead_is(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Secret order",
                "phone": "+442037691889",
                "user_id": self.colleague.id,
                "company_id": self.company.id,
            }
        )
        number = lead.telephony_number_ids
        self.assertTrue(number.with_user(self.colleague).read(["number"]))
        with self.assertRaises(AccessError):
            number.with_user(self.agent).read(["number"])
        with self.assertRaises(AccessError):
            number.with_user(self.agent).write({"label": "Found you"})
        found = self.env["telephony.number"].with_user(self.agent)
        self.assertFalse(found.search([("e164", "=", "+442037691889")]))

    def test_numbers_of_another_company_are_not_seen(self):
        self.customer.write({"company_id": self.company.id, "phone": "+442037691884"})
        number = self.customer.telephony_number_ids
        with self.assertRaises(AccessError):
            number.with_user(self.stranger).read(["number"])

    def test_portal_reads_no_numbers(self):
        with self.assertRaises(AccessError):
            self.env["telephony.number"].with_user(self.portal).search([])
