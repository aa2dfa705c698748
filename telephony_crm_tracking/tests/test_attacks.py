from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import config

from .common import HOST, POOL, STATIC, TrackingCase, TrackingHttpCase

PAGE = {"k": "", "u": "/", "h": HOST, "n": [STATIC]}
TABLES = (
    "telephony.tracking.visit",
    "telephony.tracking.visit.page",
    "telephony.tracking.lease",
    "telephony.tracking.quota",
)


class AttackMixin:
    def _rows(self):
        """Return how many rows there are that a stranger can make."""
        self.env.flush_all()
        return [self.env[name].sudo().search_count([]) for name in TABLES]


@tagged("post_install", "-at_install")
class TestAttacksOnVisits(AttackMixin, TrackingCase):
    """Strangers who say to be pages of ours: an origin is easily forged."""

    def setUp(self):
        super().setUp()
        # The first second of the next minute, so that all happens within one.
        self.now = fields.Datetime.now().replace(second=0) + timedelta(minutes=1)

    def test_a_flood_from_one_network_fills_no_table_and_hurts_no_other(self):
        self.site.visits_per_network = 3
        for _page in range(3):
            self._page(network="mean", at=self.now)
        self._page(network="mean", at=self.now)  # told with the site's health
        before = self._rows()
        for _page in range(20):
            told = self._page(network="mean", at=self.now)
            self.assertEqual(told, {"error": "too many visits"})
        self.assertEqual(self._rows(), before)
        self.assertTrue(self._page(network="honest", at=self.now)["k"])

    def test_a_flood_from_everywhere_stops_at_the_limit_of_the_site(self):
        self.site.visits_per_minute = 5
        told = [self._page(network=str(one), at=self.now) for one in range(20)]
        self.assertEqual(len([one for one in told if one.get("k")]), 5)
        visits = self.env["telephony.tracking.visit"].sudo()
        self.assertEqual(visits.search_count([]), 5)
        later = self.now + timedelta(minutes=1)
        self.assertTrue(self._page(network="honest", at=later)["k"])

    def test_who_collects_numbers_sees_few_of_several_pools(self):
        self.site.numbers_per_network = 2
        other = self.env["telephony.did"].create(
            {"pbx_id": self.pbx.id, "number": "+442037691950"}
        )
        second = self.env["telephony.tracking.pool"].create(
            {"site_id": self.site.id, "stands_for_id": other.id}
        )
        self.env["telephony.did"].create(
            [
                {
                    "pbx_id": self.pbx.id,
                    "number": f"+44203769196{last}",
                    "pool_id": second.id,
                }
                for last in range(4)
            ]
        )
        seen = set()
        for hours in range(8):
            at = self.now + timedelta(minutes=40 * hours)
            if at.date() != self.now.date():
                at = self.now
            told = self._page(numbers=(STATIC, other.e164), network="a", at=at)
            seen |= {one["e164"] for one in told["n"].values()}
        self.assertEqual(len(seen), 2)

    def test_one_network_has_a_part_of_a_pool_and_the_others_have_the_rest(self):
        """However long its pages tell that they live."""
        self._more_numbers(18)
        told = [self._page(network="mean", at=self.now) for _page in range(10)]
        shown = set(filter(None, map(self._shown, told)))
        self.assertEqual(len(shown), 4)
        later = self.now + timedelta(minutes=9)
        for one in told:
            self._ask(k=one["k"], b=1, network="mean", at=later)
        later += timedelta(minutes=9)
        self.assertFalse(self._shown(self._page(network="mean", at=later)))
        self.assertTrue(self._shown(self._page(network="honest", at=later)))
        self.site.network_share = 100
        self.assertTrue(self._shown(self._page(network="mean", at=later)))
        freed = self._page(network="honest", at=later + timedelta(hours=1))
        self.assertTrue(self._shown(freed))
        self.env["telephony.tracking.slot"]._close_over(later + timedelta(hours=2))
        self.assertFalse(self.pool.sudo().slot_ids.filtered("network"))

    def test_who_gives_numbers_back_by_a_refusal_gets_no_others_for_it(self):
        self._more_numbers(8)
        for _page in range(2):
            told = self._page(network="mean", at=self.now)
            self._ask(k=told["k"], b=1, c={"a": "denied"}, network="mean", at=self.now)
        self.assertFalse(self._shown(self._page(network="mean", at=self.now)))

    def test_a_browser_that_keeps_nothing_takes_no_number_with_every_page(self):
        self._more_numbers(18)
        at = [self.now + timedelta(seconds=15 * page) for page in range(10)]
        shown = {self._shown(self._page(f"/{one}", at=one)) for one in at}
        self.assertEqual(len(shown - {None}), 4)

    def test_a_network_with_its_part_of_a_pool_is_told_of_and_makes_it_no_larger(self):
        self._more_numbers(8)
        for _page in range(4):
            self._page(network="office", at=fields.Datetime.now())
        site = self.site.with_user(self.administrator)
        findings = {one["code"]: one for one in site.health_findings}
        self.assertEqual(findings["limit_pool"]["level"], "info")
        self.assertIn("pool: 1.", findings["limit_pool"]["text"])
        self.assertIn("20 %", findings["limit_pool"]["text"])
        self.assertFalse(self.pool.refused_share)

    def test_a_pool_that_is_dry_for_everybody_is_so_for_a_network_with_its_part(self):
        """Else it would seem large enough just when it is not."""
        self._more_numbers(8)
        for network in ("office", "a", "b", "c", "d", "office"):
            for _page in range(2):
                told = self._page(network=network, at=fields.Datetime.now())
        self.assertFalse(self._shown(told))
        hours = self.env["telephony.tracking.pool.hour"].search([])
        self.assertEqual(sum(hours.mapped("refused")), 2)
        self.assertTrue(self.pool.refused_share)
        findings = self.site.with_user(self.administrator).health_findings
        codes = {one["code"] for one in findings}
        self.assertNotIn("limit_pool", codes)

    def test_by_default_who_collects_numbers_all_day_sees_few(self):
        """With other numbers each time, since those before are free again."""
        self._more_numbers(28)
        noon = self.now.replace(hour=0, minute=5)
        shown = set()
        for minutes in range(0, 23 * 60, 20):
            for _page in range(2):
                at = noon + timedelta(minutes=minutes)
                shown.add(self._shown(self._page(network="mean", at=at)))
        self.assertEqual(len(shown - {None}), 20)

    def test_a_page_that_says_it_shows_every_number_gets_those_of_its_pools(self):
        every = [STATIC, *POOL, *(f"+4420376998{last:02}" for last in range(17))]
        told = self._page(numbers=every, at=self.now)
        self.assertEqual(list(told["n"]), [STATIC])

    def test_guessed_keys_make_nothing_and_cost_one_statement(self):
        before = self._rows()
        for message in ({"b": 1}, {"t": STATIC}, {"e": 1}, {"v": 1, "u": "/"}):
            self._ask(k="guessed-key", at=self.now, **message)
        self.assertEqual(self._rows()[:3], before[:3])

    def test_a_visit_of_endless_pages_keeps_some(self):
        told = self._page(at=self.now)
        for page in range(60):
            self._ask(k=told["k"], v=1, u=f"/{page}", at=self.now)
        self.assertEqual(len(self._visit(told).page_ids), 50)

    def test_who_taps_the_numbers_of_others_has_not_made_their_calls(self):
        now = fields.Datetime.now()
        honest, mean = (self._page(network=one, at=now) for one in ("a", "b"))
        number = self._shown(honest)
        self._ask(k=mean["k"], t=number, at=now)
        visit = self._visit(mean)
        self.assertFalse(visit.tapped)
        self.assertFalse(visit.tap_date)
        self.assertFalse(self._visit(honest).lease_ids.tap_date)

    def test_a_tap_on_a_number_that_was_taken_meanwhile_counts(self):
        told = self._page(at=self.now)
        number = self._shown(told)
        self.env["telephony.tracking.slot"].sudo().search([]).write(
            {"visit_id": False, "lease_id": False}
        )
        self._ask(k=told["k"], t=number, at=self.now)
        self.assertEqual(self._visit(told).tapped, number)


