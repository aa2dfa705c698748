"""What tests about costs share."""

import base64

from .common import TrackingCase


class CostCase(TrackingCase):
    """A company that counts in euros, and a supervisor who enters costs."""

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

    def _wizard(self, content, preview=True, user=None, **vals):
        data = content.encode() if isinstance(content, str) else content
        imports = self.env["telephony.tracking.cost.import"]
        wizard = imports.with_user(user or self.supervisor).create(
            {"feed": "Google Ads", "file": base64.b64encode(data), **vals}
        )
        if preview:
            wizard.action_preview()
        return wizard

    def _days(self, **domain):
        terms = [(name, "=", value) for name, value in domain.items()]
        costs = self.costs.search(terms, order="date, id")
        return [(str(cost.date), cost.amount_company) for cost in costs]
