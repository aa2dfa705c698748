"""The company whose advertising is measured: a site, a pool of numbers, a supervisor.

Also run as text in Odoo's shell, where ``env`` is known: see `build` and `count`.
"""

POOL = 50
SOURCES = ("google", "bing", "facebook", "yandex", "newsletter", "partner", "leaflet")
SUPERVISOR = "bench_supervisor"


def build(env):
    """Make the company; its sources are those that its visitors come from."""
    company = env.company
    company.country_id = env.ref("base.fr")
    groups = env.ref("base.group_user")
    groups |= env.ref("telephony_crm.group_telephony_supervisor")
    env["res.users"].with_context(no_reset_password=True).create(
        {
            "name": "Supervisor",
            "login": SUPERVISOR,
            "company_id": company.id,
            "company_ids": [(6, 0, company.ids)],
            "group_ids": [(6, 0, groups.ids)],
        }
    )
    pbx = env["telephony.pbx"].create(
        {
            "name": "Zadarma",
            "adapter": "zadarma",
            "company_id": company.id,
            "country_id": company.country_id.id,
            "tz": "Europe/Paris",
            "api_key": "benchmark-key",
            "api_secret": "benchmark-secret",
        }
    )
    numbers = [
        {"pbx_id": pbx.id, "number": f"+3347800{line:04}", "name": f"Line {line}"}
        for line in range(POOL + 1)
    ]
    static, *pooled = env["telephony.did"].create(numbers)
    site = env["telephony.tracking.site"].create(
        {"name": "Shop", "company_id": company.id, "domains": "shop.example"}
    )
    pool = env["telephony.tracking.pool"].create(
        {"site_id": site.id, "stands_for_id": static.id}
    )
    for did in pooled:
        did.pool_id = pool
    for kind, names in (
        ("source", SOURCES),
        ("medium", ("cpc", "organic", "email", "referral")),
        ("campaign", [f"campaign {place}" for place in range(40)]),
    ):
        for name in names:
            env["telephony.tracking.alias"]._resolve(kind, name)
    env.cr.commit()


def count(env):
    """Have the job count the visits of the days that are over."""
    days = env["telephony.tracking.day"]
    site = env["telephony.tracking.site"].search([])
    now = env.cr.now().replace(microsecond=0)
    while days._count_next(site, "Europe/Paris", now):
        env.cr.commit()
    env.cr.commit()
    env.cr.execute("ANALYZE telephony_tracking_day")
    env.cr.commit()
