from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .common import TrackingCase


@tagged("post_install", "-at_install")
class TestOptionalTouches(TrackingCase):
    """What has led to an order.

    Chosen by its name for the second database of the tests, which has Odoo's sales.
    """

    def setUp(self):
        super().setUp()
        if "order_ids" not in self.env["crm.lead"]:
            self.skipTest("sales are not installed in this database")
        vals = {"company_id": self.company.id}
        partner = self.env["res.partner"].create({"name": "Customer"})
        product = self.env["product.product"].create({"name": "Sofa"})
        line = {"product_id": product.id, "price_unit": 100, "tax_ids": False}
        self.lead = self.env["crm.lead"].create(
            {"name": "Sofa", "partner_id": partner.id, **vals}
        )
        self.order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "opportunity_id": self.lead.id,
                "order_line": [Command.create(line)],
                **vals,
            }
        )
        self.order.action_confirm()

    def test_what_came_after_an_order_has_not_led_to_it(self):
        source = self.env["utm.source"].create({"name": "Late"})
        self.env["telephony.call"].create(
            {
                "pbx_id": self.pbx.id,
                "company_id": self.company.id,
                "call_ref": "late",
                "direction": "inbound",
                "state": "ended",
                "start_date": self.order.date_order + timedelta(hours=1),
                "tracking_state": "static",
                "source_id": source.id,
                "lead_id": self.lead.id,
            }
        )
        self.lead._sync_touches()
        self.assertFalse(self.lead.touch_ids)
        self.order._action_cancel()
        self.env.cr.flush()
        self.assertEqual(self.lead.touch_ids.source_id, source)
