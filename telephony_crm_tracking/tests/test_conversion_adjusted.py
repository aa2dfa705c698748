from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..attribution.conversion import Event
from ..models import telephony_tracking_destination_back
from .conversion_common import SoldCase


@tagged("post_install", "-at_install")
class TestConversionAdjusted(SoldCase):
    """What has gone is taken back or given its new value, whenever that is known."""

    def test_what_was_cancelled_before_is_taken_back_once_somebody_can(self):
        lead = self._sold()
        self._upload()
        self._unwin(lead)
        won = self._rows(self.destination, "won")
        days = timedelta(days=55)
        won.copy({"key": "old", "state": "sent", "date": won.date - days})
        back = self._destination("google_adjustments")
        self._send()
        self.assertFalse(self._rows(back))  # nothing is entered yet
        action = back.setting_ids.filtered(lambda row: row.key == "action_won")
        action.with_user(self.administrator).value = "Sale"
        self.assertFalse(self._rows(back))  # who enters it does not wait
        self._send()
        row = self._rows(back)
        self.assertEqual((row.event, row.original_id), ("retract", won))
        row.with_user(self.administrator).action_skip()
        action.value = "Sale!"
        self._send()
        self.assertEqual(row.reason, "person")  # what it knows of stays as it is

    def test_who_takes_back_catches_up_by_steps_and_only_when_there_is_news(self):
        back = self._takes_back(takes_back_ids=[fields.Command.link(self._google().id)])
        lead = self._sold()
        self._upload()
        self._unwin(lead)
        won = self._rows(self.destination, "won")
        won.copy({"key": "other", "state": "sent", "cancelled_date": won.date})
        self._send()
        back.with_user(self.administrator).takes_back_ids = False
        job = self.env.ref("telephony_crm_tracking.ir_cron_tracking_send")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)])
        with patch.object(telephony_tracking_destination_back, "CATCH_UP", 4):
            self._send()
            self.assertEqual(self._rows(back, "retract").original_id, won)
            self.assertTrue(back.is_behind)
            known = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)])
            self.assertTrue(known - triggers)  # there is more
            self._send()
        originals = self._rows(back, "retract").original_id
        self.assertEqual(originals.mapped("key"), [won.key, "other"])
        self.assertFalse(back.is_behind)
        action = back.setting_ids.filtered(lambda row: row.key == "action_won")
        action.with_user(self.administrator).value = "Sale"
        self.assertFalse(back.is_behind)  # it was so already
        action.with_user(self.administrator).value = "Sold"
        self.assertTrue(back.is_behind)

    @mute_logger(telephony_tracking_destination_back.__name__)
    def test_what_cannot_be_caught_up_with_holds_up_nothing_else(self):
        lead = self._sold(500)
        self._upload()
        won = self._rows(self.destination, "won")
        self._earns(lead, 100)
        over = won.copy({"key": "over", "state": "sent", "cancelled_date": won.date})
        back = self._takes_back()

        def restate(this, *args):
            """Fail as where somebody else has noted the same just now."""
            this.copy({"key": this.key, "lead_id": False})

        with patch.object(type(won), "_restate", restate), mute_logger("odoo.sql_db"):
            self._send()
        self.assertEqual(self._rows(back, "retract").original_id, over)
        self.assertFalse(back.is_behind)

    @mute_logger("odoo.sql_db")
    def test_of_two_that_note_of_one_at_once_the_later_begins_anew(self):
        """What the first has noted is not to be seen by the later."""
        connection = db_connect(self.env.cr.dbname)

        def of(cr, model="telephony.tracking.conversion"):
            return api.Environment(cr, SUPERUSER_ID, {})[model]

        with connection.cursor() as cr:
            destinations = of(cr, "telephony.tracking.destination")
            destination = destinations.create({"kind": "google_upload"})
            vals = {"destination_id": destination.id, "key": "once", "event": "won"}
            won = of(cr).create({**vals, "date": self.now, "state": "sent"})
        try:
            with connection.cursor() as later:
                later.execute("SELECT 1")
                with connection.cursor() as first:
                    row = of(first).browse(won.id)
                    row._new(row.destination_id, Event.RETRACT, "back", self.now)
                with self.assertRaises(SerializationFailure):
                    of(later).browse(won.id)._lock()
                later.rollback()
        finally:
            with connection.cursor() as cr:
                of(cr).browse(won.id).destination_id.unlink()

    def test_who_takes_back_catches_up_when_it_is_used_again(self):
        back = self._takes_back(active=False)
        lead = self._sold()
        self._upload()
        self._unwin(lead)
        self.assertFalse(self._rows(back))
        back.with_user(self.administrator).active = True
        self._send()
        self.assertEqual(self._rows(back).event, "retract")

    def test_a_deleted_sale_is_taken_back(self):
        back = self._takes_back()
        lead = self._sold()
        self._upload()
        lead.unlink()
        won, row = self._rows(self.destination, "won"), self._rows(back)
        self.assertTrue(won.cancelled_date)
        self.assertEqual((row.original_id, row.state), (won, "held"))
        won.date -= timedelta(days=2)
        self._due_now(row)
        self._send()
        self.assertIn(f"{won.key},Sale,", back._text_of(back._rows_due()))

    def test_of_who_takes_consent_back_nothing_leaves_not_even_that_it_is_no_more(self):
        back = self._takes_back()
        lead = self._sold()
        self._upload()
        won = self._rows(self.destination, "won")
        won.visit_id.consent_ads = "denied"
        won.date -= timedelta(days=2)
        self._earns(lead, 100)
        worth = self._worth(back)
        self.assertEqual((worth.state, worth.reason), ("skipped", "consent"))
        self._unwin(lead)
        row = self._rows(back, "retract")
        self.assertEqual((row.state, row.reason), ("skipped", "consent"))
        self.assertFalse(back._rows_due())

    def test_consent_is_looked_at_again_when_a_sale_is_taken_back(self):
        back = self._takes_back()
        lead = self._sold()
        self._upload()
        won = self._rows(self.destination, "won")
        won.date -= timedelta(days=2)
        self._unwin(lead)
        row = back._rows_due()
        self.assertEqual((row.event, row.original_id), ("retract", won))
        self.assertNotIn("Click_1", back._text_of(row))
        won.visit_id.consent_ads = "denied"
        self.assertFalse(back._rows_due())
        self.assertEqual((row.state, row.reason), ("skipped", "consent"))

    def test_a_sale_that_is_worth_less_is_given_its_new_value(self):
        back = self._takes_back()
        lead = self._sold(500)
        self._upload()
        won = self._rows(self.destination, "won")
        won.date -= timedelta(days=2)
        self._earns(lead, 100)
        row = self._worth(back)
        self.assertEqual((row.state, row.amount), ("waiting", 100))
        self.assertEqual((won.state, won.amount), ("sent", 500))
        text = back._text_of(back._rows_due())
        self.assertIn(f"{won.key},Sale,", text)
        self.assertIn(f",RESTATE,100.00,{won.currency_id.name}", text)
        self._earns(lead, 500)  # and again, before anybody was told
        self.assertEqual((row.state, row.reason), ("skipped", "no_more"))
        with self.assertRaises(UserError):  # nor is it sent again by a person
            row.with_user(self.administrator).action_send_again()
        self._earns(lead, 80)
        self.assertEqual((row.state, row.amount), ("waiting", 80))
        row._went()
        self._earns(lead, 500)
        rows = self._worth(back)
        self.assertEqual(rows.mapped("amount"), [80, 500])
        self.assertEqual(rows.mapped("state"), ["sent", "waiting"])
        lead._sync_touches()
        self.assertEqual(self._worth(back), rows)
        self._unwin(lead)
        self.assertEqual(rows.mapped("state"), ["sent", "skipped"])
        self.assertEqual(len(self._rows(back, "retract")), 1)
        lead.action_set_won()  # nobody was told, so it is the same sale
        self.assertFalse(won.cancelled_date)
        self.assertEqual(rows.mapped("state"), ["sent", "waiting"])

    def test_a_sale_of_nothing_that_got_a_value_is_taken_back_with_it(self):
        back = self._takes_back()
        lead = self._sold(0)
        self._upload()
        won = self._rows(self.destination, "won")
        self.assertEqual((won.state, won.amount), ("sent", 0))
        self._earns(lead, 500)
        self._worth(back)._went()
        self._earns(lead, 0)
        self.assertTrue(won.cancelled_date)
        self.assertEqual(self._rows(back, "retract").original_id, won)

    def test_the_data_manager_is_told_of_a_new_value_itself(self):
        settings = {"account_id": "1", "action_won": "222"}
        manager = self._destination("google_data_manager", settings=settings)
        back, ga4 = self._takes_back(), self._ga4()
        lead = self._sold(500)
        (self._rows(manager, "won") | self._rows(ga4, "won"))._went()
        tested = self._rows(self.destination, "won")
        tested.write({"state": "sent", "is_test": True})
        self._earns(lead, 100)
        self.assertEqual(self._worth(manager).amount, 100)
        self.assertEqual(self._worth(manager).original_id.destination_id, manager)
        self.assertFalse(self._worth(back) | self._worth(ga4))

    def test_a_feed_does_not_repeat_a_value_that_was_changed(self):
        feed = self._destination("google_feed", settings={"action_won": "Sale"})
        back = self._takes_back()
        lead = self._sold(500)
        self.assertIn(",500.00,", feed._fetched())
        self._earns(lead, 100)
        self.assertIn(",500.00,", feed._fetched())  # nobody was told yet
        of_feed = self._worth(back).filtered(
            lambda row: row.original_id.destination_id == feed
        )
        of_feed._went()
        self.assertNotIn(",500.00,", feed._fetched())

    def test_what_was_left_out_long_ago_is_forgotten(self):
        self._sold()
        rows = self._rows(self.destination)
        rows.date = fields.Datetime.now() - timedelta(days=121)
        rows[:2]._leave_out("no_click")
        rows[1].date += timedelta(days=2)
        self.env["telephony.tracking.conversion"]._gc_left_out()
        self.assertEqual(self._rows(self.destination), rows[1:])
