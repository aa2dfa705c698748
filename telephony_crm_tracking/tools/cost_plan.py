"""What an import of costs would write: rows of days, or what is wrong with lines."""

from odoo.addons.telephony_crm.pbx import numbers

from ..attribution.cost_row import CostError
from ..attribution.cost_totals import totals
from .rates import Rates

MAX_ROWS = 100_000
KINDS = ("source", "medium", "campaign")


class CostPlan:
    """The rows of a reading, with the records that they name.

    Sources, media and campaigns are found by equality or by what somebody has said
    that their names mean; which are not known is told, since a campaign of another
    spelling than in the addresses of pages is no return for anybody's money.

    :param reading: `attribution.cost_rows.Reading`
    :param company: whose costs they are
    :param with_totals: also lines that sum up others
    :ivar span: the first and the last day of the file; `None` without rows
    """

    def __init__(self, reading, company, with_totals=False):
        self.company = company
        self.env = company.env
        self.rates = Rates(company)
        self.errors = list(reading.errors)
        self.new = {kind: {} for kind in KINDS}  # lower name: name
        self._utm, self._currencies, self._dids = {}, None, None
        self._countries = ()
        self.rows = [row for row in reading.rows if self._is_right(row)]
        sums = {row.line for row in totals(self.rows, self.errors)}
        self.totals = len(sums)
        # What sums up others says as well which days the file is about: what was said
        # of one on which nothing was spent is no more true.
        self.span = _span(self.rows)
        if not with_totals:
            self.rows = [row for row in self.rows if row.line not in sums]
        if sum((row.end - row.start).days + 1 for row in self.rows) > MAX_ROWS:
            self.errors.append(CostError(0, "too_many"))
            self.rows = []
        self.errors.sort(key=lambda error: error.line)

    def _is_right(self, row):
        wrong = self._wrong(row)
        if wrong:
            self.errors.append(CostError(row.line, *wrong, row.start, row.end))
        else:
            for kind in KINDS:
                self.utm_id(kind, getattr(row, kind))
        return not wrong

    def _wrong(self, row):
        currency = self.currency(row.currency)
        if not currency:
            return "unknown_currency", "currency", row.currency
        own = self.company.currency_id
        if not all(self.rates.is_known(one, row.start) for one in (currency, own)):
            return "no_rate", "currency", f"{row.currency} {row.start}"
        if row.did and not self.did(row.did):
            return "unknown_did", "did", row.did
        return None

    def currency(self, code):
        """Return the currency of a code; an empty one of one that nobody knows."""
        currencies = self.env["res.currency"].sudo()
        if self._currencies is None:
            every = currencies.with_context(active_test=False).search([])
            self._currencies = {currency.name: currency for currency in every}
        return self._currencies.get(code, currencies)

    def did(self, number):
        """Return the company's number of any spelling; an empty one for no number."""
        dids = self.env["telephony.did"].sudo()
        if self._dids is None:
            own = dids.with_context(active_test=False).search(
                [("company_id", "=", self.company.id)], order="active, id DESC"
            )
            self._dids = {did.e164: did for did in own if did.e164}
            self._dids |= {did.number: did for did in own}
            pbxs = self.env["telephony.pbx"].sudo()
            pbxs = pbxs.search([("company_id", "=", self.company.id)])
            read = (country for pbx in pbxs for country in pbx._countries())
            self._countries = tuple(dict.fromkeys(read))
        # A spreadsheet takes a number for one, and drops its plus.
        digits = "+" + "".join(filter(str.isdigit, number))
        found = (number, numbers.parse(number, self._countries).e164, digits)
        return next((self._dids[one] for one in found if one in self._dids), dids)

    def utm_id(self, kind, name):
        """Return the id of a source, medium or campaign that is there, or `False`."""
        key = kind, name.lower()
        if key not in self._utm:
            aliases = self.env["telephony.tracking.alias"]
            self._utm[key] = aliases._resolve(kind, name, may_create=False)
            if name and not self._utm[key]:
                self.new[kind][name.lower()] = name
        return self._utm[key]

    def make_new(self):
        """Make the sources, media and campaigns that are not there."""
        for kind, names in self.new.items():
            for name in names.values():
                aliases = self.env["telephony.tracking.alias"]
                self._utm[kind, name.lower()] = aliases._resolve_trusted(kind, name)

    def values(self, silent):
        """Yield the values of each row of a day, as the columns have them.

        :param silent: ``{field: id}`` of lines that name no source, medium, campaign
        """
        own = self.company.currency_id
        for row in self.rows:
            currency = self.currency(row.currency)
            always = {
                "keyword": row.keyword or None,
                "did_id": self.did(row.did).id if row.did else None,
                "currency_id": currency.id,
            }
            for kind in KINDS:
                named = self.utm_id(kind, getattr(row, kind))
                always[f"{kind}_id"] = named or silent[f"{kind}_id"]
            for day, amount, clicks in row.days():
                rate = self.rates.get(currency, own, day)
                yield {
                    **always,
                    "date": day,
                    "amount": amount,
                    "amount_company": float(amount) * rate,
                    "clicks": clicks or 0,
                }


def _span(rows):
    if not rows:
        return None
    return min(row.start for row in rows), max(row.end for row in rows)
