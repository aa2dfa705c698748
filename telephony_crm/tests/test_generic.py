import hashlib
import hmac
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import CUSTOMER, DID, SECRET, TelephonyCase

CONTROLLER = "odoo.addons.telephony_crm.controllers.webhook"
SAMPLES = Path(__file__).parent.parent / "samples"
SENDERS = ["send_event.py"]
if shutil.which("curl") and shutil.which("openssl"):
    SENDERS.append("send_event.sh")


@tagged("post_install", "-at_install")
class TestGeneric(TelephonyCase, HttpCase):
    """A PBX that posts our own event format."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pbx.write({"adapter": "generic", "api_key": False})
        cls.env["res.partner"].create({"name": "Олена Шевченко", "phone": CUSTOMER})

    def _event(self, event, ago=0, **values):
        at = datetime.now(timezone.utc) - timedelta(seconds=ago)
        return {
            "id": f"7-{event}-{values.get('leg_ref', '')}",
            "event": event,
            "call_ref": "7",
            "occurred_at": at.isoformat(timespec="milliseconds"),
            "direction": "inbound",
            **values,
        }

    def _started(self, **values):
        return self._event("started", number=CUSTOMER, did=DID, **values)

    def _post_event(self, event, secret=SECRET, sent=None, nonce=None):
        body = json.dumps(event).encode()
        sent = str(int(sent or time.time()))
        nonce = nonce or secrets.token_hex(8)
        signed = f"{sent}.{nonce}.".encode() + body
        return self.url_open(
            f"/telephony/webhook/{self.pbx.webhook_token}",
            data=body,
            headers={
                "Content-Type": "application/json",
                "X-Telephony-Time": sent,
                "X-Telephony-Nonce": nonce,
                "X-Telephony-Signature": hmac.new(
                    secret.encode(), signed, hashlib.sha256
                ).hexdigest(),
            },
        )

    def _sample(self, name, event, secret=SECRET):
        """Run a sample sender against this Odoo; return what it printed."""
        address = f"{self.base_url()}/telephony/webhook/{self.pbx.webhook_token}"
        program = ["sh"] if name.endswith(".sh") else [sys.executable]
        # The web server answers in a thread of this process, which may not wait.
        with self.allow_requests(all_requests=True):
            return subprocess.run(
                [*program, str(SAMPLES / name), "-"],
                input=json.dumps(event),
                capture_output=True,
                text=True,
                timeout=30,
                check=False,
                env={
                    **os.environ,
                    "TELEPHONY_URL": address,
                    "TELEPHONY_SECRET": secret,
                },
            )

    def test_samples_log_a_call_and_print_the_answer(self):
        for name in SENDERS:
            done = self._sample(name, self._started(id=name, call_ref=name))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(json.loads(done.stdout)["name"], "Олена Шевченко")
            call = self._call(name)
            self.assertEqual((call.state, call.number_e164), ("ringing", CUSTOMER))
            self.assertEqual(call.did_id, self.did)

    @mute_logger(CONTROLLER)
    def test_samples_say_when_the_secret_is_wrong(self):
        for name in SENDERS:
            done = self._sample(name, self._started(), secret="wrong")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("403", done.stderr)
        self.assertFalse(self._call("7"))

    def test_a_call_with_its_legs_is_logged_as_it_was(self):
        leg, other = (
            {"leg_ref": ref, "leg_kind": "agent", "extension": extension}
            for ref, extension in (("a", "100"), ("b", "101"))
        )
        for event in (
            self._started(ago=60),
            self._event("ringing", 58, **leg),
            self._event("left", 40, **leg),
            self._event("ringing", 40, **other),
            self._event("answered", 35, **other),
            self._event("left", 5, **other, talk_seconds=30, hold_seconds=4),
            self._event("ended", 5, disposition="answered", talk_seconds=30),
        ):
            response = self._post_event(event)
            self.assertEqual(response.status_code, 200, response.text)
        call = self._call("7")
        self.assertEqual((call.state, call.disposition), ("ended", "answered"))
        self.assertEqual((call.talk_seconds, call.wait_seconds), (30, 25))
        self.assertEqual(call.user_id, self.colleague)
        legs = {leg.leg_ref: leg for leg in call.leg_ids}
        self.assertEqual(legs["a"].disposition, "missed")
        self.assertEqual(legs["b"].hold_seconds, 4)
        self.assertEqual(legs["a"].user_id, self.agent)

    def test_the_same_event_in_another_request_adds_nothing(self):
        event = self._started()
        for _attempt in range(3):
            answer = self._post_event(event).json()
            self.assertEqual(answer["name"], "Олена Шевченко")
        self.assertEqual(self._call("7").version, 1)

    def test_a_request_that_was_caught_and_is_sent_again_learns_nothing(self):
        event = self._started()
        for nonce in ("first-one", "second-one"):
            self.assertIn("name", self._post_event(event, nonce=nonce).json())
        for nonce in ("first-one", "second-one"):
            answer = self._post_event(event, nonce=nonce)
            self.assertEqual(answer.json(), {"action": "continue"})
        self.assertEqual(self._call("7").version, 1)

    def test_a_blocked_caller_is_to_be_refused(self):
        self.env["telephony.blocked.number"].create(
            {"number": CUSTOMER, "company_id": self.company.id}
        )
        self.assertEqual(self._post_event(self._started()).json()["action"], "reject")

    @mute_logger(CONTROLLER)
    def test_a_stale_request_is_refused_and_shown(self):
        response = self._post_event(self._started(), sent=time.time() - 600)
        self.assertEqual(response.status_code, 403)
        self.assertFalse(self._call("7"))

    def test_an_event_that_was_kept_long_is_logged_without_alarm(self):
        self.assertEqual(self._post_event(self._started(ago=7200)).status_code, 200)
        call = self._call("7")
        self.assertLess(call.start_date, datetime.now() - timedelta(hours=1))

    @mute_logger(CONTROLLER)
    def test_a_wrong_event_is_answered_with_what_is_wrong(self):
        response = self._post_event({**self._started(), "talkseconds": 3})
        self.assertEqual(response.status_code, 400)
        self.assertEqual(response.text, "There is no field 'talkseconds'.")
        self.assertTrue(response.headers["Content-Type"].startswith("text/plain"))

    def test_no_key_is_asked_for(self):
        self.assertFalse(self.pbx.uses_key)
        self.assertTrue(self.pbx.has_credentials)
        self.pbx.api_secret = False
        shown = self.pbx.action_test()["params"]
        self.assertEqual(shown["type"], "info")
