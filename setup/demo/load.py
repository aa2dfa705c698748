"""The demonstration data: a company that sells, and its simulated PBX.

Run inside Odoo's shell, see `setup/lib/commands/run.py`. The people, numbers and
secrets are those of `setup/simulator/demo.json`, which the simulator reads too.
May be run again: what exists is found by its external id. Addresses and the
connection are set anew, while customers and deals keep what a visitor did to them.
"""

import json
import os
from pathlib import Path

from odoo.fields import Command, Date

MODULE = "__telephony_demo__"
ROLES = {
    "agent": ("sales_team.group_sale_salesman", "telephony_crm.group_telephony_agent"),
    "supervisor": (
        "sales_team.group_sale_salesman_all_leads",
        "telephony_crm.group_telephony_supervisor",
    ),
    "administrator": (
        "sales_team.group_sale_manager",
        "telephony_crm.group_telephony_administrator",
    ),
}


def load(env, simulator_url, base_url, real=None):
    """Load the demonstration data into the database of ``env``.

    :param simulator_url: where the simulated PBX answers its REST API
    :param base_url: where Odoo is seen by the simulator and the browser
    :param real: a PBX to connect instead: the fields of ``pbx``, its adapter's
        ``settings``, and ``browsers`` that are telephones
    :return: ``{"webhook_url", "login", "password"}`` of the first agent
    """
    demo = json.loads(_demo_file().read_text(encoding="utf-8"))
    env = env(context={**env.context, "tracking_disable": True, "lang": "en_US"})
    _parameters(env, base_url)
    _company(env, demo)
    people = demo["extensions"]
    users = {person["number"]: _user(env, demo, person) for person in people}
    team = _team(env, demo, users)
    pbx = _pbx(env, demo, simulator_url, real)
    pbx.fallback_user_id = users[people[0]["number"]]  # who rings strangers back
    for person in people:
        _keep(
            env,
            f"extension_{person['number']}",
            "telephony.extension",
            {
                "pbx_id": pbx.id,
                "number": person["number"],
                "user_id": users[person["number"]].id,
                "team_id": team.id,
                "mobile": person["mobile"] or False,
            },
            always=True,
        )
    for browser in real["browsers"] if real else ():
        _browser(env, pbx, users[browser["user"]], browser)
    for did in demo["dids"]:
        _did(env, pbx, team, did)
    for customer in demo["customers"]:
        _customer(env, customer, users, team)
    _phonebook(env, pbx)
    _note(env, simulator_url)
    first = people[0]["login"]
    return {"webhook_url": pbx.webhook_url, "login": first, "password": first}


def _here():
    # Compiled and executed by the shell, this file has no `__file__`.
    return Path(load.__code__.co_filename).resolve().parent


def _demo_file():
    return _here().parent / "simulator" / "demo.json"


def _keep(env, name, model, vals, always=False):
    """Return the record with this external id, created from ``vals`` if missing.

    :param always: write ``vals`` also when it exists
    """
    record = env.ref(f"{MODULE}.{name}", raise_if_not_found=False)
    if record and always:
        record.write(vals)
    if not record:
        record = env[model].create(vals)
        env["ir.model.data"]._update_xmlids(
            [{"xml_id": f"{MODULE}.{name}", "record": record, "noupdate": True}]
        )
    return record


def _country(env, code):
    return env["res.country"].search([("code", "=", code)], limit=1)


def _parameters(env, base_url):
    """Set Odoo's own address, and keep the demonstration from calling out."""
    parameters = env["ir.config_parameter"]
    parameters.set_param("web.base.url", base_url)
    parameters.set_param("web.base.url.freeze", "True")
    parameters.set_param("crm.iap.lead.enrich.setting", "manual")


def _company(env, demo):
    wanted = demo["company"]
    currency = (
        env["res.currency"]
        .with_context(active_test=False)
        .search([("name", "=", wanted["currency"])], limit=1)
    )
    currency.active = True
    env.company.write(
        {
            "name": wanted["name"],
            "city": wanted["city"],
            "country_id": _country(env, wanted["country"]).id,
            "currency_id": currency.id,
        }
    )


def _user(env, demo, person):
    groups = [env.ref(group).id for group in ROLES[person["role"]]]
    vals = {
        "name": person["name"],
        "login": person["login"],
        "email": person["email"],
        "tz": demo["tz"],
        "group_ids": [Command.set([env.ref("base.group_user").id, *groups])],
        "company_id": env.company.id,
        "company_ids": [Command.set(env.company.ids)],
    }
    name = f"user_{person['number']}"
    known = env.ref(f"{MODULE}.{name}", raise_if_not_found=False)
    if not known:
        vals["password"] = person["login"]
    env = env(context={**env.context, "no_reset_password": True})
    return _keep(env, name, "res.users", vals, always=True)


def _team(env, demo, users):
    """Return the one sales team, with everybody in it, led by the supervisor."""
    team = env.ref("sales_team.team_sales_department", raise_if_not_found=False)
    team = team or env["crm.team"].search([], limit=1)
    for person in demo["extensions"]:
        user = users[person["number"]]
        if person["role"] == "supervisor":
            team.user_id = user
        if user not in team.member_ids:
            team.member_ids = [Command.link(user.id)]
    return team


