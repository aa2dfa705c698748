from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .conversion_common import SoldCase


@tagged("post_install", "-at_install")
class TestConversionSales(SoldCase):
    """Leads and sales go to whoever brought them, and cancelled ones are taken back."""

    def test_a_lead_and_its_sale_are_handed_over_with_their_value(self):
        lead = self._sold()
        rows = self._rows(self.destination)
        self.assertEqual(rows.mapped("event"), ["call", "qualified", "lead", "won"])
        self.assertEqual(set(rows.mapped("state")), {"waiting"})
        self.assertEqual(rows.mapped("amount"), [0, 0, 20, 500])
        self.assertEqual(rows[2:].lead_id, lead)
        self.assertEqual(rows[3].currency_id, self.company.currency_id)
        self.assertEqual(rows.visit_id, self.call.match_ids.visit_id)

    def test_what_a_sale_is_worth_is_looked_at_once_when_it_changes(self):
        lead = self._sold()
        loose = self.env["crm.lead"].create({"name": "Of nobody"})
        self.env.flush_all()
        self.env.cr.precommit.run()
        synced, own = [], type(lead)._sync_conversions

        def sync(this):
            """Note whose results are looked at."""
            synced.extend(this.ids)
            return own(this)

        self.patch(type(lead), "_sync_conversions", sync)
        leads = lead | loose
        leads._tracking_revenue_changed({})
        self.assertEqual(sorted(synced), leads.ids)
        touches = type(self.env["telephony.tracking.touch"])
        with (
            patch.object(touches, "_add_own", side_effect=ValueError),
            mute_logger("odoo.addons.telephony_crm_tracking.models.crm_lead_touches"),
        ):
            synced.clear()
            lead.expected_revenue = 600
            lead._tracking_revenue_changed({})
        self.assertEqual(self._rows(self.destination, "won").amount, 600)

    def test_a_click_after_the_order_led_to_no_sale(self):
        told = self._click(at=100)
        lead = self._lead_of(self._rang("in_2", at=200, told=told))
        later = self._visit(self._click(at=3600, gclid="Click_9", p=told["k"]))
        lead.write(
            {"tracking_date": self._in(300), "tracking_won_date": self._in(7200)}
        )
        lead.flush_recordset()
        lead.tracking_sold_date = self._in(600)
        self.assertNotIn(later, lead._visits_that_led(0)[0])
        lead.tracking_sold_date = False
        self.assertIn(later, lead._visits_that_led(0)[0])

    def test_what_a_sale_is_worth_is_news_until_it_has_gone(self):
        lead = self._sold()
        lead.expected_revenue = 700
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertEqual(self._rows(self.destination, "won").amount, 700)
        self._upload()
        lead.expected_revenue = 900
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertEqual(self._rows(self.destination, "won").amount, 700)

    def test_a_sale_that_had_not_gone_is_left_out_when_it_is_lost(self):
        back = self._takes_back()
        lead = self._sold()
        self._unwin(lead)
        won = self._rows(self.destination, "won")
        self.assertEqual((won.state, won.reason), ("skipped", "no_more"))
        self.assertFalse(self._rows(back))

    def test_a_sale_that_has_gone_is_taken_back_after_a_day(self):
        back = self._takes_back()
        of_another = self._ga4()
        other = self._takes_back(takes_back_ids=[fields.Command.link(of_another.id)])
        lead = self._sold()
        self._upload()
        self._unwin(lead)
        self.assertFalse(self._rows(other))
        won, row = self._rows(self.destination, "won"), self._rows(back)
        self.assertTrue(won.cancelled_date)
        self.assertEqual(won.state, "sent")
        self.assertEqual((row.event, row.state), ("retract", "held"))
        self.assertEqual(row.reason, "too_recent")
        self.assertEqual(row.due_date, won.date + timedelta(days=1))
        won.date -= timedelta(days=2)
        self._due_now(row)
        self._send()
        self.assertEqual(row.state, "waiting")
        text = back._text_of(back._rows_due())
        self.assertIn(f"{won.key},Sale,", text)
        self.assertIn(",RETRACT,", text)

    def test_a_sale_won_again_before_google_knew_is_the_same_sale(self):
        back = self._takes_back()
        lead = self._sold()
        self._upload()
        self._unwin(lead)
        lead.action_set_won()
        won = self._rows(self.destination, "won")
        self.assertEqual((len(won), won.state), (1, "sent"))
        self.assertFalse(won.cancelled_date)
        self.assertEqual(self._rows(back).state, "skipped")
        with self.assertRaises(UserError):  # nor does a person have it taken back
            self._rows(back).with_user(self.administrator).action_send_again()
        self._rows(back)._queue()
        self.assertFalse(back._rows_due())
        self.assertEqual(self._rows(back).reason, "no_more")
        self._unwin(lead)
        self._rows(back)._went()
        lead.action_set_won()  # once more, and Google knows that it was not
        won = self._rows(self.destination, "won")
        self.assertEqual(won.mapped("state"), ["sent", "waiting"])
        self.assertEqual(won[1].key, f"{won[0].key}-2")

    def test_a_cancelled_sale_is_taken_back_while_the_lead_stays_won(self):
        back = self._takes_back()
        lead = self._sold()
        self._upload()
        lead.expected_revenue = 0
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertTrue(self._rows(self.destination, "won").cancelled_date)
        self.assertEqual(self._rows(back).event, "retract")
        lead._sync_touches()
        self.assertEqual(len(self._rows(self.destination, "won")), 1)

    def test_merged_leads_are_one_lead(self):
        first = self._lead_of(self.call)
        second = self._lead_of(self._rang("in_2", at=600, told=self._click(at=500)))
        self.assertEqual(len(self._rows(self.destination, "lead")), 2)
        merged = (first | second).merge_opportunity(auto_unlink=True)
        rows = self._rows(self.destination, "lead")
        self.assertEqual(rows.lead_id, merged)
        self.assertEqual(rows.mapped("reason"), [False, "no_more"])

    def test_of_merged_leads_the_one_stays_that_has_gone(self):
        first = self._lead_of(self.call)
        second = self._lead_of(self._rang("in_2", at=600, told=self._click(at=500)))
        self._rows(self.destination, "lead")[1]._went()
        (first | second).merge_opportunity(auto_unlink=True)
        rows = self._rows(self.destination, "lead")
        self.assertEqual(rows.mapped("state"), ["skipped", "sent"])
        self.assertEqual(rows.mapped("reason"), ["no_more", False])
        self.assertFalse(rows[1].cancelled_date)

    def test_a_sale_to_a_known_caller_is_handed_over_with_what_had_led_to_it(self):
        partner = self.env["res.partner"].create({"name": "Customer"})
        self.call.sudo().partner_id = partner
        unsure = self._google(min_weight=0.95)
        lead = self.env["crm.lead"].create(
            {
                "name": "Later",
                "type": "opportunity",
                "company_id": self.company.id,
                "user_id": self.agent.id,
                "team_id": False,
                "partner_id": partner.id,
                "expected_revenue": 500,
            }
        )
        lead.with_user(self.agent).action_set_won()
        rows = self._rows(self.destination).filtered("lead_id")
        self.assertEqual(rows.mapped("event"), ["lead", "won"])
        self.assertEqual(set(rows.mapped("state")), {"waiting"})
        self.assertEqual(rows.visit_id, self.call.match_ids.visit_id)
        rows = self._rows(unsure).filtered("lead_id")
        self.assertEqual(set(rows.mapped("reason")), {"unsure"})

    def test_what_is_older_than_the_destination_is_not_handed_over(self):
        late = self._google(start_date=fields.Datetime.now() + timedelta(hours=1))
        self.call._sync_conversions()
        self.assertFalse(self._rows(late))

    def test_a_click_that_is_too_recent_waits(self):
        self.destination.sudo().conversion_ids.unlink()
        self.now = fields.Datetime.now() - timedelta(minutes=30)
        told = self._click(gclid="Click_2")
        visit = self._visit(told)
        self._rang("in_3", told=told, caller="+442037691870")
        row = self._rows(self.destination, "call")
        self.assertEqual((row.state, row.reason), ("held", "too_recent"))
        self.assertEqual(row.due_date, visit.click_date + timedelta(hours=6))
        self.assertFalse(self.destination._rows_due())

    def test_a_lead_of_a_form_goes_with_its_visit(self):
        told = self._click(gclid="Click_4", at=100)
        lead = self.env["crm.lead"].create(
            {
                "name": "Form",
                "company_id": self.company.id,
                "telephony_visit": told["k"],
            }
        )
        row = self._rows(self.destination, "lead")
        self.assertEqual((row.lead_id, row.visit_id), (lead, self._visit(told)))
        self.assertEqual(row._to_pure().channel, "form")
        lead.unlink()
        self.assertFalse(
            row.id in self.destination._rows_due().ids, "what it came of is gone"
        )
