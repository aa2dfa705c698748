"""What the tests of the report share: some days of a small shop."""

from datetime import datetime, timedelta

from .common import TrackingCase

FIGURES = ("visits", "calls", "qualified", "leads", "won", "revenue", "cost")
#: A day long over, and the noon of it.
DAY = datetime(2026, 3, 10, 12)
WHOLE = 1_000_000


class ReportCase(TrackingCase):
    """A shop in a city where the day begins two hours before that of UTC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pbx.tz = "Europe/Kyiv"
        resolve = cls.env["telephony.tracking.alias"]._resolve
        cls.google, cls.bing = (
            cls.env["utm.source"].browse(resolve("source", name))
            for name in ("google", "bing")
        )
        cls.calls = 0

    def _asked(self, user=None, **context):
        """Return the report as a supervisor has it, of the company of the tests."""
        self.env.flush_all()
        self.env.invalidate_all()
        report = self.env["telephony.tracking.report"]
        return report.with_user(user or self.supervisor).with_context(
            allowed_company_ids=self.company.ids,
            **{f"telephony_{name}": value for name, value in context.items()},
        )

    def _rows(self, by="source", domain=(), figures=FIGURES, **context):
        """Return the figures of each group, by its value."""
        sums = [f"{name}:sum" for name in figures]
        rows = self._asked(**context)._read_group(list(domain), [by], sums)
        return {
            value: row[0] if len(figures) == 1 else tuple(row) for value, *row in rows
        }

    def _visit_at(self, days=0, source="google", hours=0, path="/pricing", **query):
        """Have somebody visit the shop some days after `DAY`; return the visit."""
        said = {"utm_source": source, "utm_medium": "cpc", **query} if source else {}
        at = DAY + timedelta(days=days, hours=hours)
        return self._visit(self._ask(u=path, h="shop.example", n=[], q=said, at=at))

    def _call_at(self, days=0, source=None, **vals):
        """Have somebody call; return the call."""
        type(self).calls += 1
        return self.env["telephony.call"].create(
            {
                "pbx_id": self.pbx.id,
                "company_id": self.company.id,
                "call_ref": f"report_{self.calls}",
                "direction": "inbound",
                "state": "ended",
                "start_date": DAY + timedelta(days=days),
                "source_id": source and source.id,
                **vals,
            }
        )

    def _lead_of(self, *touches, born=0, won=None, revenue=0, company=None, **vals):
        """Return a lead that some things had led to, each with its source and day.

        :param touches: ``(source, day, *shares by model)``
        :param born: the day on which it came about
        :param won: the day on which it was won
        """
        company = company or self.company
        lead = self.env["crm.lead"].create(
            {
                "name": "L",
                "type": "opportunity",
                "company_id": company.id,
                "expected_revenue": revenue,
                **vals,
            }
        )
        lead.tracking_date = DAY + timedelta(days=born)
        if won is not None:
            lead.action_set_won()
            lead.tracking_won_date = DAY + timedelta(days=won)
        self.env.flush_all()
        lead.touch_ids.sudo().unlink()
        models = ("first", "last", "last_non_direct", "linear", "position")
        for source, day, *shares in touches:
            shares = shares * 5 if len(shares) == 1 else shares
            self.env["telephony.tracking.touch"].sudo().create(
                {
                    "lead_id": lead.id,
                    "company_id": company.id,
                    "channel": "call",
                    "date": DAY + timedelta(days=day),
                    "source_id": source.id,
                    **{
                        f"share_{model}": round(share * WHOLE)
                        for model, share in zip(models, shares, strict=True)
                    },
                }
            )
        return lead

    def _cost(self, amount, source=None, days=0, **vals):
        return self.env["telephony.tracking.cost"].create(
            {
                "feed": "Test",
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
                "date": DAY + timedelta(days=days),
                "source_id": source and source.id,
                "amount": amount,
                **vals,
            }
        )

    def _count_days(self, until=10):
        """Have the job count the days before some days after `DAY`."""
        days = self.env["telephony.tracking.day"]
        now = DAY + timedelta(days=until)
        while days._count_next(self.site, "Europe/Kyiv", now):
            pass


__all__ = ["DAY", "FIGURES", "ReportCase"]
