from odoo.tests import tagged

from .common import TrackingCase


@tagged("post_install", "-at_install")
class TestRevenue(TrackingCase):
    """What a lead has earned, where no sales are installed."""

    def _lead(self, revenue=500, **vals):
        return self.env["crm.lead"].create(
            {
                "name": "L",
                "type": "opportunity",
                "expected_revenue": revenue,
                "company_id": self.company.id,
                **vals,
            }
        )

    def test_what_was_expected_counts_once_it_is_won_and_as_long(self):
        lead = self._lead()
        self.assertEqual(lead.tracking_revenue, 0)
        self.assertFalse(lead.tracking_sold_date)
        lead.action_set_won()
        self.assertEqual(lead.tracking_revenue, 500)
        self.assertEqual(lead.tracking_currency_id, self.company.currency_id)
        self.assertEqual(lead.tracking_sold_date, lead.tracking_won_date)
        lead.active = False
        self.assertEqual(lead.tracking_revenue, 500)
        lead.active = True
        lead.write(
            {"stage_id": self.env["crm.stage"].search([("is_won", "=", False)])[0].id}
        )
        lead.probability = 20
        self.assertEqual(lead.tracking_revenue, 0)
        self.assertFalse(lead.tracking_sold_date)

    def test_a_lead_without_a_company_earns_in_the_currency_of_its_touches(self):
        pounds = self.env["res.company"].create(
            {"name": "Elsewhere", "currency_id": self.env.ref("base.GBP").id}
        )
        lead = self._lead(company_id=False, user_id=False)
        touches = self.env["telephony.tracking.touch"].sudo()
        touches.create(
            {
                "company_id": pounds.id,
                "lead_id": lead.id,
                "date": "2026-03-02",
                "channel": "form",
            }
        )
        lead.action_set_won()
        self.assertEqual(lead.tracking_currency_id, pounds.currency_id)

    def test_a_change_is_told_and_what_lies_between_is_not(self):
        lead = self._lead()
        told = []
        self.patch(
            type(lead),
            "_tracking_revenue_changed",
            lambda leads, before: told.append((leads, before)),
        )
        lead.action_set_won()
        self.env.cr.flush()
        self.assertEqual(told.pop(), (lead, {lead.id: 0}))
        lead.expected_revenue = 900
        lead.expected_revenue = 500
        self.env.cr.flush()
        self.assertFalse(told)
        lead.expected_revenue = 600
        self.env.cr.flush()
        self.assertEqual(told, [(lead, {lead.id: 500})])
