"""The shop of the demonstration in Odoo: its site, and a pool of numbers for it.

Run inside Odoo's shell after ``load.py``, whose ``_keep`` it takes; may be run again.
"""

import json
from pathlib import Path


def load_shop(env, keep):
    """Make the tracked web site that the pages of ``setup/shop`` belong to.

    :param keep: returns the record of an external id, made if missing
    """
    here = Path(load_shop.__code__.co_filename).resolve().parent
    demo = json.loads((here.parent / "simulator" / "demo.json").read_text("utf-8"))
    shop = demo["shop"]
    pbx = keep(env, "pbx", "telephony.pbx", {})
    vals = {"pbx_id": pbx.id, "number": shop["number"], "name": shop["name"]}
    # a visitor who is talked to becomes a lead by that
    vals |= {"creation_policy": "lead", "create_on": "answer"}
    team = env.ref("sales_team.team_sales_department", raise_if_not_found=False)
    vals["team_id"] = (team or env["crm.team"].search([], limit=1)).id
    static = keep(env, "did_shop", "telephony.did", vals, always=True)
    vals = {
        "name": shop["name"],
        "token": shop["token"],
        "domains": "127.0.0.1\nlocalhost",
        "company_id": env.company.id,
        "consent_required": True,
        # all who look on come from one address
        "network_share": 100,
        # as long as the scenes talk
        "min_talk_seconds": 20,
    }
    site = keep(env, "shop", "telephony.tracking.site", vals, always=True)
    vals = {"site_id": site.id, "stands_for_id": static.id}
    # short, so that a few numbers are enough for who looks on
    vals |= {"hold_seconds": 240, "cooldown_seconds": 60, "late_seconds": 1800}
    pool = keep(env, "shop_pool", "telephony.tracking.pool", vals, always=True)
    for number in shop["pool"]:
        vals = {"pbx_id": pbx.id, "number": number, "pool_id": pool.id}
        keep(env, f"did_{number.lstrip('+')}", "telephony.did", vals, always=True)


if "env" in globals():  # in Odoo's shell
    load_shop(globals()["env"], globals()["_keep"])
    globals()["env"].cr.commit()