def _pbx(env, demo, simulator_url, real):
    countries = env["res.country"].search([("code", "in", demo["dial_countries"])])
    fields, settings = (real["pbx"], real["settings"]) if real else ({}, {})
    pbx = _keep(
        env,
        "pbx",
        "telephony.pbx",
        {
            "name": demo["name"],
            "adapter": "zadarma",
            "company_id": env.company.id,
            "country_id": _country(env, demo["country"]).id,
            "tz": demo["tz"],
            "api_url": simulator_url,
            "api_key": demo["key"],
            "api_secret": demo["secret"],
            "webhook_token": demo["webhook_token"],
            "allowed_country_ids": [Command.set(countries.ids)],
            # unknown callers are the agent's to decide on, with one click
            "creation_policy": "offer",
            # within the patience of somebody who looks on
            "callback_minutes": 5,
            "escalation": "notice",
            **fields,
        },
        always=True,
    )
    for line in pbx.setting_ids:
        if line.key in settings:
            line["secret_value" if line.is_secret else "value"] = settings[line.key]
    return pbx


def _browser(env, pbx, user, browser):
    """Let somebody talk in the browser as well as on the desk phone."""
    vals = {"pbx_id": pbx.id, "number": browser["number"], "user_id": user.id}
    name = f"extension_{browser['number']}"
    extension = _keep(env, name, "telephony.extension", vals, always=True)
    extension.write({"softphone": True, "sip_password": browser["sip_password"]})


def _did(env, pbx, team, did):
    vals = {
        "pbx_id": pbx.id,
        "number": did["number"],
        "name": did["name"],
        "team_id": team.id,
    }
    for field, model in (("source", "utm.source"), ("campaign", "utm.campaign")):
        if did[field]:
            vals[f"{field}_id"] = _named(env, model, did[field]).id
    _keep(env, f"did_{did['number'].lstrip('+')}", "telephony.did", vals, always=True)


def _phonebook(env, pbx):
    """Have a phone book for desk phones, of all who have a number."""
    vals = {"name": "Customers", "pbx_id": pbx.id}
    vals |= {"has_rule": True, "domain": "[('phone', '!=', False)]"}
    _keep(env, "phonebook", "telephony.phonebook", vals)


def _named(env, model, name):
    found = env[model].search([("name", "=", name)], limit=1)
    return found or env[model].create({"name": name})


def _customer(env, customer, users, team):
    if customer["kind"] == "blocked":
        _keep(
            env,
            f"blocked_{customer['key']}",
            "telephony.blocked.number",
            {"number": customer["number"], "reason": "Rings and says nothing"},
        )
    if customer["kind"] not in ("contact", "lead"):
        return
    owner = users[customer["responsible"]]
    partner = env["res.partner"]
    if customer["kind"] == "contact":
        partner = _partner(env, customer, owner)
    for index, deal in enumerate(customer["deals"]):
        name = f"deal_{customer['key']}_{index}"
        _deal(env, name, customer, deal, partner, owner, team)


def _partner(env, customer, owner):
    country = _country(env, customer["country"])
    slug = "".join(char for char in customer["company"].lower() if char.isalnum())
    company = _keep(
        env,
        f"company_{slug}",
        "res.partner",
        {
            "name": customer["company"],
            "is_company": True,
            "city": customer["city"],
            "country_id": country.id,
        },
    )
    first, *others = customer["phones"]
    return _keep(
        env,
        f"partner_{customer['key']}",
        "res.partner",
        {
            "name": customer["name"],
            "parent_id": company.id,
            "function": customer["function"],
            "email": customer["email"],
            "phone": first,
            "country_id": country.id,
            "user_id": owner.id,
            "telephony_number_ids": [
                Command.create({"number": phone, "label": "Mobile"}) for phone in others
            ],
        },
    )


def _deal(env, name, customer, deal, partner, owner, team):
    stage = env["crm.stage"].search([("name", "=", deal["stage"])], limit=1)
    vals = {
        "name": deal["name"],
        "type": "opportunity",
        "stage_id": stage.id or env["crm.stage"].search([], limit=1).id,
        "expected_revenue": deal["revenue"],
        "user_id": owner.id,
        "team_id": team.id,
    }
    if partner:
        vals["partner_id"] = partner.id
    else:
        vals |= {
            "contact_name": customer["name"],
            "partner_name": customer["company"],
            "email_from": customer["email"],
            "phone": customer["phones"][0],
            "city": customer["city"],
            "country_id": _country(env, customer["country"]).id,
        }
    is_new = not env.ref(f"{MODULE}.{name}", raise_if_not_found=False)
    lead = _keep(env, name, "crm.lead", vals)
    if is_new and deal["next"]:
        lead.activity_schedule(
            "mail.mail_activity_data_call",
            Date.context_today(lead),
            summary=deal["next"],
            user_id=owner.id,
        )


def _note(env, simulator_url):
    """Put the page of the simulated PBX into a corner of Odoo's pages."""
    arch = (_here() / "note.xml").read_text(encoding="utf-8")
    vals = {
        "name": "The simulated PBX in the corner",
        "type": "qweb",
        "inherit_id": env.ref("web.webclient_bootstrap").id,
        "arch": arch.replace("SIMULATOR_URL", simulator_url),
    }
    _keep(env, "note", "ir.ui.view", vals, always=True)


if "env" in globals():  # in Odoo's shell
    env = globals()["env"]
    load(
        env,
        os.environ["TELEPHONY_SIMULATOR_URL"],
        os.environ["TELEPHONY_ODOO_URL"],
        json.loads(os.environ.get("TELEPHONY_PBX", "null")),
    )
    env.cr.commit()
