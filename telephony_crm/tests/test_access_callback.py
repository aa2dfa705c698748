from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .access_common import AccessCase


@tagged("post_install", "-at_install")
class TestAccessCallback(AccessCase):
    """Who sees which call-backs, and what may be done to them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls._make("+442079460001", cls.agent, cls.team)
        cls.colleagues = cls._make("+442079460002", cls.colleague, cls.other_team)
        cls.unknown_callers = cls._make(
            "+442079460003", cls.colleague, cls.other_team, partner_id=False
        )
        cls.nobodys = cls._make("+442079460004", cls.env["res.users"], None)
        cls.all = cls.own | cls.colleagues | cls.unknown_callers | cls.nobodys

    @classmethod
    def _make(cls, e164, user, team, **values):
        return cls.env["telephony.callback"].create(
            {
                "e164": e164,
                "company_id": cls.company.id,
                "pbx_id": cls.pbx.id,
                "user_id": user.id,
                "team_id": team.id if team else False,
                "partner_id": cls.customer.id,
                **values,
            }
        )

    def _seen(self, user):
        return self.env["telephony.callback"].with_user(user).search([])

    def test_an_agent_sees_the_own(self):
        self.assertEqual(self._seen(self.agent), self.own)

    def test_a_dispatcher_also_those_of_unknown_callers(self):
        self.assertEqual(self._seen(self.dispatcher), self.unknown_callers)

    def test_a_supervisor_also_those_of_the_team_and_of_no_team(self):
        self.assertEqual(
            self._seen(self.supervisor), self.own | self.unknown_callers | self.nobodys
        )

    def test_an_administrator_sees_all_of_the_company(self):
        self.assertEqual(self._seen(self.administrator), self.all)
        self.assertFalse(self._seen(self.stranger))

    def test_others_see_none(self):
        for user in (self.internal, self.portal):
            with self.assertRaises(AccessError):
                self._seen(user)

    def test_nobody_enters_or_deletes_one(self):
        for user in (self.agent, self.supervisor):
            with self.assertRaises(AccessError):
                self.env["telephony.callback"].with_user(user).create(
                    {
                        "e164": "+442079460009",
                        "company_id": self.company.id,
                        "pbx_id": self.pbx.id,
                    }
                )
            with self.assertRaises(AccessError):
                self.own.with_user(user).unlink()

    def test_an_agent_hands_it_over_and_puts_it_off_and_changes_no_facts(self):
        own = self.own.with_user(self.agent)
        own.due_date = "2026-02-02 10:00:00"
        for vals in (
            {"state": "done"},
            {"e164": "+442079460009"},
            {"attempts": 9},
            {"partner_id": False},
            {"escalated": False},
            {"company_id": self.other_company.id},
        ):
            with self.assertRaises(AccessError):
                own.write(vals)
        own.user_id = self.colleague
        self.assertEqual(self.own.user_id, self.colleague)

    def test_an_agent_closes_the_own_and_no_other(self):
        with self.assertRaises(AccessError):
            self.colleagues.with_user(self.agent).action_done()
        self.own.with_user(self.agent).action_done()
        self.assertEqual(self.own.state, "done")

    def test_nobody_is_handed_one_who_does_not_work_there(self):
        self.own._mirror()
        own = self.own.with_user(self.agent)
        for user in (self.portal, self.stranger):
            with self.assertRaisesRegex(ValidationError, "does not work for"):
                own.user_id = user
            with self.assertRaisesRegex(ValidationError, "does not work for"):
                own.activity_id.user_id = user
        self.env.invalidate_all()
        self.assertEqual(self.own.user_id, self.agent)
        own.user_id = self.internal
        self.assertEqual(self.own.user_id, self.internal)

    # -- through the activity ----------------------------------------------------------

    def test_a_colleagues_is_not_changed_through_its_activity_on_a_contact(self):
        self.colleagues._mirror()
        activity = self.colleagues.activity_id.with_user(self.agent)
        activity.check_access("write")  # as far as the contact goes
        deadline = activity.date_deadline
        for change in (
            activity.action_feedback,
            activity.action_cancel,
            activity.unlink,
            activity.action_archive,
            lambda: activity.write({"user_id": self.agent.id}),
            lambda: activity.write({"date_deadline": deadline + timedelta(days=9)}),
        ):
            with self.assertRaises(AccessError):
                change()
        self.env.invalidate_all()
        self.assertEqual(self.colleagues.state, "open")
        self.assertEqual(self.colleagues.user_id, self.colleague)
        self.assertTrue(self.colleagues.activity_id.active)

    def test_who_is_to_ring_closes_it_through_the_activity_however(self):
        """Even without a role in telephony, as it may be their customer."""
        closed = self.env["telephony.callback"]
        for number, change in enumerate(("unlink", "action_archive", "action_done")):
            callback = self._make(f"+44207946010{number}", self.internal, self.team)
            callback._mirror()
            getattr(callback.activity_id.with_user(self.internal), change)()
            closed |= callback
        self.env.invalidate_all()
        self.assertEqual(closed.mapped("state"), ["done"] * 3)
        self.assertEqual(closed.done_user_id, self.internal)

    def test_a_supervisor_of_the_team_may_call_it_off(self):
        self.own._mirror()
        self.own.activity_id.with_user(self.supervisor).action_cancel()
        self.assertEqual(self.own.state, "done")
        self.assertEqual(self.own.done_user_id, self.supervisor)

    def test_names_are_for_those_who_may_read_the_record(self):
        secret = self.env["res.partner"].create({"name": "Secret Customer"})
        self.own.partner_id = secret
        self.env["ir.rule"].create(
            {
                "name": "No secrets",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": [("id", "!=", secret.id)],
            }
        )
        own = self.own.with_user(self.agent)
        self.assertEqual(own.display_name, "+44 20 7946 0001")
