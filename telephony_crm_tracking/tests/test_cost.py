from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .cost_common import CostCase


@tagged("post_install", "-at_install")
class TestCost(CostCase):
    """What advertising cost on a day."""

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

    def test_a_leaflet_of_a_month_costs_something_every_day(self):
        fair = self.env["utm.source"].create({"name": "Leaflet"})
        self.did.source_id = fair
        entries = self.env["telephony.tracking.cost.entry"].with_user(self.supervisor)
        with Form(entries) as form:
            form.did_id = self.did
            form.start_date = "2026-04-01"
            form.end_date = "2026-04-30"
            form.amount = 100
        form.record.action_enter()
        costs = self.costs.search([])
        self.assertEqual(
            (len(costs), costs.source_id, costs.did_id), (30, fair, self.did)
        )
        self.assertAlmostEqual(sum(costs.mapped("amount_company")), 100)
        self.assertEqual(set(costs.mapped("feed")), {"By Hand"})

    def test_a_cost_that_ends_before_it_begins_is_refused(self):
        entries = self.env["telephony.tracking.cost.entry"].with_user(self.supervisor)
        entry = entries.create(
            {"start_date": "2026-04-02", "end_date": "2026-04-01", "amount": 1}
        )
        with self.assertRaises(UserError):
            entry.action_enter()
