from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import TelephonyCase

LYON = "+33478323232"
PARIS = "+33142685300"
LONDON = "+442037691880"


@tagged("post_install", "-at_install")
class TestNumberSync(TelephonyCase):
    """Every phone of contacts and leads is a row, whatever way it was changed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.france = cls.env.ref("base.fr")
        cls.seller = new_test_user(
            cls.env,
            login="seller",
            groups="base.group_user,sales_team.group_sale_salesman",
            company_id=cls.company.id,
            company_ids=cls.company.ids,
        )

    def _e164(self, record):
        return sorted(record.sudo().telephony_number_ids.mapped("e164"))

    def _partner(self, phone=LYON, **values):
        partners = self.env["res.partner"].with_user(self.seller)
        return partners.create({"name": "Camille", "phone": phone, **values})

    def _lead(self, phone=LYON, **values):
        leads = self.env["crm.lead"].with_user(self.seller)
        if phone:
            values["phone"] = phone
        return leads.create({"name": "Ovens", **values})

    # -- creating and writing ----------------------------------------------------------

    def test_a_contact_and_a_lead_have_their_phone_from_the_start(self):
        partner = self._partner("04 78 32 32 32", country_id=self.france.id)
        self.assertEqual(self._e164(partner), [LYON])
        row = self._lead(
            "04.78.32.32.32", country_id=self.france.id
        ).telephony_number_ids
        self.assertEqual(row.e164, LYON)
        self.assertEqual(row.digits, LYON[1:])
        self.assertEqual(row.national, "478323232")
        self.assertEqual(row.source_field, "phone")

    def test_a_changed_phone_changes_its_row_and_an_empty_one_removes_it(self):
        for record in (self._partner(), self._lead()):
            with self.subTest(record._name):
                row = record.telephony_number_ids
                record.phone = PARIS
                self.assertEqual(record.telephony_number_ids, row)
                self.assertEqual(row.e164, PARIS)
                record.phone = False
                self.assertFalse(record.telephony_number_ids)
                self.assertFalse(row.exists())

    def test_each_number_of_a_field_finds_its_record(self):
        for record in (self._partner(), self._lead()):
            with self.subTest(record._name):
                record.phone = f"{LYON} / {PARIS}"
                rows = record.telephony_number_ids
                self.assertEqual(rows.mapped("e164"), [LYON, PARIS])
                self.assertEqual(rows.mapped("source_field"), ["phone", "phone:2"])
                with self.assertRaises(UserError):
                    rows[1].sudo(False).unlink()
                record.phone = PARIS
                self.assertEqual(record.telephony_number_ids.mapped("e164"), [PARIS])

    def test_the_second_number_of_a_field_is_read_anew_with_the_country(self):
        partner = self._partner("0478323232 / 0611223344", country_id=self.france.id)
        self.assertEqual(self._e164(partner), [LYON, "+33611223344"])
        partner.country_id = self.env.ref("base.be")
        rows = partner.telephony_number_ids
        self.assertEqual(len(rows), len(set(rows.mapped("key"))))
        partner.country_id = self.france
        self.assertEqual(self._e164(partner), [LYON, "+33611223344"])

    def test_what_is_no_number_has_no_row(self):
        partner = self._partner("ask at reception")
        self.assertFalse(partner.telephony_number_ids)
        partner.phone = LYON
        self.assertEqual(self._e164(partner), [LYON])
        partner.phone = "none"
        self.assertFalse(partner.telephony_number_ids)

    def test_what_cannot_be_read_is_kept_as_digits(self):
        row = self._partner("12-34").telephony_number_ids
        self.assertFalse(row.e164)
        self.assertEqual(row.digits, "1234")

    def test_an_extension_behind_the_number_is_kept_apart(self):
        row = self._partner(f"{LYON};ext=12").telephony_number_ids
        self.assertEqual(row.e164, LYON)
        self.assertEqual(row.extension, "12")

    def test_many_records_take_one_statement(self):
        self._partner()  # what is cached is cached
        vals = [{"name": f"P{i}", "phone": f"+3347832{i:04}"} for i in range(200)]
        numbers = self.env["telephony.number"]
        partners = self.env["res.partner"].create(vals)
        self.env.flush_all()
        with self.assertQueryCount(1):
            numbers._sync(partners)
        self.assertEqual(len(partners.telephony_number_ids), 200)

    def test_an_import_fills_the_numbers(self):
        partners = self.env["res.partner"].with_user(self.seller)
        result = partners.load(
            ["name", "phone", "country_id"],
            [["One", "04 78 32 32 32", "France"], ["Two", "+44 20 3769 1880", ""]],
        )
        self.assertFalse(result["messages"])
        partners = self.env["res.partner"].browse(result["ids"])
        self.assertEqual(self._e164(partners), [LYON, LONDON])

    # -- changes that never call the lead's write --------------------------------------

    def test_a_lead_without_phone_takes_that_of_its_contact(self):
        lead = self._lead(False, partner_id=self._partner().id)
        self.assertEqual(self._e164(lead), [LYON])

    def test_the_phone_of_the_contact_becomes_that_of_its_leads(self):
        partner = self._partner()
        lead = self._lead(False, partner_id=partner.id)
        partner.phone = PARIS
        self.env.cr.flush()
        self.assertEqual(lead.phone, PARIS)
        self.assertEqual(self._e164(lead), [PARIS])

    def test_a_match_sees_a_computed_change_of_the_same_transaction(self):
        partner = self._partner()
        lead = self._lead(False, partner_id=partner.id)
        partner.phone = PARIS
        match = self.env["telephony.number"]._match(PARIS, self.pbx)
        self.assertEqual((match.partner_id, match.lead_id), (partner.id, lead.id))
        self.assertEqual(self._e164(lead), [PARIS])

    def test_the_phone_of_the_lead_becomes_that_of_its_contact(self):
        partner = self._partner()
        lead = self._lead(False, partner_id=partner.id)
        lead.phone = PARIS
        self.assertEqual(partner.phone, PARIS)
        self.assertEqual(self._e164(partner), [PARIS])

    def test_another_contact_brings_its_phone(self):
        lead = self._lead(partner_id=self._partner().id)
        lead.partner_id = self._partner(PARIS)
        self.assertEqual(self._e164(lead), [PARIS])

    def test_a_country_makes_a_national_number_readable(self):
        for record in (self._partner("0478323232"), self._lead("0478323232")):
            with self.subTest(record._name):
                self.assertNotIn(LYON, self._e164(record))
                record.country_id = self.france
                self.assertEqual(self._e164(record), [LYON])

    def test_a_lead_reads_its_number_by_the_country_of_its_contact(self):
        partner = self._partner(False, country_id=self.france.id)
        lead = self._lead("0478323232", partner_id=partner.id)
        self.assertEqual(self._e164(lead), [LYON])

    def test_a_row_belongs_to_the_company_of_its_record(self):
        partner = self._partner(company_id=self.company.id)
        row = partner.telephony_number_ids
        self.assertEqual(row.company_id, self.company)
        partner.company_id = False
        self.assertFalse(row.company_id)

    def test_another_country_of_a_company_reads_everything_again(self):
        self.env["telephony.number.fill"].search([]).unlink()
        self.company.country_id = self.france
        self.assertEqual(
            self.env["telephony.number.fill"]._progress()["state"], "waiting"
        )

    # -- archived, deleted, copied -----------------------------------------------------

    def test_an_archived_record_keeps_its_numbers(self):
        for record in (self._partner(), self._lead()):
            record.sudo().action_archive()
            self.assertEqual(self._e164(record), [LYON])

    def test_numbers_go_with_their_record(self):
        for record in (self._partner(), self._lead()):
            row = record.telephony_number_ids
            record.sudo().unlink()
            self.assertFalse(row.exists())

    def test_a_copy_has_the_phone_but_not_the_further_numbers(self):
        partner = self._partner(
            telephony_number_ids=[Command.create({"number": PARIS, "label": "Shop"})]
        )
        self.assertEqual(self._e164(partner), [PARIS, LYON])
        self.assertEqual(self._e164(partner.copy()), [LYON])

    # -- further numbers ---------------------------------------------------------------

    def test_further_numbers_survive_changes_of_the_phone(self):
        partner = self._partner(
            telephony_number_ids=[Command.create({"number": PARIS, "label": "Shop"})]
        )
        partner.phone = LONDON
        self.assertEqual(self._e164(partner), [PARIS, LONDON])
        partner.phone = PARIS
        partner.phone = False
        self.assertEqual(partner.telephony_number_ids.label, "Shop")

    def test_a_number_is_added_in_the_form_of_the_contact(self):
        partner = self._partner(country_id=self.france.id)
        self.env["telephony.number"].with_user(self.seller).create(
            {"partner_id": partner.id, "number": "01 42 68 53 00"}
        )
        self.assertEqual(self._e164(partner), [PARIS, LYON])

    @mute_logger("odoo.sql_db")
    def test_a_contact_has_a_further_number_once(self):
        partner = self._partner(country_id=self.france.id)
        numbers = self.env["telephony.number"].with_user(self.seller)
        numbers.create({"partner_id": partner.id, "number": PARIS})
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            numbers.create({"partner_id": partner.id, "number": "01 42 68 53 00"})

    def test_a_further_number_has_digits(self):
        numbers = self.env["telephony.number"].with_user(self.seller)
        with self.assertRaises(ValidationError):
            numbers.create({"partner_id": self._partner().id, "number": "reception"})

    def test_the_row_of_the_phone_is_changed_by_the_phone_only(self):
        row = self._partner().telephony_number_ids
        with self.assertRaises(ValidationError):
            row.number = PARIS
        with self.assertRaises(UserError):
            row.unlink()

    # -- rights ------------------------------------------------------------------------

    def test_who_may_not_change_a_contact_may_not_change_its_numbers(self):
        clerk = new_test_user(self.env, login="clerk", groups="base.group_user")
        partner = self._partner(
            telephony_number_ids=[Command.create({"number": PARIS, "label": "Shop"})]
        )
        numbers = self.env["telephony.number"].with_user(clerk)
        row = numbers.search([("partner_id", "=", partner.id), ("label", "=", "Shop")])
        self.assertTrue(row)
        with self.assertRaises(AccessError):
            row.label = "Office"
        with self.assertRaises(AccessError):
            row.unlink()
        with self.assertRaises(AccessError):
            numbers.create({"partner_id": partner.id, "number": LONDON})

    def test_a_salesperson_does_not_change_the_numbers_of_a_colleagues_lead(self):
        lead = self._lead()
        lead.sudo().user_id = self.colleague
        numbers = self.env["telephony.number"].with_user(self.seller)
        with self.assertRaises(AccessError):
            numbers.create({"lead_id": lead.id, "number": PARIS})
        with self.assertRaises(AccessError):
            numbers.browse(lead.sudo().telephony_number_ids.id).label = "Mine"

    def test_a_contact_form_saves_its_numbers(self):
        with Form(self.env["res.partner"].with_user(self.seller)) as form:
            form.name = "Camille"
            form.phone = LYON
        self.assertEqual(self._e164(form.record), [LYON])
