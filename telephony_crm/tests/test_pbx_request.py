import gzip
import socket
from unittest.mock import patch

from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from odoo import api
from odoo.modules import module
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import telephony_pbx_request
from ..pbx import adapter as pbx_adapter
from .test_dial import DialCase, PbxServer

LOGGER = "odoo.addons.telephony_crm.models.telephony_pbx_request"
ANSWER = b'{"status": "success"}'


@tagged("post_install", "-at_install")
class TestPbxRequest(DialCase):
    """A PBX that answers slowly, endlessly or elsewhere holds nobody up."""

    def setUp(self):
        super().setUp()
        self.administrator = self._user("admin_one", "telephony_administrator")

    def _ask(self):
        return self.pbx._send(
            pbx_adapter.HttpRequest("GET", f"{self.server.url}/x", timeout=(5, 5))
        )

    def _limit(self, name, value):
        patcher = patch.object(telephony_pbx_request, name, value)
        patcher.start()
        self.addCleanup(patcher.stop)

    def test_a_whole_answer_arrives_however_it_is_sliced(self):
        self.server.body, self.server.pause = ANSWER, 0.001
        answer = self._ask()
        self.assertEqual((answer.status, answer.body), (200, ANSWER))

    @mute_logger(LOGGER)
    def test_an_answer_byte_by_byte_has_its_end_at_the_time_limit(self):
        # No byte is late for the time limit of the socket; all of them would be.
        self._limit("DEADLINE", 0.2)
        self.server.body, self.server.pause = ANSWER + b" " * 100, 0.02
        with self.assertRaises(pbx_adapter.Unreachable):
            self._ask()
        self.assertLess(self.server.sent, len(self.server.body))

    @mute_logger(LOGGER)
    def test_headers_byte_by_byte_have_their_end_at_the_time_limit(self):
        self._limit("DEADLINE", 0.3)
        self.server.drip = 0.02
        with self.assertRaises(pbx_adapter.Unreachable) as caught:
            self._ask()
        self.assertNotIsInstance(caught.exception, pbx_adapter.NotConnected)
        self.assertLess(self.server.sent, 100)

    @mute_logger(LOGGER)
    def test_what_was_never_sent_is_told_from_what_was_not_answered(self):
        self.server.status = None
        with self.assertRaises(pbx_adapter.Unreachable) as caught:
            self._ask()
        self.assertNotIsInstance(caught.exception, pbx_adapter.NotConnected)
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        self.pbx.api_url = self.server.url = f"http://127.0.0.1:{port}"
        with self.assertRaises(pbx_adapter.NotConnected):
            self._ask()

    def test_no_transaction_is_open_while_the_pbx_is_asked(self):
        def check(pbx):
            pbx.env.cr.execute("SELECT 1")

        states = []
        request = pbx_adapter.HttpRequest("GET", f"{self.server.url}/x")
        with (
            self.registry.cursor() as cr,
            patch.object(module, "current_test", None),
            patch.object(type(self.pbx), "_check_switched_on", check),
        ):
            pbx = self.pbx.with_env(api.Environment(cr, self.env.uid, {}))
            self.server.during = lambda: states.append(cr._cnx.info.transaction_status)
            pbx._send(request)
            with self.assertRaises(pbx_adapter.PbxError):
                pbx._fetch(request, 1000, self.server.url)
        self.assertEqual(states, [TRANSACTION_STATUS_IDLE] * 2)

    @mute_logger(LOGGER)
    def test_who_tests_a_slow_pbx_is_told_that_it_does_not_answer(self):
        self._limit("DEADLINE", 0.2)
        self.server.body, self.server.pause = ANSWER + b" " * 100, 0.02
        shown = self.pbx.with_user(self.administrator).action_test()["params"]
        self.assertEqual(shown["type"], "danger")
        self.assertIn("does not answer", shown["message"])

    def test_an_answer_is_read_up_to_its_limit_and_no_further(self):
        self.assertEqual(telephony_pbx_request.MAX_ANSWER, 4 * 1024 * 1024)
        self._limit("MAX_ANSWER", 1000)
        self.server.body = ANSWER.ljust(1000)
        self.assertEqual(self._ask().body, self.server.body)
        self.server.body = ANSWER.ljust(1001)
        with self.assertRaisesRegex(pbx_adapter.PbxError, "too long"):
            self._ask()

    def test_what_is_packed_counts_unpacked(self):
        self._limit("MAX_ANSWER", 1000)
        self.server.body = gzip.compress(b" " * 100_000)
        self.server.headers = {"Content-Encoding": "gzip"}
        self.assertLess(len(self.server.body), 1000)
        with self.assertRaisesRegex(pbx_adapter.PbxError, "too long"):
            self._ask()

    def test_a_redirect_is_an_answer_and_is_not_followed(self):
        elsewhere = PbxServer()
        self.addCleanup(elsewhere.close)
        for status in (301, 302, 303, 307, 308):
            with self.subTest(status=status):
                self.server.status = status
                self.server.headers = {"Location": f"{elsewhere.url}/x"}
                self.assertEqual(self._ask().status, status)
                pbx = self.pbx.with_user(self.administrator)
                self.assertEqual(pbx.action_test()["params"]["type"], "danger")
        self.assertEqual(elsewhere.asked, [])
