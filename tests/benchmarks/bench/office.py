"""The company whose calls are measured: users, a PBX, extensions, company numbers.

Also run as text in Odoo's shell, where ``env`` is known: see `build`.
"""

AGENTS = 200
BUSY, USUAL, IDLE = "bench_agent_0", "bench_agent_60", "bench_agent_idle"
PASSWORD = "bench"
TOKEN = "benchmark-webhook-token"
SECRET = "benchmark-secret"
DID = "33478000000"
EXTENSION = 100  # of the first agent; the others follow


def build(env):
    """Make the company; the agent without calls is the last one."""
    company = env.company
    company.country_id = env.ref("base.fr")
    groups = env.ref("base.group_user") | env.ref("sales_team.group_sale_salesman")
    groups |= env.ref("telephony_crm.group_telephony_agent")
    logins = [f"bench_agent_{number}" for number in range(AGENTS)] + [IDLE]
    users = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": login.replace("_", " ").title(),
                    "login": login,
                    "email": f"{login}@example.com",
                    "company_id": company.id,
                    "company_ids": [(6, 0, company.ids)],
                    "group_ids": [(6, 0, groups.ids)],
                }
                for login in logins
            ]
        )
    )
    for user in users.filtered(lambda user: user.login in (BUSY, USUAL, IDLE)):
        user.password = PASSWORD
    pbx = env["telephony.pbx"].create(
        {
            "name": "Zadarma",
            "adapter": "zadarma",
            "company_id": company.id,
            "country_id": company.country_id.id,
            "tz": "UTC",
            "api_key": "benchmark-key",
            "api_secret": SECRET,
            "webhook_token": TOKEN,
        }
    )
    env["telephony.did"].create(
        [
            {"pbx_id": pbx.id, "number": f"+{int(DID) + line}", "name": f"Line {line}"}
            for line in range(10)
        ]
    )
    env["telephony.extension"].create(
        [
            {"pbx_id": pbx.id, "number": str(EXTENSION + place), "user_id": user.id}
            for place, user in enumerate(users)
        ]
    )
    env.cr.commit()
