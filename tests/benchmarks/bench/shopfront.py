"""A web site with a pool of numbers, and those who visit it all at once.

Also run as text in Odoo's shell, where ``env`` is known: see `build`.
"""

TOKEN = "benchmark-site-token"
HOST = "shop.example"
POOL = 50
STATIC = "+33478010000"
CALLERS = 300
PLENTY = 100_000_000


def build(env):
    """Make the site, and customers who call; `office.build` has made the company."""
    pbx = env["telephony.pbx"].search([], limit=1)
    numbers = [f"+{int(STATIC) + line}" for line in range(POOL + 1)]
    static, *pooled = env["telephony.did"].create(
        [{"pbx_id": pbx.id, "number": number} for number in numbers]
    )
    site = env["telephony.tracking.site"].create(
        {
            "name": "Shop",
            "token": TOKEN,
            "domains": HOST,
            "company_id": pbx.company_id.id,
            "consent_required": False,
            # What is measured are visits that are taken, and not refused ones.
            "visits_per_minute": PLENTY,
            "visits_per_network": PLENTY,
            "numbers_per_network": PLENTY,
        }
    )
    env["telephony.tracking.pool"].create(
        {
            "site_id": site.id,
            "stands_for_id": static.id,
            "did_ids": [(6, 0, [did.id for did in pooled])],
        }
    )
    users = env["telephony.extension"].search([("user_id", "!=", False)]).user_id
    env["res.partner"].create(
        [
            {
                "name": f"Customer {number}",
                "phone": f"+3347802{number:04}",
                "user_id": users[number % len(users)].id,
                "company_id": pbx.company_id.id,
            }
            for number in range(CALLERS)
        ]
    )
    env.cr.commit()
