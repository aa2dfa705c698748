"""A company with a real Asterisk: telephones, the bridge to Odoo, records of calls."""

import os
import time
from contextlib import contextmanager
from datetime import timedelta

from setup.asterisk import Lab, bridge
from setup.asterisk.ami import Ami
from setup.asterisk.phones import Phones
from setup.asterisk.play import JAMES, Play
from setup.asterisk.scenes import SCENES
from setup.lib.commands.asterisk import records

from ..access import Query, Rpc

SECRET = "what bridge and Odoo share"
AGENTS = {"petra": "100", "tomas": "101", "nadia": "102"}
LONDON = "+442079460100"
PATIENCE = 60  # seconds for what the bridge tells
CALL = """
    SELECT c.id, c.call_ref, c.direction, c.state, c.disposition, c.number_e164,
           c.start_date, c.answer_date, c.end_date, c.talk_seconds,
           user_login.login AS agent, did.e164 AS did, c.partner_id, c.lead_id
      FROM telephony_call c
      LEFT JOIN res_users user_login ON user_login.id = c.user_id
      LEFT JOIN telephony_did did ON did.id = c.did_id
     WHERE c.pbx_id = %s AND c.id > %s
  ORDER BY c.id
"""
LEGS = """
    SELECT l.kind, coalesce(e.number, l.number), l.disposition, l.talk_seconds,
           l.hold_seconds
      FROM telephony_call_leg l
      LEFT JOIN telephony_extension e ON e.id = l.extension_id
     WHERE l.call_id = %s
  ORDER BY l.ring_date, l.id
"""
RECORDS = """
    SELECT calldate, calldate + duration * interval '1 second', duration, billsec,
           disposition, linkedid, dstchannel
      FROM cdr ORDER BY calldate, sequence
"""


@contextmanager
def opened(databases, stack, query, has_ari=True, **marks):
    """An office that is connected to the Odoo of ``stack``.

    :param has_ari: else its bridge knows no ARI, and AMI by the PBX's web port alone
    :param marks: settings of its Asterisk, see ``setup.asterisk.configuration``
    """
    name = f"office-{os.getpid()}"
    with records(databases.server) as cdr:
        odoo = Office(stack, query)
        marks = {"TELEPHONY_ROUTE": odoo.route, "RING": 3, **marks}
        with Lab(name, cdr=cdr, **marks) as lab, Ami(lab) as ami:
            odoo.connect(lab)
            odoo.ami, odoo.cdr = ami, Query(databases.server, cdr[0])
            only_web = {"asterisk_ami_url": f"{lab.url}/rawman", "asterisk_ari_url": ""}
            more = {} if has_ari else only_web
            process = bridge.start(lab, databases, odoo.webhook, SECRET, **more)
            odoo.bridge = process
            try:
                odoo.wait(lambda: not has_ari or lab_apps(lab), process)
                odoo.wait(odoo.has_bridge, process)
                yield odoo
            finally:
                process.stop(1)  # it may be in the middle of a request that is held
                odoo.cdr.close()
                odoo.close()


def lab_apps(lab):
    """The names of the bridges' applications that listen to ARI."""
    names = [app["name"] for app in lab.ari("GET", "applications")]
    return [name for name in names if name.startswith("telephony")]


