"""An Asterisk's web server and the events of its bridge, for tests."""

import http.server
import json
import threading
from urllib.parse import parse_qsl, urlsplit

from odoo import fields

from ..pbx import adapter as pbx_adapter
from .common import CUSTOMER, DID, SECRET, TelephonyCase


class AsteriskServer:
    """Answers ARI and AMI over HTTP, and notes what it was asked.

    `ari` and `ami` hold answers other than the usual ones: by method and path, by
    action. An answer of AMI is the text of its error; `fields` has what else an action
    is answered, and `channels` the ids of channels and calls that go on. Of `lacking`
    contexts the dialplan knows nothing.
    """

    def __init__(self, tls=None):
        self.asked, self.ari, self.ami, self.fields = [], {}, {}, {}
        self.channels, self.lacking = [], ()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                length = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(length).decode()
                status, headers, answer = outer.answer(self.command, self.path, body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_POST = do_DELETE = do_GET

            def log_message(self, *args):
                """Override to keep silent."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls:
            listening = self.server.socket
            self.server.socket = tls.wrap_socket(listening, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self.server.server_port}"

    def answer(self, method, target, body):
        """Return status, headers and body of an answer."""
        parts = urlsplit(target)
        params = dict(parse_qsl(parts.query))
        if parts.path != "/rawman":
            found = json.loads(body) if body else {}
            self.asked.append((f"{method} {parts.path}", {**params, **found}))
            status, told = self.ari.get(f"{method} {parts.path}", (200, {}))
            return status, {}, told if isinstance(told, bytes) else _json(told)
        params |= dict(parse_qsl(body))
        action = params.pop("action")
        headers = {}
        if action == "login":
            headers["Set-Cookie"] = 'mansession_id="0a1b2c3d"; Version=1'
        else:
            self.asked.append((action, params))
        wrong = self.ami.get(action)
        lines = [f"Response: {'Error' if wrong else 'Success'}", f"Message: {wrong}"]
        found = self.fields.get(action, {})
        if params.get("Variable", "").startswith("DIALPLAN_EXISTS("):
            is_lacking = any(one in params["Variable"] for one in self.lacking)
            found = {"Value": "0" if is_lacking else "1"}
        lines += [f"{key}: {one}" for key, one in found.items()]
        if action == "CoreShowChannels" and not wrong:
            for ref, call_ref in self.channels:
                lines += ["", "Event: CoreShowChannel"]
                lines += [f"Uniqueid: {ref}", f"Linkedid: {call_ref}"]
            lines += ["", "Event: CoreShowChannelsComplete", "EventList: Complete"]
        return 200, headers, "\r\n".join([*lines, "", ""]).encode()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def _json(found):
    return b"" if found is None else json.dumps(found).encode()


class AsteriskCase(TelephonyCase):
    """A PBX whose events come from a bridge, and which is asked over HTTP."""

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        """Override, since Odoo's expects one time limit, and ours are two."""
        limit = kw["timeout"]
        limit = max(limit) if isinstance(limit, tuple) else limit
        return super()._request_handler(s, r, **{**kw, "timeout": limit})

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supervisor = cls._user("team_lead", "telephony_supervisor")
        cls.pbx.write({"adapter": "asterisk", "api_key": False})
        cls._set(ari_user="odoo", ari_password="p", ami_user="odoo", ami_password="q")
        cls.env["telephony.extension"].create(
            {"pbx_id": cls.pbx.id, "number": "109", "user_id": cls.supervisor.id}
        )
        cls.team = cls.env["crm.team"].create(
            {
                "name": "London",
                "company_id": cls.company.id,
                "user_id": cls.supervisor.id,
                "member_ids": (cls.agent | cls.colleague).ids,
            }
        )

    @classmethod
    def _set(cls, **settings):
        for setting in cls.pbx.setting_ids:
            if setting.key in settings:
                name = "secret_value" if setting.is_secret else "value"
                setting.write({name: settings[setting.key]})

    def setUp(self):
        super().setUp()
        self.server = AsteriskServer()
        self.addCleanup(self.server.close)
        self.pbx.api_url = self.server.url
        self.count = 0

    def _hear(self, event, call_ref="1.1", **values):
        """Have the bridge tell an event of now."""
        self.count += 1
        now = fields.Datetime.now().isoformat() + "Z"
        found = {"id": f"{call_ref}:{self.count}", "event": event, "call_ref": call_ref}
        found |= {"occurred_at": now, **values}
        body = json.dumps(found).encode()
        notification = pbx_adapter.get("asterisk").read(pbx_adapter.Request(body=body))
        pbx = self.pbx._for_events()
        return pbx.env["telephony.pbx.event"]._receive(pbx, notification)

    def _rings(self, call_ref="1.1", extension="100"):
        """Have a customer's call ring an extension."""
        told = {"call_ref": call_ref, "direction": "inbound"}
        self._hear("started", number=CUSTOMER, did=DID, **told)
        self._hear(
            "ringing",
            call_ref,
            extension=extension,
            leg_ref=f"{call_ref}{extension}",
            leg_kind="agent",
        )
        return self._call(call_ref)

    def _talks(self, call_ref="1.1", extension="100"):
        """Have an extension talk with a customer."""
        self._rings(call_ref, extension)
        self._hear(
            "answered",
            call_ref,
            extension=extension,
            leg_ref=f"{call_ref}{extension}",
            leg_kind="agent",
        )
        return self._call(call_ref)

    def _control(self, call, action, target="", user=None):
        user = user or self.agent
        Call = self.env["telephony.call"].with_user(user)
        return Call.control_call(call.id, action, target)

    def _asked(self, name):
        """Return what the PBX was told with each request of a name."""
        return [told for asked, told in self.server.asked if asked == name]


__all__ = ["CUSTOMER", "DID", "SECRET", "AsteriskCase", "AsteriskServer"]
