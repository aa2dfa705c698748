from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import CUSTOMER, TelephonyCase


@tagged("post_install", "-at_install")
class TestCallbackActivity(TelephonyCase):
    """A call-back and its activity are one thing."""

    def setUp(self):
        super().setUp()
        self.company.resource_calendar_id = False
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

    def _plan(self, record, days=0, kind="call", before=60):
        activity = self.env["mail.activity"].create(
            {
                "activity_type_id": self.env.ref(f"mail.mail_activity_data_{kind}").id,
                "date_deadline": fields.Date.today() + timedelta(days=days),
                "res_model_id": self.env["ir.model"]._get_id(record._name),
                "res_id": record.id,
                "user_id": self.agent.id,
            }
        )
        self.env.cr.execute(
            "UPDATE mail_activity SET create_date = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(minutes=before), activity.id],
        )
        return activity

    # -- where it is -------------------------------------------------------------------

    def test_it_is_on_the_lead(self):
        lead = self._lead()
        self._miss()
        activity = self._callback().activity_id
        self.assertEqual((activity.res_model, activity.res_id), ("crm.lead", lead.id))
        self.assertEqual(activity.user_id, self.agent)
        self.assertEqual(activity.activity_category, "phonecall")
        self.assertIn("+44 20 3769 1880", activity.summary)

    def test_without_a_lead_it_is_on_the_contact(self):
        self._miss()
        self._miss("in_2", minutes=1)
        self.assertEqual(len(self.partner.activity_ids), 1)
        self.assertEqual(self._callback().activity_id, self.partner.activity_ids)

    def test_of_an_unknown_caller_it_is_on_the_call_back_itself(self):
        self.pbx.fallback_user_id = self.agent
        self._miss(caller_id="442079460123")
        callback = self._callback("+442079460123")
        self.assertEqual(callback.activity_ids, callback.activity_id)
        self.assertTrue(callback.with_user(self.agent).activity_ids)

    def test_it_moves_to_the_record_that_the_caller_turns_out_to_be(self):
        self.pbx.fallback_user_id = self.colleague
        call = self._miss(caller_id="442079460123")
        self.env["telephony.call"].with_user(self.agent).card_choose(
            call.id, "res.partner", self.partner.id
        )
        self._follow_up()
        callback = self._callback("+442079460123")
        self.assertEqual(callback.partner_id, self.partner)
        self.assertEqual(callback.user_id, self.agent)
        self.assertEqual(callback.activity_id, self.partner.activity_ids)

    def test_a_click_on_the_activity_of_a_call_back_is_a_call_with_its_contact(self):
        self._miss()
        callback = self._callback()
        dials = self.env["telephony.dial"].with_user(self.agent)
        record, reason = dials._clicked("telephony.callback", callback.id)
        self.assertFalse(reason)
        self.assertEqual(dials._people(record, self.pbx)["partner_id"], self.partner.id)
        self.assertEqual(dials._company_of(record), self.company)

    def test_nobody_is_mailed(self):
        before = self.env["mail.mail"].search_count([])
        self._miss()
        self.assertTrue(self._callback().activity_id)
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_its_user_has_a_notice_unless_it_was_their_phone_that_rang(self):
        self._miss("in_0", caller_id="442079460123")
        self._miss()  # rings the agent, whose customer it is
        self.env.cr.precommit.run()
        told = self.env["bus.bus"].search([("message", "like", "waits for your call")])
        self.assertFalse(told)
        self._talk()
        self.partner.user_id = self.colleague
        self._miss("in_2", minutes=0)
        self.env.cr.precommit.run()
        channel = f'"res.partner",{self.colleague.partner_id.id}]'
        told = self.env["bus.bus"].search([("message", "like", "waits for your call")])
        self.assertEqual(len(told), 1)
        self.assertIn(channel, told.channel)

    def test_the_activity_of_a_number_that_is_never_dialled_says_so(self):
        self.pbx.fallback_user_id = self.agent
        self._miss()
        self._miss("in_2", caller_id="449098790123")
        premium = self._callback("+449098790123")
        premium.partner_id = self.partner
        ordinary, premium = self._callback().activity_id, premium.activity_id
        self.assertEqual(premium.res_model, "res.partner")
        rows = (ordinary | premium).with_user(self.agent).activity_format()
        refusals = {
            row["id"]: row["telephony_refusal"] for row in rows["mail.activity"]
        }
        self.assertFalse(refusals[ordinary.id])
        self.assertIn("premium", refusals[premium.id])

    # -- both ways ---------------------------------------------------------------------

    def test_a_talk_marks_the_activity_done(self):
        self._miss(minutes=5)
        activity = self._callback().activity_id
        self._talk()
        self.assertFalse(activity.active)
        self.assertEqual(self._callback().state, "done")
        feedback = self.partner.message_ids.filtered("mail_activity_type_id")
        self.assertEqual(feedback.author_id, self.agent.partner_id)
        self.assertIn("0:30", feedback.body)

    def test_an_activity_marked_done_closes_the_call_back(self):
        self._miss()
        self._callback().activity_id.with_user(self.agent).action_feedback("Wrote them")
        callback = self._callback()
        self.assertEqual(callback.state, "done")
        self.assertEqual(callback.done_user_id, self.agent)
        self.assertFalse(self._call().needs_callback)

    def test_an_activity_called_off_closes_the_call_back(self):
        self._miss()
        self._callback().activity_id.with_user(self.agent).action_cancel()
        self.assertEqual(self._callback().state, "done")

    def test_an_activity_handed_over_hands_the_call_back_over(self):
        self._miss()
        activity = self._callback().activity_id
        activity.with_user(self.agent).write({"user_id": self.colleague.id})
        self.assertEqual(self._callback().user_id, self.colleague)

    def test_an_activity_put_off_puts_the_call_back_off(self):
        self._miss()
        callback = self._callback()
        due = callback.due_date
        activity = callback.activity_id.with_user(self.agent)
        activity.date_deadline += timedelta(days=2)
        self.assertEqual(self._callback().due_date, due + timedelta(days=2))

    def test_a_call_back_handed_over_hands_the_activity_over(self):
        self._miss()
        callback = self._callback()
        callback.with_user(self.agent).user_id = self.colleague
        self.assertEqual(self._callback().activity_id.user_id, self.colleague)

    def test_who_gets_a_call_back_from_a_colleague_has_a_notice(self):
        self._miss()
        self.env.cr.precommit.run()
        self.env["bus.bus"].search([]).unlink()
        self._callback().with_user(self.agent).user_id = self.colleague
        self.env.cr.precommit.run()
        told = self.env["bus.bus"].search([("message", "like", "waits for your call")])
        self.assertIn(f'"res.partner",{self.colleague.partner_id.id}]', told.channel)

    # -- other calls that were due -----------------------------------------------------

    def test_a_talk_finishes_the_calls_that_were_due_and_no_other_work(self):
        lead = self._lead()
        due, late = self._plan(lead), self._plan(self.partner, days=-3)
        later, todo = self._plan(lead, days=1), self._plan(lead, kind="todo")
        planned_while_talking = self._plan(lead, before=0)
        self._talk()
        self.env.invalidate_all()
        self.assertFalse(due.active)
        self.assertFalse(late.active)
        self.assertTrue(later.active and todo.active and planned_while_talking.active)

    # -- records that come and go ------------------------------------------------------

    def test_a_deleted_lead_leaves_the_work_with_the_contact(self):
        lead = self._lead()
        self._miss()
        lead.unlink()
        callback = self._callback()
        self.assertEqual(callback.state, "open")
        self.assertEqual(callback.activity_id, self.partner.activity_ids)

    def test_an_archived_lead_keeps_it(self):
        lead = self._lead()
        self._miss()
        lead.active = False
        self.assertEqual(self._callback().lead_id, lead)
        self._talk()
        self.assertEqual(self._callback().state, "done")

    def test_merged_leads_keep_it(self):
        kept, merged = self._lead(), self._lead(name="Newer")
        self._miss()
        self.assertEqual(self._callback().lead_id, merged)
        (kept | merged).with_user(self.agent).sudo().merge_opportunity()
        left = (kept | merged).exists()
        callback = self._callback()
        self.assertEqual(callback.lead_id, left)
        self.assertEqual(callback.activity_id, left.activity_ids)

    def test_merged_contacts_keep_it(self):
        target = self.env["res.partner"].create(
            {"name": "Anna", "user_id": self.colleague.id}
        )
        self._miss()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([target.id, self.partner.id], target)
        callback = self._callback()
        self.assertEqual(callback.partner_id, target)
        self.assertEqual(callback.user_id, self.colleague)
        self.assertEqual(callback.activity_id, target.activity_ids)

    def test_a_lead_that_becomes_an_opportunity_gives_it_its_contact(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Enquiry",
                "type": "lead",
                "phone": "+442079460123",
                "company_id": self.company.id,
                "user_id": self.agent.id,
            }
        )
        self._miss(caller_id="442079460123")
        lead.convert_opportunity(self.partner)
        callback = self._callback("+442079460123")
        self.assertEqual(callback.lead_id, lead)
        self.assertEqual(callback.partner_id, self.partner)

    def test_the_pipeline_shows_who_waits_to_everybody_who_sees_the_lead(self):
        lead = self._lead(user_id=self.colleague.id)
        self.assertFalse(lead.with_user(self.agent).telephony_callback_due)
        self._miss(minutes=5)
        lead.user_id = self.agent
        self._callback().user_id = self.colleague
        self.env.invalidate_all()
        self.assertTrue(lead.with_user(self.agent).telephony_callback_due)
        self.assertTrue(self.partner.with_user(self.agent).telephony_callback_due)
        self._talk()
        self.assertFalse(lead.with_user(self.agent).telephony_callback_due)
