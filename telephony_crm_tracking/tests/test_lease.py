import random
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..attribution.lease import Book, Windows
from ..models.telephony_tracking_pool import BEAT
from .common import POOL, STATIC, TrackingCase


@tagged("post_install", "-at_install")
class TestLease(TrackingCase):
    """Who is shown which number, and until when."""

    def setUp(self):
        super().setUp()
        self.now = fields.Datetime.now()
        self.pool.write({"hold_seconds": 60, "cooldown_seconds": 30})

    def _in(self, seconds):
        return self.now + timedelta(seconds=seconds)

    def _leases(self):
        return self.env["telephony.tracking.lease"].sudo().search([], order="id")

    def test_each_visitor_sees_a_number_of_their_own_and_a_dry_pool_the_static_one(
        self,
    ):
        shown = [self._shown(self._page(at=self.now)) for _visitor in range(3)]
        self.assertEqual(set(shown[:2]), set(POOL))
        self.assertIsNone(shown[2])

    def test_the_number_that_is_free_for_longest_is_next(self):
        first = self._page(at=self.now)
        second = self._page(at=self._in(5))
        later = self._in(1000)
        self.assertEqual(self._shown(self._page(at=later)), self._shown(first))
        self.assertEqual(self._shown(self._page(at=later)), self._shown(second))

    def test_a_page_without_a_second_sign_of_life_keeps_no_number_for_long(self):
        told = self._page(at=self.now)
        self._page(at=self.now)
        until = 2 * BEAT
        self.assertEqual(told["n"][STATIC]["until"], self._unix(self._in(until)))
        self.assertIsNone(self._shown(self._page(at=self._in(until + 29))))
        self.assertTrue(self._shown(self._page(at=self._in(until + 30))))

    def test_beats_prolong_a_number_which_is_then_held_and_rests(self):
        told = self._page(at=self.now)
        other = self._page(at=self.now)
        for seconds in (20, 40, 60):
            self._ask(k=other["k"], b=1, at=self._in(seconds))
            beat = self._ask(k=told["k"], b=1, at=self._in(seconds))
        self.assertEqual(self._shown(beat), self._shown(told))
        self.assertEqual(beat["n"][STATIC]["until"], self._unix(self._in(60 + 60)))
        self.assertIsNone(self._shown(self._page(at=self._in(60 + 60 + 29))))
        self.assertTrue(self._shown(self._page(at=self._in(60 + 60 + 30))))

    def test_a_number_that_is_another_s_is_not_taken_back_by_a_late_beat(self):
        told = self._page(at=self.now)
        self._page(at=self.now)
        late = self._in(2 * BEAT + 30)
        other = self._page(at=late)
        self.assertEqual(self._shown(other), self._shown(told))
        answer = self._ask(k=told["k"], b=1, at=late)
        self.assertEqual(answer, {"k": told["k"], "n": {}, "beat": 0})
        lease = self._visit(told).lease_ids
        self.assertEqual(lease.end_date, self._in(2 * BEAT))
        self.assertFalse(self._visit(other).lease_ids.end_date)

    def test_a_page_that_is_never_closed_gives_its_number_back(self):
        self.pool.longest_seconds = 120
        told = self._page(at=self.now)
        for seconds in range(20, 120 + 60, 20):
            beat = self._ask(k=told["k"], b=1, at=self._in(seconds))
            self.assertEqual(self._shown(beat), self._shown(told))
        self.assertEqual(beat["n"][STATIC]["until"], self._unix(self._in(120 + 60)))
        gone = self._ask(k=told["k"], b=1, at=self._in(180))
        self.assertEqual(gone, {"k": told["k"], "n": {}, "beat": 0})
        for again in ({"k": told["k"]}, {"p": told["k"]}):
            answer = self._page(**again, at=self._in(181))
            self.assertEqual((answer["k"], answer["n"]), (told["k"], {}))
        self.env.flush_all()
        slots = self.env["telephony.tracking.slot"]
        self.assertEqual(slots._close_over(self._in(180 + 30)), 1)
        self.env.invalidate_all()
        self.assertEqual(self._visit(told).lease_ids.end_date, self._in(180))
        self.assertFalse(
            self.env["telephony.tracking.pool.hour"].search([("refused", ">", 0)])
        )

    def test_a_page_that_slept_for_hours_is_shown_a_number_again(self):
        self.pool.longest_seconds = 120
        told = self._page(at=self.now)
        self._ask(k=told["k"], b=1, at=self._in(20))
        later = self._in(9 * 3600)
        self.assertFalse(self._ask(k=told["k"], b=1, at=later)["n"])
        self.assertTrue(self._shown(self._page(k=told["k"], at=later)))

    def test_the_job_ends_what_is_over_and_nothing_else(self):
        told = self._page(at=self.now)
        other = self._page(at=self.now)
        self._ask(k=other["k"], b=1, at=self._in(20))
        slots = self.env["telephony.tracking.slot"]
        self.env.flush_all()
        self.assertEqual(slots._close_over(self._in(2 * BEAT + 29)), 0)
        self.assertEqual(slots._close_over(self._in(2 * BEAT + 30)), 1)
        self.env.invalidate_all()
        self.assertEqual(self._visit(told).lease_ids.end_date, self._in(2 * BEAT))
        self.assertFalse(self._visit(other).lease_ids.end_date)
        self.assertFalse(self._shown(self._ask(k=told["k"], b=1, at=self._in(71))))

    def test_a_tap_holds_the_number_and_is_noted_with_it(self):
        told = self._page(at=self.now)
        self._ask(k=told["k"], t=self._shown(told), at=self._in(3))
        lease = self._visit(told).lease_ids
        self.assertEqual((lease.tap_date, lease.confirmed), (self._in(3), True))
        self.assertFalse(self._visit(told).tapped)

    def test_a_tap_on_the_static_number_of_a_dry_pool_is_noted_with_the_visit(self):
        self._page(at=self.now)
        self._page(at=self.now)
        told = self._page(at=self.now)
        self._ask(k=told["k"], t=STATIC, at=self._in(3))
        visit = self._visit(told)
        self.assertEqual((visit.tapped, visit.tap_date), (STATIC, self._in(3)))

    def test_the_end_of_a_page_proves_nothing_and_begins_the_hold(self):
        told, other = self._page(at=self.now), self._page(at=self.now)
        self._ask(k=told["k"], e=1, at=self._in(5))
        self.assertFalse(self._visit(told).lease_ids.confirmed)
        self._ask(k=other["k"], b=1, at=self._in(20))
        self._ask(k=other["k"], e=1, at=self._in(30))
        self.assertEqual(self._visit(other).lease_ids.seen_date, self._in(30))

    def test_the_database_itself_refuses_two_open_leases_of_a_number(self):
        told = self._page(at=self.now)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._visit(told).lease_ids.copy()
            self.env.flush_all()

    def test_a_number_that_leaves_its_pool_is_nobody_s(self):
        told = self._page(at=self.now)
        did = self.pooled.filtered(lambda did: did.e164 == self._shown(told))
        did.pool_id = False
        self.assertTrue(self._visit(told).lease_ids.end_date)
        self.assertFalse(self._shown(self._ask(k=told["k"], b=1)))
        self.pool.unlink()
        slots = self.env["telephony.tracking.slot"]
        self.assertFalse(slots.search([("did_id", "in", self.pooled.ids)]))
        read = self._visit(told).with_user(self.supervisor)
        self.assertEqual(read.lease_ids.did_id, did)

    def test_any_schedule_ends_as_the_book_of_the_pure_part_says(self):
        """Visits, beats, taps, ends and the job, at random; the seed tells which."""
        for seed in range(25):
            with self.subTest(seed=seed):
                self._compare(random.Random(seed))

    def _compare(self, chance):
        self.env["telephony.tracking.visit"].sudo().search([]).unlink()
        slots = self.pool.sudo().slot_ids
        slots.free_date = self.now - timedelta(days=1)
        numbers = slots.sorted("id").mapped("did_id.e164")
        longest = chance.choice((100, 300, 7200))
        self.pool.longest_seconds = longest
        book = Book(numbers, Windows(BEAT, 60, 30, 0, longest))
        keys, shown, seconds = {}, {}, 0
        for name in range(60):
            seconds += chance.choice((0, 1, 7, 20, 45, 90))
            now = self._in(seconds)
            known = chance.choice(list(keys)) if keys else None
            match chance.choice("vvbbbtseepj"):
                case "v":
                    told = self._page(at=now)
                    keys[name] = told["k"]
                    lease = book.take(name, now)
                    shown[name] = self._shown(told)
                    self.assertEqual(shown[name], lease and lease.number)
                case "b" if known:
                    told = self._ask(k=keys[known], b=1, at=now)
                    self.assertEqual(bool(told["n"]), book.beat(known, now))
                case "t" if known:
                    self._ask(k=keys[known], t=shown[known] or STATIC, at=now)
                    book.tap(known, now)
                case "s" if known:  # what stands beside it, and is no tap on it
                    self._ask(k=keys[known], t=STATIC, at=now)
                    book.beat(known, now)
                case "e" if known:
                    self._ask(k=keys[known], e=1, at=now)
                    book.end(known, now)
                case "p" if known:
                    lease = book._own(known, now)
                    told = self._ask(k=keys[known], v=1, u="/2", at=now)
                    self.assertEqual(bool(told["n"]), book.beat(known, now))
                    self.assertEqual(self._shown(told), lease and lease.number)
                case "j":
                    self.env.flush_all()
                    self.assertEqual(slots._close_over(now), book.close(now))
                    self.env.invalidate_all()
        stored = self._leases()
        self.assertEqual(
            [
                (one.did_id.e164, one.start_date, one.seen_date, one.confirmed)
                + (one.end_date or None, one.tap_date or None)
                for one in stored
            ],
            [
                (one.number, one.start, one.seen, one.confirmed, one.end, one.tap)
                for one in book.leases
            ],
        )

    @staticmethod
    def _unix(date):
        return int((date - fields.Datetime.to_datetime("1970-01-01")).total_seconds())
