import socket
import threading
import time
from unittest.mock import patch

import requests

from odoo.tests import tagged
from odoo.tools import config

from odoo.addons.telephony_crm.tools import fetch as fetching

from ..models import telephony_pbx_request
from ..pbx import adapter as pbx_adapter
from ..tools.job_time import time_for_a_sound
from .recording_common import RecordingCase, wav

LIMIT = 100_000


class Listener:
    """A service on this machine that must hear nothing; notes all that it hears."""

    def __init__(self, host="127.0.0.1"):
        self.heard = b""
        self.called = threading.Event()
        self.socket = socket.create_server((host, 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self):
        while True:
            try:
                connection, _address = self.socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                self.heard += connection.recv(4096)
            self.called.set()

    def close(self):
        self.socket.close()


@tagged("post_install", "-at_install")
class TestRecordingFetch(RecordingCase):
    """Whoever names the address of a sound cannot have us ask what we should not."""

    def setUp(self):
        super().setUp()
        self.inner = Listener()
        self.addCleanup(self.inner.close)

    def _get(self, path, limit=LIMIT, headers=None):
        url = path if "://" in path else self.server.url + path
        request = pbx_adapter.HttpRequest("GET", url, headers=headers or {})
        return self.pbx._fetch(request, limit, self.server.url)

    def _page(self, path, body=b"", status=200, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.server.pages[path] = status, named, body

    def assertRefused(self, path, code, **kwargs):
        with self.assertRaises(pbx_adapter.PbxError) as caught:
            self._get(path, **kwargs)
        self.assertEqual(caught.exception.code, code)

    # -- what is taken ---------------------------------------------------------------

    def test_a_sound_is_taken_whatever_it_is_called(self):
        self._page("/x", wav(), Content_Type="text/html")
        with self._get("/x").file as file:
            file.seek(0)
            self.assertEqual(file.read(), wav())

    def test_a_sound_that_is_moved_is_followed(self):
        self._page("/1", status=302, Location="/2")
        self._page("/2", status=307, Location=f"{self.server.url}/3")
        self._page("/3", status=301, Location="/x")
        self._page("/x", wav())
        self._get("/1").file.close()
        self.assertEqual(self.server.paths, ["/1", "/2", "/3", "/x"])

    def test_it_is_not_followed_for_ever(self):
        self._page("/1", status=302, Location="/1")
        self.assertRefused("/1", "missing")
        self.assertEqual(len(self.server.asked), 4)

    def test_what_is_no_sound_is_not_taken(self):
        for name, body in {
            "page": b"<html>" + bytes(100),
            "json": b'{"status": "error"}',
            "empty": b"",
            "short": b"RIFF",
            "program": b"\x7fELF" + bytes(100),
        }.items():
            with self.subTest(name):
                self._page("/x", body, Content_Type="audio/wav")
                self.assertRefused("/x", "missing")

    def test_what_is_missing_is_missing(self):
        for status in (204, 401, 403, 404, 410):
            self._page("/x", wav(), status=status)
            self.assertRefused("/x", "missing")

    def test_a_server_that_fails_is_unreachable(self):
        self._page("/x", wav(), status=503)
        self.assertRefused("/x", "unreachable")

    def test_no_more_is_read_than_allowed_whatever_length_is_told(self):
        self._page("/x", wav(seconds=30))
        self.assertRefused("/x", "large")

    def test_half_a_sound_is_none(self):
        self._page("/x", wav(), Content_Length="999999")
        self.assertRefused("/x", "unreachable")

    # -- whom we ask -----------------------------------------------------------------

    def test_only_the_pbx_itself_may_be_on_our_network(self):
        for host in ("localhost", "127.0.0.1"):
            self.assertRefused(f"https://{host}:{self.inner.port}/x", "address")
        self.assertFalse(self.inner.called.wait(1) and self.inner.heard)

    def test_nothing_is_asked_for_without_encryption_but_by_the_pbx_itself(self):
        self.assertRefused(f"http://127.0.0.1:{self.inner.port}/x", "address")
        self.assertRefused("http://recordings.example.com/x", "address")
        self.assertRefused("file:///etc/passwd", "address")
        self.assertFalse(self.inner.called.is_set())

    def test_a_redirect_leads_to_nobody_else_on_our_network(self):
        for target in (
            f"https://localhost:{self.inner.port}/x",
            f"http://127.0.0.1:{self.inner.port}/x",
            f"//127.0.0.1:{self.inner.port}/x",
            f"https://127.0.0.1:{self.inner.port}\\@{self.server.url[7:]}/x",
            f"http://127.0.0.1:{self.inner.port}\\@{self.server.url[7:]}/x",
            "file:///etc/passwd",
        ):
            with self.subTest(target):
                self._page("/x", status=302, Location=target)
                self.assertRefused("/x", "address")
                self.assertFalse(self.inner.heard)

    def test_a_crooked_address_is_no_crash(self):
        for target in (
            "https://",
            "http://[::1",
            "https://a..b/",
            "\x00",
            "https://:1",
        ):
            with self.subTest(target), self.assertRaises(pbx_adapter.PbxError):
                self._get(target if "://" in target else f"{self.server.url}:{target}")

    def test_a_stranger_is_told_no_key(self):
        asked = pbx_adapter.HttpRequest(
            "GET", f"{self.server.url}/x", headers={"Authorization": "key:word"}
        )
        own = f"{self.server.url}/"
        for url, told in (
            (f"{self.server.url}/y", True),
            ("https://files.example.com/y", False),
            (f"https://files.example.com\\@{self.server.url[7:]}/y", False),
        ):
            prepared = requests.Request("GET", url).prepare()
            fetching._dress(prepared, asked, own)
            self.assertEqual("Authorization" in prepared.headers, told, url)

    def test_a_sound_that_comes_too_slowly_is_given_up(self):
        self._page("/x", wav())
        with patch.object(telephony_pbx_request, "time_for_a_sound", return_value=-1):
            self.assertRefused("/x", "slow")

    def test_a_sound_may_take_as_long_as_it_goes_on_coming(self):
        """No part of it is late, and the whole is later than any part may be."""
        pieces = [wav(seconds=12)[at : at + 20_000] for at in range(0, 100_000, 20_000)]

        def slowly(writing):
            for piece in pieces:
                writing(piece)
                time.sleep(0.15)

        self.server.slowly["/x"] = slowly
        with patch.object(fetching, "PAUSE", 0.5):
            self._get("/x").file.close()

    def test_a_sound_that_goes_on_no_more_is_given_up(self):
        def stops(writing):
            writing(wav()[:20])
            time.sleep(1)

        self.server.slowly["/x"] = stops
        with patch.object(fetching, "PAUSE", 0.2):
            self.assertRefused("/x", "slow")

    def test_a_sound_has_no_more_time_than_the_job(self):
        for seconds, expected in ((-1, 90), (120, 90), (0, 600), (20, 10), (900, 600)):
            limits = {"limit_time_real": 120, "limit_time_real_cron": seconds}
            with (
                self.subTest(seconds),
                patch.dict(config._runtime_options, workers=2, **limits),
            ):
                self.assertEqual(time_for_a_sound(), expected)

    def test_the_key_goes_to_the_pbx_only(self):
        self._page("/x", wav())
        self._get("/x", headers={"Authorization": "key:word"}).file.close()
        [(_path, headers)] = self.server.asked
        self.assertEqual(headers["Authorization"], "key:word")
        self.server.asked.clear()
        request = pbx_adapter.HttpRequest(
            "GET", f"{self.server.url}/x", headers={"Authorization": "key:word"}
        )
        with self.assertRaises(pbx_adapter.PbxError):
            self.pbx._fetch(request, LIMIT, "https://api.example.com")
        self.assertFalse(self.server.asked)


@tagged("post_install", "-at_install")
class TestRecordingGeneric(RecordingCase):
    """A PBX that only speaks has its recordings where an administrator says."""

    def setUp(self):
        super().setUp()
        self.other = self.env["telephony.pbx"].create(
            {
                "name": "Signed",
                "adapter": "generic",
                "company_id": self.company.id,
                "api_secret": "x" * 32,
            }
        )
        self.call = self.env["telephony.call"].create(
            {
                "pbx_id": self.other.id,
                "company_id": self.company.id,
                "call_ref": "17",
                "direction": "inbound",
                "state": "ended",
                "start_date": self._ago(minutes=1),
            }
        )

    def _set(self, key, name="value", **values):
        setting = self.other.setting_ids.filtered(lambda line: line.key == key)
        setting.write({name: values["to"]})

    def test_the_token_is_sent_to_that_place(self):
        self._set("recording_url", to=f"{self.server.url}/recordings/{{ref}}")
        self._set("recording_token", name="secret_value", to="secret-token")
        self.server.pages["/recordings/a%2Fb"] = 200, {}, wav()
        self.call._sync_recordings(("a/b",))
        self._fetch()
        self.assertEqual(self.call.recording_ids.state, "stored")
        [(path, headers)] = self.server.asked
        self.assertEqual(path, "/recordings/a%2Fb")
        self.assertEqual(headers["Authorization"], "Bearer secret-token")

    def test_an_address_that_an_event_names_is_asked_only_on_the_internet(self):
        self.call._sync_recordings((f"{self.server.url}/x.wav",))
        self._fetch()
        self.assertEqual(self.call.recording_ids.error, "address")
        self.assertFalse(self.server.asked)

    def test_without_a_place_it_is_said(self):
        self.call._sync_recordings(("a/b",))
        self._fetch()
        self.assertEqual(self.call.recording_ids.error, "nowhere")
