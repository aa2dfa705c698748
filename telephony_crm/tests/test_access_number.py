from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .access_common import AccessCase
from .common import CUSTOMER


@tagged("post_install", "-at_install")
class TestAccessNumber(AccessCase):
    """A salesperson says numbers and labels; whom they find, nobody can say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # No telephony role: the least that may write contacts and their numbers.
        cls.numbers = cls.env["telephony.number"].with_user(cls.internal)
        cls.contact = cls.env["res.partner"].create(
            {"name": "Accomplice", "company_id": cls.company.id}
        )
        cls.number = cls.numbers.create(
            {"partner_id": cls.contact.id, "number": "+442037691888"}
        )

    def test_a_number_and_its_label_can_be_changed(self):
        self.number.write({"number": "020 3769 1889", "label": "Mobile"})
        self.assertEqual(self.number.e164, "+442037691889")
        self.contact.with_user(self.internal).telephony_number_ids = [
            Command.update(self.number.id, {"label": "Desk"}),
            Command.create({"number": "+442037691887", "label": "Warehouse"}),
        ]
        self.assertEqual(self.number.label, "Desk")
        self.assertEqual(len(self.contact.telephony_number_ids), 2)

    def test_nobody_takes_over_calls_by_what_follows_from_the_number(self):
        stolen = {
            "e164": CUSTOMER,
            "digits": CUSTOMER[1:],
            "national": "2037691880",
            "extension": "1",
            "key": CUSTOMER,
            "source_field": "phone",
            "chosen_date": "2040-01-01 00:00:00",
        }
        owned = {"partner_id": self.contact.id, "number": "+442037691886"}
        for name, value in stolen.items():
            with self.subTest(write=name), self.assertRaises(AccessError):
                self.number.write({name: value})
            with self.subTest(create=name), self.assertRaises(AccessError):
                self.numbers.create({**owned, name: value})
        match = self.env["telephony.number"]._match(CUSTOMER, self.pbx)
        self.assertFalse(match.partner_id)

    def test_defaults_do_not_say_it_either(self):
        self.env["ir.default"].with_user(self.internal).set(
            "telephony.number", "chosen_date", "2040-01-01 00:00:00", user_id=True
        )
        number = self.numbers.with_context(
            default_e164=CUSTOMER,
            default_company_id=False,
            default_partner_id=self.contact.id,
        ).create({"number": "+442037691886"})
        self.assertEqual(number.partner_id, self.contact)
        self.assertEqual(number.e164, "+442037691886")
        self.assertEqual(number.company_id, self.company)
        self.assertFalse(number.chosen_date)

    def test_a_number_is_of_the_company_of_its_owner(self):
        for company in (False, self.other_company.id):
            with self.subTest(company=company), self.assertRaises(AccessError):
                self.number.write({"company_id": company})
            with self.subTest(company=company), self.assertRaises(AccessError):
                self.numbers.create(
                    {
                        "partner_id": self.contact.id,
                        "number": "+442037691886",
                        "company_id": company,
                    }
                )
        self.assertEqual(self.number.company_id, self.company)

    def test_a_number_stays_with_its_owner(self):
        lead = self.env["crm.lead"].create({"name": "Order"})
        for values in (
            {"partner_id": self.customer.id},
            {"partner_id": False, "lead_id": lead.id},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                self.number.write(values)
        with self.assertRaises(AccessError):
            self.customer.with_user(self.internal).telephony_number_ids = [
                Command.link(self.number.id)
            ]
        self.assertEqual(self.number.partner_id, self.contact)

    def test_a_number_is_not_given_to_a_lead_of_others(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Secret order",
                "user_id": self.colleague.id,
                "company_id": self.company.id,
            }
        )
        with self.assertRaises(AccessError):
            self.numbers.create({"lead_id": lead.id, "number": "+442037691886"})
