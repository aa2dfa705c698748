"""What the tests of this addon share: a PBX, people, and its signed webhooks."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import HttpCase, TransactionCase, new_test_user

from ..pbx import adapter as pbx_adapter

SECRET = "testsecret"
STARTED = datetime(2026, 1, 15, 10, 15)
CUSTOMER = "+442037691880"
DID = "+442037691881"


class TelephonyCase(TransactionCase):
    """A Zadarma connection with two agents on extensions 100 and 101."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create(
            {"name": "Ringing Ltd", "country_id": cls.env.ref("base.uk").id}
        )
        cls.pbx = cls.env["telephony.pbx"].create(
            {
                "name": "Office",
                "adapter": "zadarma",
                "company_id": cls.company.id,
                "country_id": cls.env.ref("base.uk").id,
                "tz": "UTC",
                "api_key": "testkey",
                "api_secret": SECRET,
            }
        )
        cls.agent = cls._user("agent_one", "telephony_agent")
        cls.colleague = cls._user("agent_two", "telephony_agent")
        cls.did = cls.env["telephony.did"].create(
            {"pbx_id": cls.pbx.id, "number": DID, "name": "London line"}
        )
        cls.extension, cls.extension_two = cls.env["telephony.extension"].create(
            [
                {"pbx_id": cls.pbx.id, "number": "100", "user_id": cls.agent.id},
                {"pbx_id": cls.pbx.id, "number": "101", "user_id": cls.colleague.id},
            ]
        )

    @classmethod
    def _user(cls, login, group, **values):
        groups = f"sales_team.group_sale_salesman,telephony_crm.group_{group}"
        return new_test_user(
            cls.env,
            login=login,
            groups=groups,
            **{"company_id": cls.company.id, "company_ids": cls.company.ids, **values},
        )

    # -- what the PBX says -------------------------------------------------------

    @classmethod
    def _fields(cls, event, call_ref="in_1", started=None, **fields):
        """Return the fields of a Zadarma notification, see its documentation."""
        started = started or datetime.now().replace(microsecond=0)
        common = {
            "event": event,
            "call_start": started.strftime("%Y-%m-%d %H:%M:%S"),
            "pbx_call_id": call_ref,
        }
        if event.startswith("NOTIFY_OUT"):
            common |= {"internal": "100", "destination": CUSTOMER[1:]}
        elif event == "NOTIFY_ANSWER":
            common |= {
                "caller_id": CUSTOMER[1:],
                "destination": "100",
                "internal": "100",
            }
        else:
            common |= {"caller_id": CUSTOMER[1:], "called_did": DID[1:]}
        return {**common, **fields}

    @classmethod
    def _sign(cls, fields, secret=SECRET):
        """Return the signature that Zadarma sends with ``fields``."""
        event = fields["event"]
        names = ("caller_id", "called_did", "call_start")
        if event == "NOTIFY_ANSWER":
            names = ("caller_id", "destination", "call_start")
        elif event.startswith("NOTIFY_OUT"):
            names = ("internal", "destination", "call_start")
        elif event == "NOTIFY_RECORD":
            names = ("pbx_call_id", "call_id_with_rec")
        text = "".join(fields.get(name, "") for name in names)
        digest = hmac.new(secret.encode(), text.encode(), hashlib.sha1).hexdigest()
        return base64.b64encode(digest.encode()).decode()

    def _tell(self, event, started=None, after=None, **fields):
        """Have the PBX tell something, without the way through the web server.

        :param after: how many seconds after ``started`` it arrives; now if not given
        :return: the decision that the PBX is given, if it asks for one
        """
        adapter = pbx_adapter.get("zadarma")
        form = self._fields(event, started=started, **fields)
        notification = adapter.read(pbx_adapter.Request(form=form))
        pbx = self.pbx._for_events()
        events = pbx.env["telephony.pbx.event"]
        if after is None:
            return events._receive(pbx, notification)
        with freeze_time(started + timedelta(seconds=after)):
            return events._receive(pbx, notification)

    def _call(self, call_ref="in_1"):
        self.env.invalidate_all()
        return self.env["telephony.call"].search([("call_ref", "=", call_ref)])

    def _follow_up(self):
        """Have the job work off what ended calls bring about, within the test."""
        with patch.object(
            type(self.env["ir.cron"]), "_commit_progress", return_value=float("inf")
        ):
            self.env["telephony.call"]._cron_follow_up()
        self.env.invalidate_all()

    def _callback(self, e164=CUSTOMER):
        """Return the call-backs of a number, the open one first."""
        self.env.invalidate_all()
        return self.env["telephony.callback"].search(
            [("e164", "=", e164)], order="state desc, id"
        )

    def _miss(self, call_ref="in_1", minutes=2, **fields):
        """Have a call ring extension 100 in vain some minutes ago; return it."""
        started = self._ago(minutes=minutes)
        told = {"call_ref": call_ref, "started": started, **fields}
        self._tell("NOTIFY_START", after=0, **told)
        self._tell("NOTIFY_INTERNAL", after=1, internal="100", **told)
        self._tell(
            "NOTIFY_END", after=20, duration="0", disposition="no answer", **told
        )
        self._follow_up()
        return self._call(call_ref)

    def _talk(self, call_ref="out_1", minutes=1, seconds=30, number=CUSTOMER):
        """Have extension 100 dial a number and talk; return the call."""
        started = self._ago(minutes=minutes)
        told = {"call_ref": call_ref, "started": started, "destination": number[1:]}
        self._tell("NOTIFY_OUT_START", after=0, **told)
        self._tell(
            "NOTIFY_OUT_END",
            after=seconds + 10,
            caller_id=DID[1:],
            duration=str(seconds),
            disposition="answered",
            **told,
        )
        self._follow_up()
        return self._call(call_ref)

    @staticmethod
    def _ago(**length):
        """Return a moment ago, as a Zadarma account in UTC tells it."""
        return datetime.now().replace(microsecond=0) - timedelta(**length)


class TelephonyHttpCase(TelephonyCase, HttpCase):
    """The same, where the PBX speaks to the web server."""

    def _post(self, event, signature=None, token=None, **fields):
        """Post a signed notification to the webhook; return the response."""
        data = self._fields(event, **fields)
        headers = {"Signature": self._sign(data) if signature is None else signature}
        return self.url_open(
            f"/telephony/webhook/{token or self.pbx.webhook_token}",
            data=data,
            headers={name: value for name, value in headers.items() if value},
        )
