from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api, fields
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import crm_lead_money
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

    def test_a_sale_of_nothing_is_told_as_well(self):
        told = []
        self.patch(
            type(self.env["crm.lead"]),
            "_tracking_revenue_changed",
            lambda leads, before: told.append((leads.tracking_sold_date, before)),
        )
        lead = self._lead(0)
        self.env.cr.flush()
        told.clear()
        lead.action_set_won()
        self.env.cr.flush()
        self.assertEqual(told, [(lead.tracking_won_date, {lead.id: 0})])

    def test_an_update_reckons_what_was_earned_some_leads_at_a_time(self):
        earned, nothing = self._lead() | self._lead(70), self._lead(0)
        (earned | nothing).action_set_won()
        self.env.flush_all()
        money = self.env["telephony.tracking.money"]
        self.assertFalse(money.search([("lead_id", "=", nothing.id)]))
        money.search([]).unlink()
        reckoned, compute = [], type(earned)._compute_tracking_revenue

        def noted(leads):
            reckoned.append(leads)
            compute(leads)

        self.patch(type(earned), "_compute_tracking_revenue", noted)
        self.patch(crm_lead_money, "AT_ONCE", 1)
        self.env["crm.lead"]._fill_money()
        self.assertEqual([leads for leads in reckoned if leads & earned], [*earned])
        self.assertFalse([leads for leads in reckoned if leads & nothing])
        rows = money.search([("lead_id", "in", earned.ids)])
        self.assertEqual(rows.mapped("amount"), [500, 70])

    @mute_logger("odoo.sql_db")
    def test_of_two_that_earn_for_a_lead_at_once_the_later_begins_anew(self):
        """A row that is there twice would be told to the user as an error."""
        connection = db_connect(self.env.cr.dbname)
        with connection.cursor() as cr:
            lead = api.Environment(cr, SUPERUSER_ID, {})["crm.lead"].create(
                {"name": "At once"}
            )

        def keep(cr, day):
            env = api.Environment(cr, SUPERUSER_ID, {})
            its, day = env["crm.lead"].browse(lead.id), fields.Datetime.from_string(day)
            row = (day, 10, env.company.currency_id.id, its)
            env["telephony.tracking.money"]._keep({its.id: [row]})

        try:
            with connection.cursor() as later:
                later.execute("SELECT 1")
                with connection.cursor() as first:
                    keep(first, "2026-03-02")
                with self.assertRaises(SerializationFailure):
                    keep(later, "2026-03-03")
                later.rollback()
                keep(later, "2026-03-03")
        finally:
            with connection.cursor() as cr:
                api.Environment(cr, SUPERUSER_ID, {})["crm.lead"].browse(
                    lead.id
                ).unlink()
