from odoo.tests import tagged

from .conversion_common import ConversionCase
from .sales_common import SalesCase


@tagged("post_install", "-at_install")
class TestOptionalConversion(SalesCase, ConversionCase):
    """What orders and credit notes do to what has been handed over of a sale.

    Chosen by its name for the second database of the tests, which has Odoo's sales.
    """

    def _told(self):
        """Have what has changed be noted, as the end of the transaction does."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def test_an_order_of_nothing_is_a_sale_and_ends_what_led_to_it(self):
        google = self._google()
        call = self._rang()
        call.lead_id = self.lead
        self._order(0)
        self._told()
        won = self._rows(google, "won")
        self.assertEqual((won.lead_id, won.amount), (self.lead, 0))
        self.assertEqual(self.lead.tracking_revenue, 0)

    def test_an_order_is_restated_when_partly_credited_and_retracted_when_wholly(self):
        google = self._google()
        back = self._destination("google_adjustments", settings={"action_won": "Sale"})
        call = self._rang()
        call.lead_id = self.lead
        order = self._order(500)
        self._told()
        won = self._rows(google, "won")
        self.assertEqual((won.amount, won.state), (500, "waiting"))
        won._went()
        invoice = self._invoice(order)
        for price, events in ((400, ["restate"]), (100, ["restate", "retract"])):
            note = self._credit(invoice)
            note.invoice_line_ids.price_unit = price
            note.action_post()
            self._told()
            self.assertEqual(self._rows(back).mapped("event"), events)
        worth, gone = self._rows(back)
        self.assertEqual((worth.amount, worth.original_id), (100, won))
        self.assertEqual((worth.state, worth.reason), ("skipped", "no_more"))
        self.assertEqual((gone.original_id, gone.state), (won, "held"))
