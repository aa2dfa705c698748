from odoo import Command
from odoo.tests import tagged

from .sales_common import SalesCase


@tagged("post_install", "-at_install")
class TestOptionalRevenue(SalesCase):
    """What a lead has earned by its orders.

    Chosen by its name for the second database of the tests, which has Odoo's sales.
    """

    def test_an_order_counts_instead_of_what_was_expected_and_never_both(self):
        self._order(confirm=False)
        self.assertEqual(self.lead.tracking_revenue, 0)
        self.lead.action_set_won()
        self.assertEqual(self.lead.tracking_revenue, 50)
        order = self._order()
        self.assertEqual(self.lead.expected_revenue, 100)  # Odoo raised it
        self.assertEqual(self.lead.tracking_revenue, 100)
        self.assertEqual(self.lead.tracking_sold_date, order.date_order)
        self._order(30)
        self.assertEqual(self.lead.tracking_revenue, 130)

    def test_an_order_counts_before_somebody_marks_the_lead_as_won(self):
        order = self._order()
        self.assertEqual(self.lead.won_status, "pending")
        self.assertEqual(self.lead.tracking_revenue, 100)
        self.assertEqual(self.lead.tracking_sold_date, order.date_order)

    def test_a_cancelled_order_takes_its_money_back_and_it_is_told(self):
        told = []
        self.patch(
            type(self.lead),
            "_tracking_revenue_changed",
            lambda leads, before: told.append((leads.tracking_revenue, before)),
        )
        order = self._order()
        self.lead.action_set_won()
        self.env.cr.flush()
        told.clear()
        order._action_cancel()
        self.assertEqual(self.lead.tracking_revenue, 0)
        self.env.cr.flush()
        self.assertEqual(told, [(0, {self.lead.id: 100})])
        order.action_draft()
        self.assertEqual(self.lead.tracking_revenue, 0)
        order.action_confirm()
        self.assertEqual(self.lead.tracking_revenue, 100)

    def test_a_cancelled_quotation_leaves_what_was_expected(self):
        self._order(confirm=False)._action_cancel()
        self.lead.action_set_won()
        self.assertEqual(self.lead.tracking_revenue, 50)

    def test_a_credit_note_counts_when_it_is_posted(self):
        invoice = self._invoice(self._order())
        self.assertEqual(self.lead.tracking_revenue, 100)
        note = self._credit(invoice)
        self.assertEqual(self.lead.tracking_revenue, 100)
        note.invoice_line_ids.price_unit = 40
        note.action_post()
        self.assertEqual(self.lead.tracking_revenue, 60)
        note.button_draft()
        self.assertEqual(self.lead.tracking_revenue, 100)

    def test_a_credit_note_in_words_of_its_own_counts(self):
        note = self._credit(self._invoice(self._order()))
        note.invoice_line_ids = [
            Command.clear(),
            Command.create({"name": "Late delivery", "price_unit": 15, "tax_ids": []}),
        ]
        note.action_post()
        self.assertEqual(self.lead.tracking_revenue, 85)

    def test_an_invoice_that_is_written_anew_takes_nothing(self):
        again = self._credit(self._invoice(self._order()), again=True)
        self.assertEqual((again.state, self.lead.tracking_revenue), ("draft", 100))
        again.action_post()
        self.assertEqual(self.lead.tracking_revenue, 100)
        again.button_draft()
        again.button_cancel()
        self.assertEqual(self.lead.tracking_revenue, 0)

    def test_one_invoice_of_two_leads_is_credited_to_each_its_part(self):
        other = self.lead.copy({"name": "Other"})
        orders = self._order() | self._order(300, lead=other)
        note = self._credit(self._invoice(orders))
        self.assertEqual(len(note.invoice_line_ids), 2)
        note.invoice_line_ids = [
            Command.clear(),
            Command.create({"name": "Discount", "price_unit": 40, "tax_ids": []}),
        ]
        note.action_post()
        self.assertEqual(self.lead.tracking_revenue, 90)
        self.assertEqual(other.tracking_revenue, 270)

    def test_an_order_keeps_the_rate_of_its_day(self):
        rates = self.env["res.currency.rate"]
        rate = {"currency_id": self.zloty.id, "company_id": self.company.id}
        rates.create({**rate, "name": "2020-01-01", "rate": 4})
        order = self._order(currency=self.zloty)
        self.assertEqual(self.lead.tracking_revenue, 25)
        rates.search([]).rate = 5
        note = self._credit(self._invoice(order))
        note.action_post()
        self.assertEqual(self.lead.tracking_revenue, 0)

    def test_an_order_without_a_rate_waits_for_one(self):
        self._order()
        self._order(currency=self.zloty)
        self.assertEqual(self.lead.tracking_revenue, 100)
        self.assertTrue(self.lead.tracking_is_short)
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.zloty.id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 4,
            }
        )
        self.assertEqual(self.lead.tracking_revenue, 125)
        self.assertFalse(self.lead.tracking_is_short)

    def test_an_order_counts_for_the_lead_that_it_is_given_to(self):
        other = self.lead.copy({"name": "Other"})
        order = self._order()
        order.opportunity_id = other
        self.assertEqual(self.lead.tracking_revenue, 0)
        self.assertEqual(other.tracking_revenue, 100)

    def test_a_part_that_is_paid_in_advance_is_no_money_of_its_own(self):
        order = self._order()
        advance = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "fixed", "fixed_amount": 30})
        )
        first = advance._create_invoices(order)
        first.action_post()
        self.assertEqual(self.lead.tracking_revenue, 100)
        self._credit(first).action_post()
        self.assertEqual(self.lead.tracking_revenue, 70)
        self._invoice(order)
        self.assertEqual(self.lead.tracking_revenue, 100)

    def test_leads_that_are_merged_earn_together(self):
        other = self.lead.copy({"name": "Other"})
        self._order()
        self._order(30, lead=other)
        merged = (self.lead | other).merge_opportunity()
        self.assertEqual(merged.tracking_revenue, 130)

    def test_a_seller_confirms_an_order_without_seeing_what_it_counts_for(self):
        seller = self.agent
        seller.group_ids += self.env.ref("sales_team.group_sale_salesman")
        self.lead.user_id = seller
        order = self._order(confirm=False)
        order.user_id = seller
        order.with_user(seller).action_confirm()
        self.assertEqual(self.lead.tracking_revenue, 100)
