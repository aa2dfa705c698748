from odoo.exceptions import AccessError
from odoo.tests import tagged

from .call_common import STATIC, RingingCase


@tagged("post_install", "-at_install")
class TestCallQualified(RingingCase):
    """Which calls count."""

    def _rang(self, call_ref, at, seconds=90, **told):
        self._ring(STATIC, at, call_ref, **told)
        return self._end(STATIC, at, call_ref, seconds, **told)

    def _why(self, call):
        return (call.qualified, call.not_qualified, call.first_time)

    def test_a_talk_with_somebody_new_counts_and_the_next_one_does_not(self):
        first = self._rang("in_1", 0)
        self.assertEqual(self._why(first), (True, False, True))
        again = self._rang("in_2", 600)
        self.assertEqual(self._why(again), (False, "again", False))

    def test_a_short_talk_does_not_count_and_the_site_says_what_is_short(self):
        call = self._rang("in_1", 0, seconds=30)
        self.assertEqual(self._why(call), (False, "short", True))
        self.site.min_talk_seconds = 30
        call.sudo()._qualify()
        self.assertTrue(call.qualified)

    def test_a_hidden_caller_is_nobody_new(self):
        call = self._rang("in_1", 0, caller="anonymous")
        self.assertFalse(call.number_e164)
        self.assertEqual(self._why(call), (False, "hidden", False))

    def test_a_missed_call_that_we_won_by_ringing_back_counts_as_the_call(self):
        first = self._rang("in_1", 0, seconds=0)
        second = self._rang("in_2", 60, seconds=0)
        self.assertEqual(self._why(first), (False, "nobody", True))
        self.site.min_talk_seconds = 30
        self._talk(minutes=1, seconds=30)
        self.env.invalidate_all()
        self.assertEqual(self._why(first), (True, False, True))
        self.assertEqual(self._why(second), (False, "nobody", True))
        self.assertEqual(self._why(self._rang("in_3", 7180)), (False, "again", False))

    def test_our_call_counts_when_a_visitor_has_asked_for_it_and_once(self):
        missed = self._rang("in_1", 0, seconds=0)
        call = self._talk(minutes=1, seconds=90)
        self.env.invalidate_all()
        self.assertEqual(self._why(call), (False, False, False))  # nobody has asked
        call.tracking_state = "matched"
        call._qualify_all()
        self.assertEqual(self._why(missed), (True, False, True))
        self.assertEqual(self._why(call), (False, "won", True))
        missed.callback_id.sudo().unlink()
        call._qualify_all()
        self.assertEqual(self._why(call), (True, False, True))

    def test_spam_is_said_by_an_agent_of_own_calls_and_taken_back(self):
        call = self._rang("in_1", 0)
        call.with_user(self.agent).action_spam()
        self.assertEqual(self._why(call), (False, "spam", True))
        self.assertTrue(call.spam)
        call.with_user(self.agent).action_not_spam()
        self.assertTrue(call.qualified)
        with self.assertRaises(AccessError):
            call.with_user(self.colleague).action_spam()
        with self.assertRaises(AccessError):
            call.with_user(self.agent).write({"qualified": True})

    def test_our_call_counts_itself_while_the_missed_one_that_it_won_is_spam(self):
        missed = self._rang("in_1", 0, seconds=0)
        call = self._talk(minutes=1, seconds=90)
        call.tracking_state = "matched"
        call._qualify_all()
        self.assertEqual(self._why(call), (False, "won", True))
        missed.with_user(self.agent).action_spam()
        self.assertEqual(self._why(missed), (False, "spam", True))
        self.assertEqual(self._why(call), (True, False, True))
        missed.with_user(self.agent).action_not_spam()
        self.assertEqual(self._why(missed), (True, False, True))
        self.assertEqual(self._why(call), (False, "won", True))

    def test_an_earlier_talk_that_is_heard_of_late_takes_it_from_the_later(self):
        later = self._rang("in_2", 3600)
        self.assertTrue(later.qualified)
        self._rang("in_1", 0)
        self.env.invalidate_all()
        self.assertEqual(self._why(later), (False, "again", False))
