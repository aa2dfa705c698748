"""The last four weeks of the demonstration's shop: visits, calls, sales and costs.

Run inside Odoo's shell after ``shop.py``; what is there is left alone. Nobody in it is
anybody: the callers have mobile numbers that belong to nobody.
"""

import json
import random
from datetime import timedelta
from pathlib import Path

from odoo import fields

from odoo.addons.telephony_crm.pbx import numbers

DAYS = 28
CALLERS = "+447700901"  # and three digits


class Past:
    """Makes the past of a shop.

    :param keep: see ``load.py``
    :param shop: what ``demo.json`` says of it
    """

    def __init__(self, env, keep, shop):
        self.env = env
        self.plan = shop["past"]
        self.site = keep(env, "shop", "telephony.tracking.site", {})
        self.pbx = keep(env, "pbx", "telephony.pbx", {})
        self.dids = self.site.pool_ids.did_ids
        self.extensions = self.pbx.extension_ids.filtered("user_id")
        self.luck = random.Random(7)
        self.now = fields.Datetime.now()
        self.callers = 0

    def make(self):
        """Make all of it, unless it was made before."""
        visits = self.env["telephony.tracking.visit"]
        if visits.search_count([("key", "=like", "past-%")], limit=1):
            return
        planned = [
            (self._visit(row), index)
            for index, row in enumerate(self.plan)
            for _visit in range(row["visits"])
        ]
        planned.sort(key=lambda one: one[0]["start_date"])
        made = visits.create([vals for vals, _index in planned])
        rows = dict(zip(made, (index for _vals, index in planned), strict=True))
        for number, row in enumerate(self.plan):
            came = made.filtered(lambda visit, number=number: rows[visit] == number)
            sales = list(row["sales"])
            rang = self.luck.sample(list(came), row["calls"])
            for index, visit in enumerate(rang):
                is_real = index < row["qualified"]
                call = self._call(visit, 140 if is_real else 9)
                if is_real:
                    self._lead(call, sales.pop() if sales else 0)
            self._costs(row)

    def _visit(self, row):
        start = self.now - timedelta(
            days=self.luck.randrange(2, DAYS), minutes=self.luck.randrange(600)
        )
        words = {name: row[name] for name in ("source", "medium", "campaign")}
        tagged = row["kind"] not in ("organic", "direct")
        return {
            "key": f"past-{self.luck.getrandbits(64):x}",
            "visitor_key": f"past-{self.luck.getrandbits(64):x}",
            "site_id": self.site.id,
            "company_id": self.site.company_id.id,
            "start_date": start,
            "seen_date": start + timedelta(minutes=self.luck.randrange(1, 9)),
            "host": "127.0.0.1",
            "landing": row["landing"],
            "referrer": "www.google.com/" if row["kind"] == "organic" else False,
            "kind": row["kind"],
            "keyword": row["keyword"],
            "consent_analytics": "granted",
            "consent_ads": "granted",
            "consent_source": "google",
            "consent_date": start,
            **words,
            **({f"utm_{name}": word for name, word in words.items()} if tagged else {}),
        }

    def _call(self, visit, seconds):
        """A call of somebody who saw a number of the pool for a minute."""
        self.callers += 1
        number = f"{CALLERS}{self.callers:03}"
        did = self.luck.choice(self.dids)
        extension = self.luck.choice(self.extensions)
        start = visit.start_date + timedelta(seconds=75)
        tapped = start - timedelta(seconds=8)
        # what the visitor was shown: by it the call finds the visit, now and later
        self.env["telephony.tracking.lease"].create(
            {
                "did_id": did.id,
                "pool_id": did.pool_id.id,
                "visit_id": visit.id,
                "start_date": visit.start_date,
                "seen_date": start,
                "confirmed": True,
                "end_date": start + timedelta(minutes=5),
                "tap_date": tapped if self.luck.random() < 0.5 else False,
            }
        )
        call = self.env["telephony.call"].create(
            {
                "pbx_id": self.pbx.id,
                "company_id": self.pbx.company_id.id,
                "call_ref": f"in_past{self.callers:03}",
                "direction": "inbound",
                "state": "ended",
                "disposition": "answered",
                "answered_by": "person",
                "confirmed": True,
                "number": number,
                "number_e164": number,
                "did_id": did.id,
                "extension_id": extension.id,
                "user_id": extension.user_id.id,
                "owner_id": extension.user_id.id,
                "team_id": did.team_id.id,
                "start_date": start,
                "answer_date": start + timedelta(seconds=7),
                "end_date": start + timedelta(seconds=7 + seconds),
                "talk_seconds": seconds,
            }
        )
        call._track()
        call._qualify()
        return call

    def _lead(self, call, revenue):
        """The lead that came of a call, won some days later if anything was sold."""
        phone = numbers.international(call.number)
        sources = ("source_id", "medium_id", "campaign_id")
        lead = self.env["crm.lead"].create(
            {
                "name": f"Call from {phone} · {call.did_id.name}",
                "type": "opportunity",
                "phone": phone,
                "user_id": call.user_id.id,
                "team_id": call.team_id.id,
                "company_id": call.company_id.id,
                "expected_revenue": revenue or self.luck.choice((240, 960, 1850)),
                "tracking_channel": "call",
                "tracking_date": call.start_date,
                **{name: call[name].id for name in sources},
            }
        )
        call.write({"lead_id": lead.id, "match_reason": "created"})
        if revenue:
            won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
            lead.write({"stage_id": won.id, "probability": 100})
            closed = min(call.start_date + timedelta(days=3), self.now)
            lead.write({"date_closed": closed, "tracking_won_date": closed})
        lead.flush_recordset()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s",
            [call.start_date, lead.id],
        )
        lead.invalidate_recordset()
        lead._sync_touches()

    def _costs(self, row):
        """What it cost on each day."""
        if not row["cost"]:
            return
        aliases = self.env["telephony.tracking.alias"]
        words = {
            f"{kind}_id": aliases._resolve(kind, row[kind])
            for kind in ("source", "medium", "campaign")
        }
        today = fields.Date.today()
        self.env["telephony.tracking.cost"].create(
            [
                {
                    "feed": row["feed"],
                    "date": today - timedelta(days=day),
                    "company_id": self.site.company_id.id,
                    "keyword": row["keyword"],
                    "amount": row["cost"],
                    "clicks": row["visits"] // DAYS,
                    **words,
                }
                for day in range(DAYS)
            ]
        )


def load_past(env, keep):
    """Make the past of the shop."""
    here = Path(load_past.__code__.co_filename).resolve().parent
    demo = json.loads((here.parent / "simulator" / "demo.json").read_text("utf-8"))
    quiet = {"tracking_disable": True, "mail_create_nosubscribe": True}
    quiet |= {"mail_auto_subscribe_no_notify": True, "lang": "en_US"}
    env = env(context={**env.context, **quiet})
    Past(env, keep, demo["shop"]).make()


if "env" in globals():  # in Odoo's shell
    load_past(globals()["env"], globals()["_keep"])
    globals()["env"].cr.commit()
