from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.telephony_crm.tests.test_dial import PbxServer

from .common import STATIC, TrackingCase, TrackingHttpCase

PAGE = {"k": "", "u": "/", "h": "shop.example", "n": [STATIC]}


@tagged("post_install", "-at_install")
class TestSiteHealth(TrackingHttpCase):
    """A site says in words what is wrong, and what repairs it."""

    def setUp(self):
        super().setUp()
        self.form = self.site.with_user(self.administrator)

    def _findings(self):
        self.env.invalidate_all()
        return {one["code"]: one for one in self.form.health_findings}

    def test_visits_of_today_are_told_where_all_is_well(self):
        self._post(PAGE)
        self.env.invalidate_all()
        self.assertEqual(self.form.health_state, "ok")
        self.assertIn("1", self.form.health)

    def test_what_is_missing_is_said_with_what_to_do(self):
        self.assertIn("no_visit", self._findings())
        self.pooled.pool_id = False
        self.assertIn("no_pool", self._findings())

    def test_pages_elsewhere_are_named(self):
        self._post(PAGE, origin="https://evil.example")
        finding = self._findings()["foreign"]
        self.assertEqual(finding["level"], "info")
        self.assertIn("evil.example", finding["text"])


@tagged("post_install", "-at_install")
class TestSiteAddress(TrackingCase):
    """A site is asked for its script as a visitor's browser does, without cookies."""

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        """Override, since Odoo's expects one time limit, and ours are two."""
        return super()._request_handler(s, r, **{**kw, "timeout": max(kw["timeout"])})

    def setUp(self):
        super().setUp()
        self.form = self.site.with_user(self.administrator)
        self.server = PbxServer()
        self.addCleanup(self.server.close)
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("web.base.url", self.server.url)

    def _test(self, status=200, **headers):
        """Press the button while the address answers so; return what is shown."""
        self.server.status = status
        self.server.headers = {
            name.replace("_", "-"): headers[name] for name in headers
        }
        return self.form.action_test_address()["params"]

    def _codes(self):
        self.env.invalidate_all()
        return [one["code"] for one in self.form.health_findings]

    def test_an_address_that_needs_a_cookie_is_explained(self):
        shown = self._test(404)
        self.assertEqual((shown["type"], shown["sticky"]), ("danger", True))
        self.assertIn("dbfilter", shown["message"])
        self.assertIn("address", self._codes())
        [(path, asked)] = self.server.asked
        self.assertEqual(path, f"/telephony/tracking/{self.site.token}.js")
        self.assertNotIn("Cookie", asked)

    def test_an_address_that_is_wrong_is_explained(self):
        script = {"Content_Type": "text/javascript", "ETag": '"1"'}
        for status, headers, word in (
            (302, {"Location": "https://elsewhere.example"}, "elsewhere"),
            (200, {"Content_Type": "text/html"}, "Something else"),
            (502, script, "Something else"),
            (200, {**script, "Set_Cookie": "a=b"}, "cookie"),
        ):
            with self.subTest(word=word):
                self.assertIn(word, self._test(status, **headers)["message"])

    def test_an_address_where_nobody_is_is_explained(self):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("web.base.url", "http://127.0.0.1:9")
        self.assertIn("cannot be reached", self._test()["message"])

    def test_an_address_that_works_is_said_to(self):
        self._test(404)
        shown = self._test(Content_Type="text/javascript", ETag='"1"')
        self.assertEqual(shown["type"], "success")
        self.assertNotIn("address", self._codes())

    def test_minutes_in_which_a_limit_was_reached_are_told(self):
        self.site.visits_per_network = 0
        minute = fields.Datetime.now().replace(second=1)
        for later in (0, 0, 1):
            self._page(at=minute + timedelta(minutes=later))
        self.env.invalidate_all()
        [finding] = (
            one for one in self.form.health_findings if one["code"] == "limit_network"
        )
        self.assertEqual(finding["level"], "warning")
        self.assertIn(" than it may: 2.", finding["text"])
        self.assertNotIn("limit_site", self._codes())
        self.site.visits_per_minute = 0
        self._page()
        self.assertIn("limit_site", self._codes())

    def test_a_network_that_has_seen_many_numbers_is_told_of(self):
        self.site.numbers_per_network = 1
        self._page()
        self.assertIn("network", self._codes())

    def test_where_most_visitors_seem_to_be_one_it_is_told_of_servers_in_between(self):
        quota = self.env["telephony.tracking.quota"]
        now = fields.Datetime.now()
        for page in range(49):
            quota._count(self.site.id, "shop's server" if page < 26 else str(page), now)
        self.assertNotIn("one_network", self._codes(), "too few to tell")
        quota._count(self.site.id, "49", now)
        self.assertIn("one_network", self._codes())
        findings = {one["code"]: one for one in self.form.health_findings}
        self.assertIn("52 %", findings["one_network"]["text"])
        self.assertIn("set_real_ip_from", findings["one_network"]["text"])
        for page in range(5):
            quota._count(self.site.id, f"more {page}", now)
        self.assertNotIn("one_network", self._codes())

    def test_only_administrators_ask(self):
        with self.assertRaises(AccessError):
            self.site.with_user(self.supervisor).action_test_address()
