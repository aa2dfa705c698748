"""Ask for the report of a month, and for one aggregate over the visits of that month.

``report.py CONFIG ANSWER DATABASE SUPERVISOR``
"""

import time
from datetime import datetime, timedelta

from process import answer, environment

TURNS = 15
BARE = """
    SELECT source, count(*) FROM telephony_tracking_visit
     WHERE site_id = %s AND start_date >= %s AND start_date < %s
     GROUP BY source
"""
FIGURES = ["visits", "calls", "qualified", "leads", "won", "revenue", "cost", "profit"]
RATIOS = ["cost_per_call", "cost_per_any_call", "cost_per_lead", "cost_per_sale"]
ASKED = [
    *(f"{name}:sum" for name in FIGURES),
    *(f"{name}:avg" for name in [*RATIOS, "return_rate"]),
]
WAYS = {
    "touch": {"telephony_clock": "touch", "telephony_model": "linear"},
    "money": {"telephony_clock": "money", "telephony_model": "linear"},
}
GROUPS = ("source", "campaign", "landing", "date:day")


def measure(database, login):
    """Milliseconds of the floor and of each report, and what they found."""
    with environment(database) as env:
        # The last month that is over: the first day of it, and of the next.
        until = datetime.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        since = (until - timedelta(days=1)).replace(day=1)
        site = env["telephony.tracking.site"].search([], limit=1)
        user = env["res.users"].search([("login", "=", login)])
        report = env["telephony.tracking.report"].with_user(user)
        domain = [
            ("date", ">=", since.strftime("%Y-%m-%d")),
            ("date", "<", until.strftime("%Y-%m-%d")),
        ]
        asked = {
            f"{clock} {group}": (report.with_context(**context), group)
            for clock, context in WAYS.items()
            for group in GROUPS
        }
        times = {name: [] for name in ("bare", *asked)}
        found = {}
        for _turn in range(TURNS + 2):
            start = time.perf_counter()
            env.cr.execute(BARE, [site.id, since, until])
            found["bare"] = sum(count for _source, count in env.cr.fetchall())
            times["bare"].append((time.perf_counter() - start) * 1000)
            for name, (model, group) in asked.items():
                env.invalidate_all()
                start = time.perf_counter()
                rows = model.formatted_read_group(domain, [group], ASKED)
                times[name].append((time.perf_counter() - start) * 1000)
                found[name] = {
                    key: sum(row[f"{key}:sum"] or 0 for row in rows) for key in FIGURES
                } | {"rows": len(rows)}
        return {"times": {name: t[2:] for name, t in times.items()}, "found": found}


answer(measure)
