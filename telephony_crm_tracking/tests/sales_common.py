"""What the tests with Odoo's sales share: a customer, a lead, orders and invoices."""

from odoo import Command

from .common import TrackingCase


class SalesCase(TrackingCase):
    """A sofa that is sold, in the second database of the tests, which has sales."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "sale.order" not in cls.env or "order_ids" not in cls.env["crm.lead"]:
            return
        cls.env.user.write(
            {
                "company_ids": [Command.link(cls.company.id)],
                "company_id": cls.company.id,
            }
        )
        cls.env["res.currency.rate"].search([]).unlink()
        cls.euro, cls.zloty = cls.env.ref("base.EUR"), cls.env.ref("base.PLN")
        (cls.euro | cls.zloty).active = True
        cls.company.currency_id = cls.euro
        accounts = cls.env["account.account"].create(
            [
                {"code": code, "name": name, "account_type": kind, "reconcile": known}
                for code, name, kind, known in (
                    ("400000", "Sales", "income", False),
                    ("121000", "Customers", "asset_receivable", True),
                )
            ]
        )
        cls.env["account.journal"].create(
            {
                "name": "Sales",
                "code": "INV",
                "type": "sale",
                "company_id": cls.company.id,
                "default_account_id": accounts[0].id,
            }
        )
        cls.partner = cls.env["res.partner"].create(
            {"name": "Customer", "property_account_receivable_id": accounts[1].id}
        )
        cls.product = cls.env["product.product"].create(
            {
                "name": "Sofa",
                "type": "service",
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
                "property_account_income_id": accounts[0].id,
            }
        )
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Sofa",
                "type": "opportunity",
                "company_id": cls.company.id,
                "expected_revenue": 50,
                "partner_id": cls.partner.id,
            }
        )

    def setUp(self):
        super().setUp()
        if "order_ids" not in self.env["crm.lead"]:
            self.skipTest("sales are not installed in this database")

    def _order(self, price=100, lead=None, currency=None, confirm=True):
        prices = self.env["product.pricelist"].create(
            {
                "name": "Prices",
                "currency_id": (currency or self.euro).id,
                "company_id": self.company.id,
            }
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "opportunity_id": (lead or self.lead).id,
                "company_id": self.company.id,
                "pricelist_id": prices.id,
                "order_line": [
                    Command.create({"product_id": self.product.id, "price_unit": price})
                ],
            }
        )
        if confirm:
            order.action_confirm()
        return order

    def _invoice(self, orders):
        invoice = orders._create_invoices()
        invoice.action_post()
        return invoice

    def _credit(self, invoice, again=False):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        action = wizard.modify_moves() if again else wizard.refund_moves()
        return self.env["account.move"].browse(action["res_id"])


__all__ = ["SalesCase"]
