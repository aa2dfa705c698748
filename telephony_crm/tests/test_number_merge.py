from odoo import Command, fields
from odoo.tests import tagged

from .common import TelephonyCase

LYON = "+33478323232"
PARIS = "+33142685300"
LONDON = "+442037691880"


class CallsCase(TelephonyCase):
    """Records, and calls with them."""

    def _partner(self, name, phone=False, **values):
        partners = self.env["res.partner"].with_user(self.agent)
        return partners.create({"name": name, "phone": phone, **values})

    def _lead(self, name, phone=False, **values):
        leads = self.env["crm.lead"].with_user(self.agent)
        return leads.create({"name": name, "phone": phone, "type": "lead", **values})

    def _make_call(self, **values):
        self._made = getattr(self, "_made", 0) + 1
        call = self.env["telephony.call"].create(
            {
                "pbx_id": self.pbx.id,
                "company_id": self.company.id,
                "call_ref": f"made_{self._made}",
                "direction": "inbound",
                "state": "ended",
                "start_date": fields.Datetime.now(),
                **values,
            }
        )
        call._sync_participants()
        return call

    def _e164(self, record):
        return sorted(record.sudo().telephony_number_ids.mapped("e164"))


@tagged("post_install", "-at_install")
class TestNumberMerge(CallsCase):
    """Numbers and calls follow merged and converted records."""

    def _merge(self, *partners):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([partner.id for partner in partners], partners[0])
        self.env.invalidate_all()

    # -- contacts ----------------------------------------------------------------------

    def test_merged_contacts_keep_all_their_numbers(self):
        kept = self._partner("Camille", LYON)
        other = self._partner(
            "C. Durand",
            PARIS,
            telephony_number_ids=[Command.create({"number": LONDON, "label": "Shop"})],
        )
        self._merge(kept, other)
        self.assertFalse(other.exists())
        self.assertEqual(kept.phone, LYON)
        self.assertEqual(self._e164(kept), [PARIS, LYON, LONDON])
        rows = kept.telephony_number_ids
        self.assertEqual(rows.filtered("source_field").e164, LYON)
        self.assertEqual(rows.filtered("label").e164, LONDON)

    def test_numbers_that_both_contacts_have_are_kept_once(self):
        kept = self._partner(
            "Camille", LYON, telephony_number_ids=[Command.create({"number": PARIS})]
        )
        other = self._partner(
            "C. Durand",
            "+33 1 42 68 53 00",
            telephony_number_ids=[Command.create({"number": "+33 4 78 32 32 32"})],
        )
        self._merge(kept, other)
        self.assertEqual(self._e164(kept), [PARIS, LYON])

    def test_a_contact_without_phone_gets_that_of_the_other_once(self):
        kept, other = self._partner("Camille"), self._partner("C. Durand", LYON)
        self._merge(kept, other)
        self.assertEqual(kept.phone, LYON)
        self.assertEqual(kept.telephony_number_ids.source_field, "phone")

    def test_a_national_number_keeps_its_meaning_in_a_contact_of_another_country(self):
        kept = self._partner("Camille", LONDON, country_id=self.env.ref("base.be").id)
        other = self._partner("C.", "0478323232", country_id=self.env.ref("base.fr").id)
        self._merge(kept, other)
        self.env["telephony.number"].flush_model()
        self.assertEqual(self._e164(kept), [LYON, LONDON])

    def test_a_merged_contacts_numbers_belong_to_its_company(self):
        kept = self._partner("Camille", LYON, company_id=self.company.id)
        other = self._partner("C. Durand", PARIS)
        self._merge(kept, other)
        self.assertEqual(kept.telephony_number_ids.company_id, self.company)
        self.assertTrue(all(row.company_id for row in kept.telephony_number_ids))

    def test_calls_follow_a_merged_contact_to_its_user(self):
        kept = self._partner("Camille", LYON, user_id=self.colleague.id)
        other = self._partner("C. Durand", PARIS, user_id=self.agent.id)
        call = self._make_call(partner_id=other.id, owner_id=self.agent.id)
        self._merge(kept, other)
        self.assertEqual(call.partner_id, kept)
        self.assertEqual(call.owner_id, self.colleague)
        self.assertEqual(call.participant_ids, self.colleague)

    # -- leads -------------------------------------------------------------------------

    def test_merged_leads_keep_their_calls_and_numbers(self):
        head = self._lead("Ovens", LYON, type="opportunity")
        tail = self._lead(
            "Oven", PARIS, telephony_number_ids=[Command.create({"number": LONDON})]
        )
        call = self._make_call(lead_id=tail.id, owner_id=self.agent.id)
        merged = (head + tail).merge_opportunity()
        self.env.invalidate_all()
        self.assertEqual(merged, head)
        self.assertEqual(call.lead_id, head)
        self.assertEqual(self._e164(head), [PARIS, LYON, LONDON])

    def test_merged_leads_have_a_shared_number_once(self):
        head = self._lead("Ovens", type="opportunity")
        tail = self._lead("Oven", LYON)
        merged = (head + tail).merge_opportunity()
        self.assertEqual(merged.phone, LYON)
        self.assertEqual(merged.telephony_number_ids.source_field, "phone")

    def test_calls_of_merged_leads_go_to_the_user_of_the_lead_that_stays(self):
        head = self._lead("Ovens", LYON, type="opportunity")
        tail = self._lead("Oven", PARIS, user_id=False)
        call = self._make_call(lead_id=tail.id)
        (head + tail).merge_opportunity(user_id=self.colleague.id)
        self.env.invalidate_all()
        self.assertEqual(call.owner_id, self.colleague)
        self.assertIn(self.colleague, call.participant_ids)

    def test_the_conversion_wizard_merges_without_losing_calls(self):
        partner = self._partner("Camille", email="camille@example.com")
        leads = self._lead("Ovens", LYON, email_from="camille@example.com")
        leads += self._lead("Oven", PARIS, email_from="camille@example.com")
        calls = self.env["telephony.call"]
        for lead in leads:
            calls += self._make_call(lead_id=lead.id)
        wizard = (
            self.env["crm.lead2opportunity.partner"]
            .with_user(self.agent)
            .with_context(
                active_model="crm.lead", active_id=leads[0].id, active_ids=leads[0].ids
            )
            .create(
                {
                    "name": "merge",
                    "lead_id": leads[0].id,
                    "duplicated_lead_ids": [Command.set(leads.ids)],
                    "user_id": self.agent.id,
                    "action": "exist",
                    "partner_id": partner.id,
                }
            )
        )
        wizard.action_apply()
        self.env.invalidate_all()
        merged = leads.exists()
        self.assertEqual(len(merged), 1)
        self.assertEqual(calls.lead_id, merged)
        self.assertEqual(len(calls.filtered("lead_id")), 2)
        self.assertEqual(calls.partner_id, merged.partner_id)

    # -- conversion --------------------------------------------------------------------

    def test_a_converted_lead_gives_its_contact_to_its_calls(self):
        lead = self._lead("Ovens", LYON, contact_name="Camille", partner_name="Bakery")
        call = self._make_call(lead_id=lead.id)
        lead._handle_partner_assignment(create_missing=True)
        lead.convert_opportunity(lead.partner_id)
        self.assertTrue(lead.partner_id)
        self.assertEqual(call.partner_id, lead.partner_id)

    def test_calls_follow_a_lead_to_another_contact_unless_they_have_their_own(
        self,
    ):
        first, second = self._partner("First", LYON), self._partner("Second", PARIS)
        lead = self._lead("Ovens", partner_id=first.id)
        calls = self._make_call(lead_id=lead.id, partner_id=first.id)
        own = self._make_call(lead_id=lead.id, partner_id=self._partner("Own").id)
        lead.partner_id = second
        self.assertEqual(calls.partner_id, second)
        self.assertEqual(own.partner_id.name, "Own")
        lead.partner_id = False
        self.assertEqual(calls.partner_id, second)

    def test_no_call_gets_a_contact_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        lead = self._lead("Ovens").sudo()
        call = self._make_call(lead_id=lead.id)
        lead.write({"user_id": False, "team_id": False, "company_id": False})
        lead.partner_id = self.env["res.partner"].create(
            {"name": "Theirs", "company_id": other.id}
        )
        self.assertFalse(call.partner_id)
