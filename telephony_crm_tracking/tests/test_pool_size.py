from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import TrackingCase


@tagged("post_install", "-at_install")
class TestPoolSize(TrackingCase):
    """A pool says how many numbers it needs, and why."""

    def setUp(self):
        super().setUp()
        self.now = fields.Datetime.now()
        self.hours = self.env["telephony.tracking.pool.hour"].sudo()

    def _hour(self, ago, **values):
        start = (self.now - timedelta(hours=ago)).replace(minute=0, second=0)
        return self.hours.create({"pool_id": self.pool.id, "hour": start, **values})

    def test_the_size_follows_from_the_busiest_hour_by_erlang_b(self):
        """200 an hour for 20 minutes each need 82 numbers for one per cent refused."""
        self.pool.write({"hold_seconds": 600, "cooldown_seconds": 300})
        self._hour(30, taken=150, refused=50, seconds=150 * 300)
        self._hour(50, taken=10, seconds=10 * 300)
        self.assertEqual(self.pool.size_needed, 82)
        self.assertTrue(self.pool.is_too_small)
        for figure in (": 200. ", "20 minutes", "66.7", "needs 82", "With 2"):
            self.assertIn(figure, self.pool.reckoning)

    def test_without_visitors_a_rule_of_thumb_is_told(self):
        self.assertEqual((self.pool.size_needed, self.pool.is_too_small), (0, False))
        self.assertIn("30", self.pool.reckoning)

    def test_hours_of_long_ago_say_nothing(self):
        self._hour(24 * 15, taken=500, seconds=1)
        self.assertEqual(self.pool.size_needed, 0)

    def test_who_finds_no_number_is_counted_and_told(self):
        for _visitor in range(3):
            told = self._page(at=self.now)
        self.assertFalse(self._shown(told))
        self.hours._count(self.now)
        self.env.invalidate_all()
        hour = self.hours.search([])
        self.assertEqual((hour.taken, hour.refused), (2, 1))
        self.assertAlmostEqual(self.pool.refused_share, 1 / 3)
        site = self.site.with_user(self.administrator)
        self.assertEqual(site.health_state, "warning")
        dry = [one for one in site.health_findings if one["code"].startswith("dry")]
        self.assertIn("33 %", dry[0]["text"])
        self.assertIn(self.pool.reckoning, dry[0]["text"])

    def test_a_visitor_who_finds_none_counts_once_however_many_pages_are_opened(self):
        for network in ("a", "b"):
            self._page(network=network, at=self.now)
        told = self._page(network="c", at=self.now)
        for page in range(9):
            self._page(f"/{page}", network="c", k=told["k"], at=self.now)
        self.hours._count(self.now)
        self.env.invalidate_all()
        hour = self.hours.search([])
        self.assertEqual((hour.taken, hour.refused), (2, 1))
        self.assertAlmostEqual(self.pool.refused_share, 1 / 3)

    def test_who_had_a_number_and_finds_none_now_has_been_counted(self):
        told = self._page(network="a", at=self.now)
        later = self.now + timedelta(hours=1)
        slots = self.pool.sudo().slot_ids
        slots.write({"free_date": later, "visit_id": False, "network": "b"})
        again = self._page(network="a", k=told["k"], at=self.now)
        self.assertEqual((again["k"], again["n"]), (told["k"], {}))
        self.assertFalse(sum(self.hours.search([]).mapped("refused")))

    def test_counting_again_changes_nothing(self):
        told = self._page(at=self.now)
        self._ask(k=told["k"], b=1, at=self.now + timedelta(seconds=20))
        for _time in range(2):
            self.hours._count(self.now + timedelta(seconds=20))
        self.env.invalidate_all()
        self.assertEqual(sum(self.hours.search([]).mapped("taken")), 1)
        self.assertEqual(sum(self.hours.search([]).mapped("seconds")), 20)

    def test_its_numbers_are_told_apart_though_all_have_one_name(self):
        dids = self.pool.did_ids.with_context(telephony_number_only=True)
        self.assertEqual(len(set(dids.mapped("name"))), 1)
        for did in dids:
            self.assertEqual(did.display_name.replace(" ", ""), did.e164)

    def test_its_form_tells_how_the_numbers_are_used_now(self):
        self._page()
        pool = self.pool.with_user(self.administrator)
        used = (pool.number_count, pool.free_count, pool.leased_count)
        self.assertEqual((*used, pool.cooling_count), (2, 1, 1, 0))
        self.pool.with_user(self.supervisor).read(["reckoning", "free_count"])
        self.pool.with_user(self.agent).read(["display_name", "free_count"])
