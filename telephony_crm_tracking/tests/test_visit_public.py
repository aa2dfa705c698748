from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import BROWSER, HOST, POOL, STATIC, TrackingHttpCase

PAGE = {"k": "", "u": "/", "h": HOST, "n": [STATIC]}
NOTHING = {"k": "", "n": {}, "beat": 0}


@tagged("post_install", "-at_install")
class TestVisitPublic(TrackingHttpCase):
    """The address that pages talk to, as a stranger finds it."""

    def _count(self):
        return self.env["telephony.tracking.visit"].sudo().search_count([])

    def test_a_page_is_answered_without_a_cookie_for_any_origin_to_read(self):
        response = self._post(PAGE)
        self.assertEqual(response.status_code, 200)
        self.assertIn(response.json()["n"][STATIC]["e164"], POOL)
        self.assertEqual(response.headers["Access-Control-Allow-Origin"], "*")
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertIn("text/plain", response.headers["Content-Type"])
        self.assertNotIn("Set-Cookie", response.headers)
        self.assertEqual(self._count(), 1)

    def test_what_is_wrong_is_answered_so_that_the_page_may_read_it(self):
        """A raised error would have no CORS header."""
        self.site.visits_per_network = 0
        for message, token, status in (
            (PAGE, "wrong", 404),
            (b"\xff\0{", None, 400),
            (b"[" * 4000, None, 400),
            (b"{}" + b" " * 8192, None, 413),
            ({"k": "' OR 1=1 --"}, None, 400),
            ({"b": 1}, None, 400),
            (PAGE, None, 429),
        ):
            with self.subTest(status=status, message=message):
                response = self._post(message, token)
                self.assertEqual(response.status_code, status)
                self.assertEqual(response.headers["Access-Control-Allow-Origin"], "*")
                self.assertEqual(list(response.json()), ["error"])
                self.assertNotIn("Set-Cookie", response.headers)
        self.assertFalse(self._count())

    @mute_logger("odoo.http")
    def test_much_more_than_a_message_is_not_read_at_all(self):
        self.assertEqual(self._post(b" " * 100_000).status_code, 413)

    def test_a_browser_that_asks_beforehand_is_let_in(self):
        response = self.url_open(
            f"/telephony/tracking/{self.site.token}/visit", method="OPTIONS"
        )
        self.assertEqual(response.status_code, 204)
        self.assertEqual(response.headers["Access-Control-Allow-Origin"], "*")

    def test_a_page_elsewhere_is_told_nothing_and_counted(self):
        for origin in (
            "https://evil.example",
            f"https://{HOST}.evil.example",
            f"https://evil{HOST}",
            "null",
            "",
            "https://[",
        ):
            with self.subTest(origin=origin):
                self.assertEqual(self._post(PAGE, origin=origin).json(), NOTHING)
        self.assertFalse(self._count())
        counted = self.env["telephony.tracking.quota"].search([])
        self.assertEqual(set(counted.mapped("kind")), {"foreign"})
        self.assertEqual(
            set(counted.mapped("name")),
            {"evil.example", f"{HOST}.evil.example", f"evil{HOST}", "–"},
        )
        self.assertTrue(self._post(PAGE, origin=f"https://www.{HOST}").json()["n"])

    def test_the_hosts_of_others_are_told_apart_up_to_a_limit(self):
        for number in range(22):
            self._post(PAGE, origin=f"https://evil{number}.example")
        counted = self.env["telephony.tracking.quota"].search([], order="in_day desc")
        self.assertEqual(len(counted), 21)
        self.assertEqual((counted[0].name, counted[0].in_day), ("…", 2))

    def test_a_bot_makes_no_visit(self):
        bot = {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}
        self.assertEqual(self._post(PAGE, **bot).json(), NOTHING)
        self.assertFalse(self._count())

    def test_only_a_keyed_hash_of_the_network_is_kept(self):
        self._post(PAGE)
        counted = self.env["telephony.tracking.quota"].search(
            [("kind", "=", "network")]
        )
        self.assertRegex(counted.name, r"^[0-9a-f]{32}$")
        quota = self.env["telephony.tracking.quota"]
        network = quota._network("203.0.113.7")
        self.assertEqual(network, quota._network("::ffff:203.0.113.200"))
        self.assertNotEqual(network, quota._network("203.0.114.7"))
        self.assertEqual(
            quota._network("2001:db8:1::1"), quota._network("2001:db8:1:2::")
        )
        self.assertEqual(quota._network("unknown"), "")

    def test_nothing_of_a_message_can_harm(self):
        """Markup, quotes, half characters and what is too long is kept as text."""
        script = '"><script>alert(1)</script>'
        response = self._post(
            {
                **PAGE,
                "u": f"/{script}" + "x" * 4000,
                "q": {"utm_source": f"{script}'; DROP TABLE res_users;--\0\ud800"},
            }
        )
        self.assertEqual(response.status_code, 200)
        visit = self._visit(response.json())
        self.assertTrue(visit.landing.startswith(f"/{script}"[:10]))
        self.assertLessEqual(len(visit.landing), 500)
        self.assertIn("<script>", visit.utm_source)
        self.assertNotIn("\0", visit.utm_source)

    def test_a_key_opens_nothing_of_another_site(self):
        other = self.site.copy({"name": "Other"})
        told = self._post(PAGE).json()
        beat = {"k": told["k"], "b": 1, "c": {"a": "denied"}}
        self.assertEqual(self._post(beat, other.token).json(), NOTHING)
        self.assertTrue(self._visit(told))

    def test_a_conflict_at_this_very_moment_shows_the_static_number(self):
        visits = type(self.env["telephony.tracking.visit"])
        with patch.object(visits, "_receive", side_effect=IntegrityError):
            response = self._post(PAGE)
        self.assertEqual((response.status_code, response.json()), (200, NOTHING))

    def test_an_archived_site_and_an_old_token_are_no_site(self):
        token = self.site.token
        self.site.action_renew_token()
        self.assertEqual(self._post(PAGE, token).status_code, 404)
        self.site.active = False
        self.assertEqual(self._post(PAGE).status_code, 404)

    def test_a_page_in_a_browser_without_agent_is_a_visit_too(self):
        self.assertTrue(self._post(PAGE, **{"User-Agent": BROWSER[:11]}).json()["k"])
