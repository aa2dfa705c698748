from odoo.tests import new_test_user, tagged

from odoo.addons.mail.tools.discuss import Store

from .common import CUSTOMER, TelephonyCase


@tagged("post_install", "-at_install")
class TestTimeline(TelephonyCase):
    """Each call stands once in the chatter of its lead, else of its contact."""

    def setUp(self):
        super().setUp()
        self.partner = self.env["res.partner"].create(
            {"name": "Ann", "phone": CUSTOMER, "user_id": self.agent.id}
        )

    def _lead(self, **values):
        return self.env["crm.lead"].create(
            {
                "name": "Order",
                "type": "opportunity",
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "user_id": self.agent.id,
                **values,
            }
        )

    def _lines(self, record):
        self.env.invalidate_all()
        calls = self.env["telephony.call"].search([("message_id", "!=", False)])
        return record.message_ids & calls.message_id

    def _shown(self, message, user=None):
        """Return what a user's screen is told of the line."""
        message = message.with_user(user or self.agent)
        data = Store().add(message).get_result()["mail.message"]
        return data[0].get("telephony_call")

    # -- one line ----------------------------------------------------------------------

    def test_a_call_is_one_line_on_its_lead(self):
        lead = self._lead()
        call = self._talk()
        self.assertEqual(self._lines(lead), call.message_id)
        self.assertFalse(self._lines(self.partner))
        self.assertEqual(call.message_id.author_id, self.agent.partner_id)
        self.assertIn("0:30", call.message_id.body)
        self.assertIn("+44 20 3769 1880", call.message_id.body)

    def test_without_a_lead_it_is_on_the_contact(self):
        call = self._miss()
        self.assertEqual(self._lines(self.partner), call.message_id)
        self.assertEqual(call.message_id.author_id, self.partner)

    def test_nobody_else_has_a_line(self):
        self._miss("in_2", caller_id="442079460123")
        self.assertFalse(self._call("in_2").message_id)

    def test_when_the_call_changes_the_line_does_and_stays_one(self):
        call = self._talk()
        call.write({"talk_seconds": 75, "confirmed": True})
        call._follow_up_later()
        self._follow_up()
        self.assertEqual(len(self._lines(self.partner)), 1)
        self.assertIn("1:15", self._call("out_1").message_id.body)

    def test_outcome_and_note_show_though_they_come_after_it(self):
        call = self._talk()
        outcome = self.env.ref("telephony_crm.telephony_call_outcome_interested")
        calls = self.env["telephony.call"].with_user(self.agent)
        calls.card_outcome(call.id, outcome.id)
        calls.card_note(call.id, "Wants <b>two</b>\nof them")
        self._follow_up()
        line = self._lines(self.partner)
        self.assertEqual(len(line), 1)
        self.assertIn("Interested", line.body)
        self.assertIn("Wants &lt;b&gt;two&lt;/b&gt;", line.body)
        shown = self._shown(line)
        self.assertEqual(shown["outcome"], "Interested")
        self.assertEqual(shown["note"], "Wants <b>two</b>\nof them")

    def test_a_call_that_is_tied_to_another_record_takes_its_line_along(self):
        call = self._miss()
        lead = self._lead()
        line = call.message_id
        self.env["telephony.call"].with_user(self.agent).card_choose(
            call.id, "crm.lead", lead.id
        )
        self._follow_up()
        self.assertEqual(self._lines(lead), line)
        self.assertFalse(self._lines(self.partner))
        self.env["telephony.call"].with_user(self.agent).card_none(call.id)
        self._follow_up()
        self.assertFalse(line.exists())

    def test_a_deleted_lead_leaves_the_line_to_the_contact(self):
        lead = self._lead()
        self._talk()
        lead.unlink()
        self._follow_up()
        self.assertEqual(len(self._lines(self.partner)), 1)

    def test_merged_leads_keep_one_line_a_call(self):
        kept, merged = self._lead(), self._lead(name="Newer")
        self._talk()
        self.assertEqual(len(self._lines(merged)), 1)
        (kept | merged).sudo().merge_opportunity()
        self._follow_up()
        self.assertEqual(len(self._lines((kept | merged).exists())), 1)

    def test_imported_and_internal_calls_have_none(self):
        call = self._talk()
        call.message_id.unlink()
        call.write({"imported": True, "follow_up": True})
        self._follow_up()
        self.assertFalse(self._lines(self.partner))

    def test_a_call_heard_of_late_tells_its_own_time(self):
        call = self._talk(minutes=90)
        self.assertEqual(call.message_id.date, call.start_date)

    # -- who is told -------------------------------------------------------------------

    def test_no_follower_is_mailed_or_notified(self):
        follower = self.env["res.partner"].create(
            {"name": "Follower", "email": "follower@example.com"}
        )
        self.partner.message_subscribe(follower.ids)
        before = self.env["mail.mail"].search_count([])
        call = self._talk()
        self.assertFalse(call.message_id.notification_ids)
        self.assertTrue(call.message_id.is_internal)
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_open_chatters_of_those_who_took_part_are_brought_up_to_date(self):
        self._talk()
        self.env.cr.precommit.run()
        told = self.env["bus.bus"].search([("message", "like", "telephony.call/line")])
        self.assertEqual(len(told), 1)
        self.assertIn(f'"res.partner",{self.agent.partner_id.id}]', told.channel)

    def test_who_may_not_see_the_call_reads_the_line_and_cannot_open_or_hear_it(self):
        self._talk()
        line = self._lines(self.partner)
        reader = new_test_user(
            self.env,
            login="reader",
            groups="base.group_user",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        mine = self._shown(line)
        self.assertEqual(mine["id"], self._call("out_1").id)
        for user in (self.colleague, reader):
            shown = self._shown(line, user)
            self.assertEqual(shown["talk_seconds"], 30)
            self.assertFalse(shown["id"])
            self.assertEqual(shown["sounds"], [])

    def test_other_messages_are_told_as_before(self):
        message = self.partner.message_post(body="Hello")
        self.assertIsNone(self._shown(message))

    # -- the contact's timeline --------------------------------------------------------

    def _fetched(self, user, **options):
        messages = self.env["mail.message"].with_user(user)
        found = messages._message_fetch(
            None, thread=self.partner.with_user(user), **options
        )
        return found["messages"]

    def test_a_contact_lists_the_calls_of_its_leads(self):
        own = self.partner.message_post(body="Hello")
        self._lead()
        call = self._talk()
        found = self._fetched(self.agent)
        self.assertIn(call.message_id, found)
        self.assertIn(own, found)
        self.assertEqual(found, found.sorted("id", reverse=True))
        self.assertNotIn(own, self._fetched(self.agent, after=own.id))
        self.assertIn(call.message_id, self._fetched(self.agent, after=own.id))

    def test_but_not_those_of_leads_that_are_not_to_be_seen(self):
        lead = self._lead()
        call = self._talk()
        self.assertIn(call.message_id, self._fetched(self.agent))
        lead.user_id = self.colleague
        self.assertNotIn(call.message_id, self._fetched(self.agent))

    def test_a_page_of_lines_costs_no_more_than_a_few(self):
        counts = []
        for start in (0, 10, 20):
            for number in range(start, start + 10):
                self._talk(f"out_{number}")
            self.env.invalidate_all()
            self.env.flush_all()
            lines = self._lines(self.partner).with_user(self.agent)
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            lines._telephony_lines(True)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])  # the first fills Odoo's caches