class Office:
    """The PBX in Odoo, and what happens around it.

    :param query: asks Odoo's database
    """

    def __init__(self, stack, query):
        self.stack = stack
        self.query = query
        self.rpc = Rpc(stack)
        self.lab = self.ami = self.cdr = self.bridge = None
        self.last = 0  # call that is known of
        [country] = self.admin("res.country", "search", [["code", "=", "GB"]])
        self.pbx = self._made(
            "telephony.pbx",
            name="Head office",
            adapter="asterisk",
            tz="UTC",
            country_id=country,
            api_secret=SECRET,
        )
        self.admin("telephony.pbx", "action_open_route", [self.pbx])
        fields = ["webhook_token", "route_token"]
        [tokens] = self.admin("telephony.pbx", "read", [self.pbx], fields)
        self.webhook = f"{stack.url}/telephony/webhook/{tokens['webhook_token']}"
        self.route = f"{stack.url}/telephony/route/{tokens['route_token']}"
        self._people()

    def admin(self, model, method, *args, **kwargs):
        """Call a model as the administrator."""
        return self.rpc("admin", model, method, *args, **kwargs)

    def _made(self, model, **values):
        [made] = self.admin(model, "create", [values])
        return made

    def _people(self):
        """Agents with their extensions, a line, a customer with a deal."""
        groups = [
            self.admin("ir.model.data", "check_object_reference", *name.split("."))[1]
            for name in (
                "telephony_crm.group_telephony_agent",
                "sales_team.group_sale_salesman",
            )
        ]
        users = []
        for login, number in AGENTS.items():
            user = self._user(login, groups)
            self._made(
                "telephony.extension", pbx_id=self.pbx, number=number, user_id=user
            )
            users.append(user)
        self._made("telephony.did", pbx_id=self.pbx, number=LONDON, name="London")
        self.customer = self._made("res.partner", name="James", phone=JAMES)
        self.deal = self._made(
            "crm.lead",
            name="Refit",
            type="opportunity",
            partner_id=self.customer,
            user_id=users[0],
        )

    def _user(self, login, groups):
        """Return somebody who may have worked in another office of these tests."""
        known = self.admin("res.users", "search", [["login", "=", login]])
        return known[0] if known else self._made(
            "res.users", name=login.title(), login=login, password=login,
            group_ids=[(4, group) for group in groups],
        )  # fmt: skip

    def connect(self, lab):
        """Tell Odoo where this Asterisk is."""
        self.lab = lab
        marks = lab.settings
        self.settings(
            ari_user=marks["ARI_USER"],
            ari_password=marks["ARI_PASSWORD"],
            ami_user=marks["AMI_USER"],
            ami_password=marks["AMI_PASSWORD"],
            recording_url=f"{lab.url}/static/monitor/{{ref}}",
        )
        self.reach(directly=True)

    def has_bridge(self):
        """Whether Odoo has heard of a bridge that is active."""
        asked = "SELECT 1 FROM telephony_pbx_bridge WHERE pbx_id = %s AND is_active"
        return bool(self.query(asked, self.pbx))

    def close(self):
        """Leave nobody behind who has the number that others are to have."""
        self.admin("crm.lead", "unlink", [self.deal])
        self.admin("res.partner", "unlink", [self.customer])
        desks = self.admin("telephony.extension", "search", [["pbx_id", "=", self.pbx]])
        self.admin("telephony.extension", "write", desks, {"user_id": False})
        self.admin("telephony.pbx", "write", [self.pbx], {"active": False})

    def settings(self, **values):
        """Enter settings of the adapter."""
        of_pbx = [["pbx_id", "=", self.pbx], ["key", "in", list(values)]]
        model = "telephony.pbx.setting"
        for line in self.admin(model, "search_read", of_pbx, ["key", "is_secret"]):
            name = "secret_value" if line["is_secret"] else "value"
            self.admin(model, "write", [line["id"]], {name: values[line["key"]]})

    def reach(self, directly):
        """Choose how Odoo speaks to the PBX: by itself, or through the bridge."""
        url = self.lab.url if directly else False
        self.admin("telephony.pbx", "write", [self.pbx], {"api_url": url})

    @contextmanager
    def phones(self):
        """Telephones that are there for one call; the next one begins with it."""
        [[self.last]] = self.query("SELECT coalesce(max(id), 0) FROM telephony_call")
        self.cdr("DELETE FROM cdr")
        with Phones(self.lab) as phones:
            yield phones
            phones.over()

    def play(self, name):
        """Play a scene to its end, see ``setup.asterisk.scenes``."""
        with self.phones() as phones:
            SCENES[name](Play(self.lab, phones, self.ami))

    def calls(self):
        """What Odoo knows of the calls since then, as soon as they are over."""
        return self.wait(self._ended)

    def call(self):
        """The same, of the only call there was."""
        [call] = self.calls()
        return call

    def _ended(self):
        with self.query.connection.cursor() as cursor:
            cursor.execute(CALL, [self.pbx, self.last])
            names = [column.name for column in cursor.description]
            found = [dict(zip(names, row, strict=True)) for row in cursor]
        return all(call["state"] == "ended" for call in found) and found

    def legs(self, call):
        """(kind, who, disposition, talk, hold) of each leg, as they were rung."""
        return self.query(LEGS, call["id"])

    def up(self, since):
        """Whose telephones were picked up since so many messages, in their order."""
        return [
            message["Channel"].split("-")[0]
            for _at, message in self.ami.messages[since:]
            if message.get("Event") == "Newstate"
            and message["ChannelStateDesc"] == "Up"
        ]

    def records(self):
        """(start, end, duration, talk, result, linkedid, phone) of Asterisk's own."""
        return self.wait(lambda: self.cdr(RECORDS))

    def wait(self, found, process=None):
        """Return what ``found`` returns as soon as that is something."""
        deadline = time.monotonic() + PATIENCE
        while True:
            if process and not process.alive:
                raise process.failure("ended by itself")
            result = found()
            if result:
                return result
            assert time.monotonic() < deadline, "Odoo was not told in time"
            time.sleep(0.1)


def near(one, other):
    """Whether two times, or numbers of seconds, are a second apart at most."""
    difference = one - other
    if isinstance(difference, timedelta):
        difference = difference.total_seconds()
    return abs(difference) <= 1


def seconds(number):
    """That many seconds as a difference of times."""
    return timedelta(seconds=number)
