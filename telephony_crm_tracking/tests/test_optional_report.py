from odoo import Command
from odoo.tests import tagged

from .report_common import ReportCase


@tagged("post_install", "-at_install")
class TestOptionalReport(ReportCase):
    """The figures of the report where Odoo's sales are installed.

    Chosen by its name for the second database of the tests, which has them.
    """

    def _order(self, lead, amount):
        product = self.env["product.product"].create(
            {"name": "Sofa", "type": "service", "taxes_id": [Command.clear()]}
        )
        line = {"product_id": product.id, "price_unit": amount, "tax_ids": False}
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Customer"}).id,
                "company_id": self.company.id,
                "opportunity_id": lead.id,
                "order_line": [Command.create(line)],
            }
        )
        order.action_confirm()
        return order

    def test_revenue_opens_its_orders_where_all_of_it_is_of_orders(self):
        if "sale.order" not in self.env or "order_ids" not in self.env["crm.lead"]:
            self.skipTest("sales are not installed in this database")
        sales = self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.supervisor.group_ids += sales
        lead = self._lead_of((self.google, 0, 1))
        order = self._order(lead, 200)
        rows = self._rows(figures=("revenue",))
        self.assertEqual(rows["google"], 200)
        action = self._asked().action_open("revenue", [("source", "=", "google")])
        self.assertEqual(action["res_model"], "sale.order")
        self.assertEqual(action["domain"], [("id", "in", order.ids)])
        other = self._lead_of((self.google, 0, 1), won=1, revenue=10)
        action = self._asked().action_open("revenue", [("source", "=", "google")])
        self.assertEqual(action["res_model"], "crm.lead")
        self.assertEqual(set(action["domain"][0][2]), {lead.id, other.id})
