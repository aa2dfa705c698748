from odoo.tests import tagged

from .common import CUSTOMER, TelephonyHttpCase
from .test_dial import DialCase


@tagged("post_install", "-at_install")
class TestOptionalAddons(DialCase, TelephonyHttpCase):
    """With addons that this one knows of and does not depend on.

    Chosen by its name for the second database of the tests, which has them.
    """

    def setUp(self):
        super().setUp()
        if "sale.order" not in self.env or "website" not in self.env:
            self.skipTest("sale and website are not installed in this database")

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        """Override: our own server is asked with one time limit, the PBX with two."""
        if not isinstance(kw["timeout"], tuple):
            kw["timeout"] = (kw["timeout"],)
        return super()._request_handler(s, r, **kw)

    def test_a_website_does_not_stand_between_the_pbx_and_its_webhook(self):
        response = self._post("NOTIFY_START")
        self.assertEqual(response.status_code, 200)
        self.assertIn("caller_name", response.json())
        self.assertEqual(self._call().partner_id, self.partner)
        self.assertEqual(self._post("NOTIFY_START", token="wrong").status_code, 404)

    def test_a_click_on_an_order_gives_the_call_to_its_customer_and_lead(self):
        seller = self.agent
        seller.group_ids += self.env.ref("sales_team.group_sale_salesman")
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "opportunity_id": self.lead.id,
                "user_id": seller.id,
                "company_id": self.company.id,
            }
        )
        self.assertEqual(self._dial(CUSTOMER, order)["status"], "calling")
        self._tell("NOTIFY_OUT_START", call_ref="out_1")
        call = self._call("out_1")
        self.assertEqual(call.match_reason, "clicked")
        self.assertEqual(call.partner_id, self.partner)
        self.assertEqual(call.lead_id, self.lead)

    def test_the_numbers_of_a_web_shops_customers_are_known(self):
        customer = self.env["res.partner"].create(
            {"name": "Web Shopper", "phone": "+33478323232"}
        )
        match = self.env["telephony.number"]._match("0033478323232", self.pbx)
        self.assertEqual(match.partner_id, customer.id)
