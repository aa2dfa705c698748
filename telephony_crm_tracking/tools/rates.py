"""What one currency is worth in another on a day, or that nobody knows."""

from datetime import date


class Rates:
    """The rates of a company, asked once for each currency and day.

    Odoo takes a currency without a rate for worth as much as the company's own, and
    the first rate for the one of all days before it. Both would be wrong money, so
    here they are no rates.

    :param company: a record of ``res.company``
    """

    def __init__(self, company):
        self.company = company
        self.env = company.sudo().env
        self._first = None
        self._known = {}

    def get(self, currency, to, day: date):
        """Return how much of ``to`` one ``currency`` is; ``None`` when nobody knows."""
        if currency == to:
            return 1.0
        if not (self.is_known(currency, day) and self.is_known(to, day)):
            return None
        key = currency.id, to.id, day
        if key not in self._known:
            self._known[key] = self.env["res.currency"]._get_conversion_rate(
                currency.sudo(), to.sudo(), self.company, day
            )
        return self._known[key]

    def is_known(self, currency, day: date) -> bool:
        """Tell whether a currency has a rate of the day, or one before it."""
        if currency == self.company.currency_id:
            return True
        if self._first is None:
            groups = self.env["res.currency.rate"]._read_group(
                [("company_id", "in", (False, self.company.root_id.id))],
                ["currency_id"],
                ["name:min"],
            )
            self._first = {known.id: first for known, first in groups}
        first = self._first.get(currency.id)
        return bool(first and first <= day)