@tagged("post_install", "-at_install")
class TestAttacksOverTheWeb(AttackMixin, TrackingHttpCase):
    """What only the way through the web server shows."""

    def test_a_forged_address_makes_no_other_network(self):
        """Only a proxy that Odoo is told of says where somebody comes from."""
        self.site.visits_per_network = 2
        answers = [
            self._post(PAGE, **{"X-Forwarded-For": f"203.0.{one}.7"}).status_code
            for one in range(4)
        ]
        self.assertEqual(answers, [200, 200, 429, 429])
        networks = self.env["telephony.tracking.quota"].search(
            [("kind", "=", "network")]
        )
        self.assertEqual(len(networks), 1)

    def test_behind_a_second_proxy_networks_are_those_that_the_first_one_has_seen(self):
        """What a stranger says before the last address makes no other network."""
        self.site.visits_per_network = 2
        with patch.dict(config.options, {"proxy_mode": True}):
            told = [
                self._post(
                    PAGE,
                    **{
                        "X-Forwarded-Host": "odoo.example.com",
                        "X-Forwarded-For": f"203.0.113.{said}, {last}",
                    },
                ).status_code
                for last in ("198.51.100.7", "192.0.2.7")
                for said in range(3)
            ]
        self.assertEqual(told, [200, 200, 429] * 2)

    def test_pages_elsewhere_get_no_number_and_fill_no_table(self):
        """Others have put our line into their pages, or say so."""
        for one in range(30):
            self._post(PAGE, origin=f"https://elsewhere{one}.example")
        visits, pages, leases, counted = self._rows()
        self.assertEqual((visits, pages, leases), (0, 0, 0))
        self.assertLessEqual(counted, 21)

    def test_a_page_may_say_what_it_likes_of_its_host_and_the_origin_counts(self):
        told = self._post({**PAGE, "h": HOST}, origin="https://elsewhere.example")
        self.assertFalse(told.json()["n"])

    def test_no_cookie_and_no_session_is_ever_made(self):
        before = self._rows()
        for message in (b" ", b"[]", b"null", b'{"k": 1}', b"\0" * 100, b'{"n": {}}'):
            response = self._post(message)
            self.assertIn(response.status_code, (200, 400))
            self.assertNotIn("Set-Cookie", response.headers)
        self.assertEqual(self._rows()[1:3], before[1:3])
