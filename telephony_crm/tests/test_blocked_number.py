from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import telephony_blocked_number
from .common import TelephonyCase

LONDON = "+442037691880"


@tagged("post_install", "-at_install")
class TestBlockedNumber(TelephonyCase):
    """Blocked numbers are refused, for as long and for whom they are blocked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supervisor = cls._user("supervisor", "telephony_supervisor")
        cls.other = cls.env["res.company"].create({"name": "Other"})

    def _block(self, number=LONDON, user=None, **values):
        blocked = self.env["telephony.blocked.number"].with_user(
            user or self.supervisor
        )
        return blocked.create(
            {"number": number, "company_id": self.company.id, **values}
        )

    def _is_blocked(self, number=LONDON, company=None):
        blocked = self.env["telephony.blocked.number"]
        return blocked._is_blocked(number, (company or self.company).id)

    def test_any_spelling_blocks_any_spelling(self):
        for number in ("020 3769 1880", "+44 20 3769 1880", "00442037691880"):
            with self.subTest(number):
                blocked = self._block(number)
                self.assertEqual(blocked.e164, LONDON)
                self.assertTrue(self._is_blocked())
                self.assertTrue(self._is_blocked("442037691880"))
                blocked.sudo().unlink()
                self.assertFalse(self._is_blocked())

    def test_a_block_that_has_ended_is_entered_again(self):
        self._block(expires=datetime.now() - timedelta(days=1))
        self.assertFalse(self._is_blocked())
        self._block("020 3769 1880")
        self.assertTrue(self._is_blocked())

    def test_what_cannot_be_read_is_blocked_by_its_digits(self):
        self._block("99-1234")
        self.assertTrue(self._is_blocked("991234"))

    def test_hidden_callers_are_not_blocked_by_any_number(self):
        self._block()
        for number in ("", False, "anonymous"):
            self.assertFalse(self._is_blocked(number))

    def test_nonsense_is_refused_in_words(self):
        for number in ("nobody", "12", "anonymous"):
            with self.subTest(number), self.assertRaises(ValidationError):
                self._block(number)

    def test_a_corrected_number_is_what_is_blocked(self):
        blocked = self._block()
        blocked.number = "020 3769 1882"
        self.assertFalse(self._is_blocked())
        self.assertTrue(self._is_blocked("+442037691882"))

    def test_it_ends_when_it_expires(self):
        self._block(expires=datetime(2026, 1, 15, 12))
        with freeze_time("2026-01-15 11:59:00"):
            self.assertTrue(self._is_blocked())
        with freeze_time("2026-01-15 12:01:00"):
            self.assertFalse(self._is_blocked())

    def test_a_company_blocks_for_itself_and_no_company_for_all(self):
        blocked = self._block()
        self.assertFalse(self._is_blocked(company=self.other))
        blocked.sudo().company_id = False
        self.assertTrue(self._is_blocked(company=self.other))

    @mute_logger("odoo.sql_db")
    def test_a_number_is_blocked_once(self):
        self._block()
        with self.assertRaises(IntegrityError):
            self._block("020 3769 1880")

    def test_it_takes_no_query_and_one_where_very_many_are_blocked(self):
        self._block()
        self.assertTrue(self._is_blocked())
        with self.assertQueryCount(0):
            self.assertTrue(self._is_blocked())
        with patch.object(telephony_blocked_number, "FEW", 0):
            self.env.registry.clear_cache()
            self.assertTrue(self._is_blocked())
            with self.assertQueryCount(1):
                self.assertTrue(self._is_blocked())

    def test_of_two_blocks_the_later_end_counts(self):
        self._block(expires="2026-01-15 12:00:00")
        self._block(company_id=False, user=self.env.ref("base.user_root"))
        with freeze_time("2026-01-15 12:01:00"):
            self.assertTrue(self._is_blocked())

    def test_an_agent_enters_no_block_and_lifts_none(self):
        with self.assertRaises(AccessError):
            self._block(user=self.agent)
        blocked = self._block()
        self.assertTrue(blocked.with_user(self.agent).read(["number"]))
        for change in (
            lambda rows: rows.write({"number": "+442037691882"}),
            lambda rows: rows.unlink(),
        ):
            with self.assertRaises(AccessError):
                change(blocked.with_user(self.agent))
        blocked.unlink()
        self.assertFalse(self._is_blocked())

    def test_what_is_compared_follows_from_the_number(self):
        with self.assertRaises(AccessError):
            self._block("+442037691882", e164=LONDON)
        blocked = self._block("+442037691882")
        with self.assertRaises(AccessError):
            blocked.write({"e164": LONDON})
        blocked = self.env["telephony.blocked.number"].with_user(self.supervisor)
        blocked.with_context(default_e164=LONDON).create({"number": "+442037691883"})
        self.assertFalse(self._is_blocked())

    def test_a_supervisor_blocks_for_companies_of_theirs(self):
        for company in (self.other.id, False):
            with self.subTest(company=company), self.assertRaises(AccessError):
                self._block(company_id=company)
        blocked = self._block()
        for company in (self.other.id, False):
            with self.subTest(moved_to=company), self.assertRaises(AccessError):
                blocked.write({"company_id": company})
        shared = self.env["telephony.blocked.number"].create(
            {"number": "+442037691882", "company_id": False}
        )
        with self.assertRaises(AccessError):
            shared.with_user(self.supervisor).unlink()
        administrator = self._user("administrator", "telephony_administrator")
        shared.with_user(administrator).unlink()

    def test_what_ended_long_ago_is_deleted(self):
        now = datetime(2026, 1, 15, 12)
        blocks = self.env["telephony.blocked.number"]
        for number, expires in (
            ("+442037691881", False),
            ("+442037691882", now - timedelta(days=1)),
            ("+442037691883", now - timedelta(days=91)),
        ):
            blocks |= self._block(number, expires=expires)
        with freeze_time(now):
            self.env["telephony.blocked.number"]._gc_ended()
        self.assertEqual(blocks.exists(), blocks[:2])
