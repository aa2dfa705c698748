"""What tests about costs share."""

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
