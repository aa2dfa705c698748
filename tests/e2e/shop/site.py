"""The site of the shop, as Odoo has it."""

from datetime import date

from setup.shop import NUMBER


class Site:
    """A tracked web site in Odoo with a pool of numbers.

    :param rpc: calls models
    :param values: of the site, where they are not the usual ones
    """

    def __init__(self, rpc, token, count, values):
        self.rpc = rpc
        [pbx] = self.admin("telephony.pbx", "search", [["name", "=", "Office"]])
        first = 100 * int(token.rpartition("-")[2])
        self.numbers = [f"+44203770{first + index:04}" for index in range(count)]
        usual = {
            "name": "Shop",
            "token": token,
            "domains": "shop.localhost\n127.0.0.1",
            "consent_required": False,
            "min_talk_seconds": 1,
            "visits_per_minute": 10000,
            "visits_per_network": 10000,
            "numbers_per_network": 1000,
            "network_share": 100,
        }
        [self.id] = self.admin("telephony.tracking.site", "create", [usual | values])
        self.static = self._static(pbx)
        pool = {"site_id": self.id, "stands_for_id": self.static}
        [self.pool] = self.admin("telephony.tracking.pool", "create", [pool])
        number = {"pbx_id": pbx, "pool_id": self.pool}
        self.dids = self.admin(
            "telephony.did", "create", [number | {"number": e} for e in self.numbers]
        )

    def _static(self, pbx):
        """The number on the pages, which all sites of these tests have."""
        found = self.admin("telephony.did", "search", [["number", "=", NUMBER]])
        vals = {"pbx_id": pbx, "number": NUMBER, "name": "Shop"}
        vals |= {"creation_policy": "lead", "create_on": "answer"}
        return (found or self.admin("telephony.did", "create", [vals]))[0]

    def admin(self, model, method, *args, **kwargs):
        """Call a model as the administrator."""
        return self.rpc("admin", model, method, *args, **kwargs)

    def read(self, *names):
        """Read the site's own fields."""
        return self.admin("telephony.tracking.site", "read", [self.id], names)[0]

    def visits(self):
        """What is kept of its visitors, the first one first."""
        domain = [["site_id", "=", self.id]]
        fields = ["source", "medium", "campaign", "keyword", "landing", "gclid"]
        fields += ["consent_analytics", "consent_source"]
        return self.admin(
            "telephony.tracking.visit", "search_read", domain, fields, order="id"
        )

    def spend(self, source, medium, campaign, amount):
        """Note what an advertisement cost today."""
        names = {"source": source, "medium": medium, "campaign": campaign}
        found = {
            f"{kind}_id": self.admin(f"utm.{kind}", "name_search", name)[0][0]
            for kind, name in names.items()
        }
        cost = {"feed": "Tests", "date": date.today().isoformat(), "amount": amount}
        self.admin("telephony.tracking.cost", "create", [cost | found])

    def returned(self, campaign, clock, model, by=("source",)):
        """What the report says of a campaign."""
        figures = ("visits", "calls", "qualified", "leads", "won", "revenue", "cost")
        sums = [f"{name}:sum" for name in figures]
        return self.admin(
            "telephony.tracking.report", "formatted_read_group",
            [["campaign", "=ilike", campaign]], list(by),
            [*sums, "return_rate:avg", "cost_per_call:avg"],
            context={"telephony_clock": clock, "telephony_model": model},
        )  # fmt: skip

    def opened(self, measure, campaign, clock):
        """What a figure of a campaign opens: the model, and the ids of records."""
        action = self.admin(
            "telephony.tracking.report", "action_open",
            measure, [["campaign", "=ilike", campaign]],
            context={"telephony_clock": clock},
        )  # fmt: skip
        return action["res_model"], action["domain"][0][2]

    def let_go(self, query):
        """Let the time pass after which a number may be shown to somebody else."""
        query(
            "UPDATE telephony_tracking_slot SET free_date = '2020-01-01' "
            "WHERE pool_id = %s",
            self.pool,
        )

    def close(self):
        """Have its numbers be those of nobody."""
        self.admin("telephony.tracking.site", "write", [self.id], {"active": False})
        self.admin("telephony.tracking.pool", "unlink", [self.pool])
        self.admin("telephony.did", "write", self.dids, {"active": False})
