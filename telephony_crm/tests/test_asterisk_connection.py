"""The test button of a PBX that is asked itself: what is wrong, and what to change."""

import datetime
import ipaddress
import socket
import ssl
import tempfile
from unittest.mock import patch

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from urllib3.exceptions import MaxRetryError, NewConnectionError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..pbx import adapter as pbx_adapter
from ..pbx import addresses
from ..tools.unreachable import why_unreachable
from .asterisk_common import AsteriskCase, AsteriskServer

INFO = "GET /ari/asterisk/info"


def self_signed():
    """Return a TLS context with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "pbx")])
    now = datetime.datetime.now(datetime.timezone.utc)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        file.flush()
        context.load_cert_chain(file.name)
    return context


@tagged("post_install", "-at_install")
class TestAsteriskConnection(AsteriskCase):
    def setUp(self):
        super().setUp()
        self.server.ari[INFO] = (200, {"system": {"version": "22.10.0"}})
        self.administrator = self._user("admin_one", "telephony_administrator")
        listed = ("redirect", "setvar", "blindtransfer", "atxfer", "bridge", "playdtmf")
        self.server.fields["ListCommands"] = dict.fromkeys((*listed, "mixmonitor"), "x")

    def _test(self):
        params = self.pbx.with_user(self.administrator).action_test()["params"]
        return params["type"], params["message"]

    def _says(self, *words):
        kind, message = self._test()
        self.assertEqual(kind, "danger")
        for part in words:
            self.assertIn(part, message)

    def test_all_is_well(self):
        self.assertEqual(self._test()[0], "success")

    def test_a_wrong_host_and_a_wrong_port_are_named(self):
        nobody = pbx_adapter.Unreachable(why="name")
        words = self.pbx._why_unreachable(nobody, "https://pbx.example:8089")
        self.assertIn("no machine called pbx.example", words)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.pbx.api_url = f"http://127.0.0.1:{port}"
        self._says("Nobody listens", str(port))

    def test_a_certificate_that_nobody_vouches_for_is_named(self):
        secure = AsteriskServer(self_signed())
        self.addCleanup(secure.close)
        self.pbx.api_url = secure.url
        self._says("certificate is not trusted")

    def test_encryption_where_there_is_none_is_named_and_the_other_way_round(self):
        self.pbx.api_url = self.server.url.replace("http:", "https:")
        self._says("does not speak TLS")
        secure = AsteriskServer(self_signed())
        self.addCleanup(secure.close)
        self.pbx.api_url = secure.url.replace("https:", "http:")
        self._says("hangs up at once")

    def test_a_wrong_password_is_named_for_each_of_the_two_users(self):
        self.server.ari[INFO] = (401, {"message": "Authentication required"})
        self.server.ami["login"] = "Authentication failed"
        self._says("ARI refuses the user “odoo”", "AMI refuses the user “odoo”")

    def test_missing_rights_are_named(self):
        self.server.ari["POST /ari/asterisk/variable"] = (403, {"message": "no"})
        self.server.fields["ListCommands"] = {"redirect": "x"}
        self._says("read_only=no", "add call, system to its line write=")

    def test_a_version_too_old_is_named(self):
        self.server.ari[INFO] = (200, {"system": {"version": "16.3.0"}})
        self._says("Asterisk 16.3.0 is too old")

    def test_what_is_no_asterisk_is_named(self):
        self.server.ari[INFO] = (200, b"<html>A router</html>")
        self._says("no Asterisk")

    def test_without_encryption_only_our_own_network_is_spoken_to(self):
        for url in ("http://192.168.1.10:8088", "http://pbx.local:8088"):
            self.pbx.api_url = url
            self.assertTrue(self.pbx.api_is_open)
        for url in ("http://pbx.example:8088", "http://203.0.113.5"):
            with self.assertRaisesRegex(ValidationError, "in your own network"):
                self.pbx.api_url = url
        self.pbx.api_url = "https://pbx.example:8089"
        self.assertFalse(self.pbx.api_is_open)

    def test_a_name_that_leads_elsewhere_is_told_nothing_and_that_is_said(self):
        """As if this machine lay on the internet, which a test must not ask."""
        with patch.object(addresses, "LOCAL", ()):
            self._says("does not lie in your own network. Nothing was sent")
        self.assertFalse(self.server.asked)

    def test_only_an_administrator_may(self):
        with self.assertRaises(AccessError):
            self.pbx.with_user(self.agent).action_test()

    def test_no_password_is_told(self):
        self.server.ari[INFO] = (401, {"message": "p q odoo"})
        self._set(ari_password="hush-hush", ami_password="hush-hush")
        self.assertNotIn("hush-hush", self._test()[1])

    def test_extensions_are_proposed_from_the_endpoints(self):
        names = ("100", "105", "trunk-london")
        self.server.ari["GET /ari/endpoints"] = (
            200,
            [{"technology": "PJSIP", "resource": name} for name in names],
        )
        pbx = self.pbx.with_user(self.administrator)
        self.assertTrue(pbx.can_set_up)
        action = pbx.action_set_up()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.extension_ids.mapped("number"), ["100", "105"])
        wizard.with_user(self.administrator).action_apply()
        self.assertIn("105", self.pbx.extension_ids.mapped("number"))

    def test_a_name_that_nobody_knows_is_told_from_a_port(self):
        """Tests may not ask for names, so what `requests` makes of it is made here."""
        for cause, why in (
            (socket.gaierror(-2, "Name or service not known"), "name"),
            (ConnectionRefusedError(111, "Connection refused"), "port"),
        ):
            reason = NewConnectionError(None, "Failed to establish a new connection")
            reason.__cause__ = cause
            error = requests.ConnectionError(MaxRetryError(None, "/", reason))
            self.assertEqual(why_unreachable(error), why)
