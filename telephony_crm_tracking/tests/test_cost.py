from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import TrackingCase


@tagged("post_install", "-at_install")
class TestCost(TrackingCase):
    """What advertising cost on a day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.env.ref("base.EUR")
        cls.zloty = cls.env.ref("base.PLN")
        (cls.euro | cls.zloty).active = True
        cls.env["res.currency.rate"].search([]).unlink()
        cls.company.currency_id = cls.euro
        cls.costs = cls.env["telephony.tracking.cost"].with_user(cls.supervisor)

    def _rate(self, day, rate, currency=None):
        return self.env["res.currency.rate"].create(
            {
                "currency_id": (currency or self.zloty).id,
                "company_id": self.company.id,
                "name": day,
                "rate": rate,
            }
        )

    def _cost(self, amount=10, day="2026-03-02", currency=None, **vals):
        cost = self.costs.create(
            {
                "feed": "Google Ads",
                "date": day,
                "company_id": self.company.id,
                "amount": amount,
                "currency_id": (currency or self.euro).id,
                **vals,
            }
        )
        self.env.flush_all()
        return cost

    def test_a_cost_is_worth_what_it_was_on_its_day_for_ever(self):
        self._rate("2026-03-01", 4)
        march = self._cost(100, currency=self.zloty)
        self.assertEqual(march.amount_company, 25)
        self._rate("2026-03-02", 5)
        self.env.invalidate_all()
        self.assertEqual(march.amount_company, 25)
        self.assertEqual(self._cost(100, currency=self.zloty).amount_company, 20)

    def test_a_currency_without_a_rate_of_the_day_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "PLN has no rate for 2026-03-02"):
            self._cost(currency=self.zloty)
        self._rate("2026-03-03", 4)
        with self.assertRaises(ValidationError):
            self._cost(currency=self.zloty)
        self.assertEqual(self._cost().amount_company, 10)

    def test_keywords_of_less_than_a_cent_sum_to_what_was_paid(self):
        costs = self.costs.browse()
        for _one in range(4):
            costs |= self._cost(0.0025)
        self.env.invalidate_all()
        self.assertAlmostEqual(sum(costs.mapped("amount_company")), 0.01)

    def test_costs_are_not_for_agents_nor_for_other_companies(self):
        cost = self._cost()
        with self.assertRaises(AccessError):
            cost.with_user(self.agent).read(["amount"])
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._user("stranger", "telephony_supervisor")
        stranger.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        self.assertFalse(self.costs.with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            cost.with_user(stranger).unlink()
