from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..attribution.conversion import Result, State
from .conversion_common import SoldCase


@tagged("post_install", "-at_install")
class TestConversionMeanwhile(SoldCase):
    """What changes while a sale is on its way is told afterwards."""

    def _sold_by_request(self):
        """Return a sale, who is told of it, and what that one answers, by and by."""
        settings = {"account_id": "1", "action_won": "222"}
        manager = self._destination("google_data_manager", settings=settings)
        lead, answers = self._sold(500), []

        def answer(this, *args):
            """Have something happen meanwhile, where that is what comes first."""
            result = answers.pop(0)
            return result if isinstance(result, Result) else result()

        token = {"access_token": "token"}
        self.patch(type(manager), "_token", lambda this, tokens: token)
        self.patch(type(manager), "_exchange", answer)
        return lead, manager, answers

    def test_a_value_that_changes_while_it_is_sent_is_said_afterwards(self):
        lead, manager, answers = self._sold_by_request()
        won = self._rows(manager, "won")

        def changes():
            self._earns(lead, 100)
            return Result(State.SENT, ref="1")

        answers.append(changes)
        self._send()
        self.assertEqual((won.state, won.amount), ("sent", 500))
        worth = self._worth(manager)
        self.assertEqual((worth.original_id, worth.amount), (won, 100))

        def changes_again():
            self._earns(lead, 80)
            return Result(State.SENT, ref="2")

        won.date -= timedelta(days=2)
        won.visit_id.click_date -= timedelta(days=2)
        self._due_now(worth)
        answers.append(changes_again)
        self._send()
        rows = self._worth(manager)
        self.assertEqual(rows.mapped("amount"), [100, 80])
        self.assertEqual(rows.mapped("state"), ["sent", "waiting"])

    def test_a_value_that_changes_while_a_token_is_fetched_is_the_one_that_goes(self):
        lead, manager, answers = self._sold_by_request()
        won = self._rows(manager, "won")

        def get_token(this, tokens):
            self._earns(lead, won.amount - 100)
            if won.amount == 500:
                raise ValueError("no token now")
            return {"access_token": "token"}

        self.patch(type(manager), "_token", get_token)
        self._send()
        self.assertEqual((won.state, won.amount, won.attempts), ("waiting", 400, 0))
        manager.pause_date = False
        self._due_now(won)
        answers.append(Result(State.SENT, ref="1"))
        self._send()
        self.assertEqual((won.state, won.amount), ("sent", 300))
        self.assertFalse(self._worth(manager))

    def test_a_value_that_changes_before_a_repeat_is_said_after_it(self):
        lead, manager, answers = self._sold_by_request()
        won = self._rows(manager, "won")
        answers += [Result(State.UNKNOWN), Result(State.SENT, ref="1")]
        self._send()
        self._earns(lead, 100)
        self.assertEqual((won.state, won.amount), ("waiting", 500))
        self._due_now(won)
        self._send()
        self.assertEqual((won.state, won.amount), ("sent", 500))
        self.assertEqual(self._worth(manager).amount, 100)

    def test_what_the_receiver_was_too_early_for_goes_with_its_new_value(self):
        lead, manager, answers = self._sold_by_request()
        won = self._rows(manager, "won")
        too_early = Result(State.HELD, "too_recent")
        answers += [Result(State.SENT, ref="1"), too_early, Result(State.SENT)]
        self._send()
        won.ask_date = fields.Datetime.now()
        self._send()
        due = won.due_date
        self._earns(lead, 100)
        self.assertEqual((won.state, won.reason), ("held", "too_recent"))
        self.assertEqual((won.amount, won.due_date, won.attempts), (100, due, 1))
        self._due_now(won)
        self._send()
        self.assertEqual((won.state, won.amount), ("sent", 100))
        self.assertFalse(self._worth(manager))

    def test_what_the_receiver_has_not_taken_goes_with_its_new_value(self):
        lead, manager, answers = self._sold_by_request()
        settings = {"dataset_id": "1", "access_token": "t"}
        meta = self._destination("meta", settings=settings)
        lead._sync_conversions()
        for destination in (manager, meta):
            won = self._rows(destination, "won")

            def changes(won=won):
                self._earns(lead, won.amount - 100)
                return Result(State.WAITING, "HTTP 429")

            with self.subTest(destination=destination.kind):
                (self.env[won._name].search([]) - won).write({"state": "skipped"})
                won._queue()
                answers.append(changes)
                self._send()
                self.assertEqual((won.state, won.attempts), ("waiting", 0))
                self.assertEqual(won.amount, lead.tracking_revenue)

    def test_what_ceases_while_the_job_waits_for_its_turn_is_heard(self):
        lead, manager, answers = self._sold_by_request()
        back, won = self._takes_back(), self._rows(manager, "won")
        (self.env[won._name].search([]) - won).write({"state": "skipped"})
        ceases, own = [], type(won)._lock

        def waits(this):
            """Have somebody else, who has the lock, decide before it is given up."""
            if ceases and ceases.pop():
                self.env.cr.execute(
                    "UPDATE telephony_tracking_conversion "
                    "SET cancelled_date = write_date WHERE id = %s",
                    [won.id],
                )
            return own(this)

        self.patch(type(won), "_lock", waits)

        def answered():
            ceases.append(True)
            return Result(State.SENT, ref="1")

        answers.append(answered)
        self._send()
        self.assertEqual(won.state, "sent")
        self.assertEqual(self._rows(back).original_id, won)

        lead = self._lead_of(self._rang("in_2", at=600, told=self._click(at=500)))
        lead.action_set_won()
        self.env.flush_all()
        self.env.cr.precommit.run()
        won = self._rows(manager, "won")[1]
        ceases.append(True)
        self._send()
        self.assertEqual((won.state, won.reason), ("skipped", "no_more"))

    def test_what_was_cut_off_after_it_had_been_held_may_have_gone(self):
        lead, manager, answers = self._sold_by_request()
        back, won = self._takes_back(), self._rows(manager, "won")
        won.write({"state": "held", "reason": "too_recent", "attempts": 1})
        self.assertTrue(won._claim())  # and nobody notes what came of it
        self._due_now(won)
        self._unwin(lead)
        self.assertEqual(won.state, "waiting")
        self._send()
        self.assertEqual((won.state, won.reason), ("unknown", "interrupted"))
        self.assertEqual(self._rows(back).original_id, won)

    def test_what_was_held_is_held_again_when_it_is_not_tried_after_all(self):
        lead, manager, _answers = self._sold_by_request()
        back, won = self._takes_back(), self._rows(manager, "won")
        held = {"state": "held", "reason": "too_recent", "attempts": 1}
        won.write(held)

        def fails(*args):
            raise ValueError("settings")

        self.patch(type(manager), "_token", fails)
        self._due_now(won)
        self._send()
        self.assertEqual(manager.problem, "settings")
        self.assertEqual({name: won[name] for name in held}, held)
        self._unwin(lead)
        self.assertEqual((won.state, won.reason), ("skipped", "no_more"))
        self.assertFalse(self._rows(back))

    def test_what_a_person_has_sent_again_goes_as_it_is_by_now(self):
        lead, ga4 = self._sold(500), self._ga4()
        lead._sync_conversions()
        won = self._rows(ga4, "won")
        for state in ("unknown", "refused"):
            with self.subTest(state=state):
                won.write({"state": state, "reason": "no_answer", "attempts": 1})
                self._earns(lead, won.amount - 100)
                won.with_user(self.administrator).action_send_again()
                self.assertEqual((won.state, won.attempts), ("waiting", 0))
                self.assertEqual(won.amount, lead.tracking_revenue)

    def test_what_a_receiver_may_have_that_counts_once_is_repeated_as_it_was(self):
        lead, manager, _answers = self._sold_by_request()
        back, won = self._takes_back(), self._rows(manager, "won")
        won.write({"state": "unknown", "reason": "no_answer", "attempts": 8})
        self._earns(lead, 100)
        worth = self._worth(manager)
        self.assertEqual((worth.state, worth.amount), ("held", 100))
        won.with_user(self.administrator).action_send_again()
        lead._sync_conversions()
        self.assertEqual((won.state, won.amount), ("waiting", 500))
        self.assertEqual((worth.state, worth.amount), ("held", 100))
        self._unwin(lead)  # it may have it, so it is told
        self.assertEqual(self._rows(back).original_id, won)

    def test_what_a_person_decides_while_it_is_sent_holds_unless_more_is_known(self):
        _lead, manager, answers = self._sold_by_request()
        won = self._rows(manager, "won")
        decided = {"action_mark_sent": "sent", "action_skip": "skipped"}
        for decide, state in decided.items():
            for nothing in (Result(State.WAITING, "HTTP 429"), Result(State.UNKNOWN)):

                def decides(decide=decide, nothing=nothing):
                    getattr(won, decide)()
                    return nothing

                with self.subTest(decide=decide, answer=nothing):
                    won._queue()
                    answers.append(decides)
                    self._send()
                    self.assertEqual((won.state, won.reason), (state, "person"))
        won._queue()

        def skips():
            won.action_skip()
            return Result(State.SENT, ref="1")

        answers.append(skips)
        self._send()
        self.assertEqual((won.state, won.reason), ("sent", False))

    def test_what_was_tested_goes_with_what_it_is_worth_when_the_tests_are_over(self):
        lead, manager, answers = self._sold_by_request()
        won = self._rows(manager, "won")
        for answer in (Result(State.SENT), Result(State.REFUSED, "no")):
            with self.subTest(answer=answer):
                manager.test_mode = True
                won._queue()
                answers.append(answer)
                self._send()
                self.assertTrue(won.is_test)
                self._earns(lead, won.amount - 100)
                manager.test_mode = False
                self.assertEqual(won.state, "waiting")
                self.assertEqual(won.amount, lead.tracking_revenue)

    def test_a_new_value_that_was_tested_and_is_so_no_more_does_not_go(self):
        back = self._takes_back()
        lead = self._sold(500)
        self._upload()
        back.test_mode = True
        self._earns(lead, 100)
        self._worth(back).write({"state": "sent", "is_test": True})
        self._earns(lead, 80)
        back.test_mode = False
        rows = self._worth(back)
        self.assertEqual(rows.mapped("amount"), [100, 80])
        self.assertEqual(rows[0].reason, "no_more")
        self.assertIn(rows[1].state, ("waiting", "held"))
