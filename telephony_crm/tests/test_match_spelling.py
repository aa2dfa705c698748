from odoo import Command
from odoo.tests import tagged

from .common import DID, TelephonyCase

LYON = "+33478323232"


class MatchCase(TelephonyCase):
    """A PBX in France that looks for callers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.france = cls.env.ref("base.fr")
        cls.pbx.country_id = cls.france

    def _partner(self, name="Camille", phone=LYON, **values):
        return self.env["res.partner"].create({"name": name, "phone": phone, **values})

    def _lead(self, name="Ovens", phone=LYON, **values):
        values = {"user_id": False, "team_id": False, **values}
        return self.env["crm.lead"].create({"name": name, "phone": phone, **values})

    def _match(self, number=LYON, user=None, pbx=None):
        return self.env["telephony.number"]._match(number, pbx or self.pbx, user=user)

    def assertMatch(self, match, partner=None, lead=None, reason="exact"):
        self.assertEqual(
            (match.partner_id, match.lead_id, match.reason),
            (partner.id if partner else False, lead.id if lead else False, reason),
        )


@tagged("post_install", "-at_install")
class TestMatchSpelling(MatchCase):
    """A number in any spelling finds its record."""

    SPELLINGS = (
        "+33 4 78 32 32 32",
        "+33478323232",
        "0478323232",
        "04 78 32 32 32",
        "0033478323232",
        "33478323232",
        "(04) 78-32-32-32",
        "+33 (0)4 78 32 32 32",
        "04.78.32.32.32",
        "tel:+33478323232",
    )

    def test_every_spelling_of_the_caller_finds_the_contact(self):
        partner = self._partner()
        for number in self.SPELLINGS:
            with self.subTest(number):
                self.assertMatch(self._match(number), partner)

    def test_every_spelling_in_the_contact_is_found(self):
        partner = self._partner(country_id=self.france.id)
        for number in self.SPELLINGS:
            with self.subTest(number):
                partner.phone = number
                self.assertMatch(self._match("33478323232"), partner)

    def test_a_further_number_is_found(self):
        partner = self._partner(
            telephony_number_ids=[Command.create({"number": "+33 1 42 68 53 00"})]
        )
        self.assertMatch(self._match("0142685300"), partner)

    def test_a_caller_with_an_extension_is_the_contact(self):
        partner = self._partner()
        self.assertMatch(self._match(f"{LYON};ext=12"), partner)

    def test_national_forms_are_read_by_the_country_of_pbx_then_company(
        self,
    ):
        self.assertEqual(self.pbx._countries(), ("FR", "GB"))
        london = self._partner("Ada", "+442037691882")
        self.assertMatch(self._match("020 3769 1882"), london)

    def test_the_national_form_finds_a_number_read_by_the_wrong_country(self):
        belgian = self._partner(
            phone="0478 32 32 32", country_id=self.env.ref("base.be").id
        )
        self.assertEqual(belgian.telephony_number_ids.e164, "+32478323232")
        self.assertMatch(self._match(), belgian, reason="national")

    def test_a_national_form_that_two_have_finds_nobody(self):
        country = self.env.ref("base.be").id
        self._partner("One", phone="0478 32 32 32", country_id=country)
        self._partner("Two", phone="0478 32 32 32", country_id=country)
        match = self._match()
        self.assertMatch(match, reason="none")
        self.assertFalse(match.candidates)

    def test_the_exact_number_is_preferred_to_the_national_one(self):
        exact = self._partner("Exact")
        self._partner("Belgian", "+32478323232")
        self.assertMatch(self._match(), exact)

    def test_a_short_national_form_is_not_compared(self):
        self._partner(phone="+3212345")
        self.assertMatch(self._match("+3312345"), reason="none")

    def test_what_cannot_be_read_is_compared_literally(self):
        partner = self._partner(phone="sip 99-1234")
        self.assertFalse(partner.telephony_number_ids.e164)
        self.assertMatch(self._match("991234"), partner, reason="literal")

    def test_an_unknown_caller_is_nobody(self):
        self.assertMatch(self._match("+33142685300"), reason="none")

    def test_hidden_callers_have_no_number(self):
        for number in ("", "0", "anonymous", "Restricted", False):
            with self.subTest(number):
                self.assertMatch(self._match(number), reason="hidden")

    def test_our_own_numbers_are_never_customers(self):
        self.extension.sudo().mobile = "+447400123456"
        for number in (DID, "100", "489-100", "07400 123456"):
            self._partner(number, number)
            with self.subTest(number):
                self.assertMatch(self._match(number), reason="own")

    def test_a_caller_costs_one_statement_known_or_not(self):
        partner = self._partner()
        self._lead(partner_id=partner.id)
        self.env.flush_all()
        for number in (LYON, "+33142685300", "991234"):
            self._match(number)
            with self.subTest(number), self.assertQueryCount(1):
                self._match(number)
