"""A PBX whose events come from a bridge, and the bridge's side of the talk."""

import base64
import hashlib
import hmac
import json
import time
from unittest.mock import patch

from ..models import telephony_pbx_command
from .common import SECRET, TelephonyCase

STATUS = {
    "version": "1.0",
    "asterisk": "Asterisk 22.10.0",
    "connected_since": 1_790_000_000,
    "last_event": 1_790_000_000,
    "outbox": 0,
    "oldest": 0,
    "refused": 0,
    "refusal": "",
    "dropped": 0,
    "clock_offset": 0.1,
    "problems": [],
}


class BridgeCase(TelephonyCase):
    """A PBX with a bridge that speaks when it is told to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pbx.write({"adapter": "asterisk", "api_key": False})
        cls.administrator = cls._user("admin_one", "telephony_administrator")
        cls.commands = cls.env["telephony.pbx.command"]
        cls.bridges = cls.env["telephony.pbx.bridge"]
        cls.turn = 0

    def _note(self, instance="pbx1:a", active=True, is_held=True, **status):
        """Have a bridge tell how it is, without the way through the web server."""
        self.__class__.turn += 1
        self.assertTrue(
            self.bridges._note(
                self.pbx, instance, self.turn, active, {**STATUS, **status}, is_held
            )
        )

    def _meanwhile(self, *acts):
        """Have the bridge act while Odoo waits: one act each time that it looks."""
        waiting = list(acts)

        def pause(_seconds):
            if waiting:
                waiting.pop(0)()

        patcher = patch.object(telephony_pbx_command, "pause", pause)
        patcher.start()
        self.addCleanup(patcher.stop)

    def _hurry(self, **limits):
        """Let time limits be short, by their name."""
        for name, value in limits.items():
            patcher = patch.object(telephony_pbx_command, name, value)
            patcher.start()
            self.addCleanup(patcher.stop)

    def _signed(self, body, secret=SECRET, sent=None):
        """Return the headers that prove a body."""
        sent = str(int(sent or time.time()))
        signed = f"{sent}.0123456789.".encode() + body
        digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        return {
            "X-Telephony-Time": sent,
            "X-Telephony-Nonce": "0123456789",
            "X-Telephony-Signature": digest,
        }

    def _told(self, **values):
        self.__class__.turn += 1
        return {
            "instance": "pbx1:a",
            "turn": self.turn,
            "active": True,
            "status": STATUS,
            "answers": [],
            **values,
        }


class Clock:
    """A clock in which each look at it takes four seconds."""

    now = 0

    def __call__(self):
        self.now += 4
        return self.now


def answered(id_, body=b"", status=200, **headers):
    """Return an answer as a bridge posts it."""
    return {
        "id": id_,
        "status": status,
        "headers": headers,
        "body": base64.b64encode(body).decode(),
    }


def as_json(value):
    """Return the bytes of a value in JSON."""
    return json.dumps(value).encode()
