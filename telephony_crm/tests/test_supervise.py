"""Supervisors listen, whisper and join: who may, and the trace of it."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .asterisk_common import AsteriskCase

ORIGINATE = "POST /ari/channels"


@tagged("post_install", "-at_install")
class TestSupervise(AsteriskCase):
    def test_each_way_to_join_leaves_its_trace(self):
        call = self._talks()
        for mode in ("listen", "whisper", "barge"):
            action = getattr(call.with_user(self.supervisor), f"action_{mode}")()
            self.assertEqual(action["params"]["type"], "info")
            told = self._asked(ORIGINATE)[-1]
            self.assertEqual(told["endpoint"], "PJSIP/109")
            self.assertEqual(told["extension"], mode)
            self.assertEqual(told["variables"], {"TELEPHONY_SPY": "1.1100"})
            self.assertTrue(told["channelId"].startswith("odoo-spy-"))
        traces = call.with_user(self.supervisor).control_ids
        self.assertEqual(traces.mapped("kind"), ["barge", "whisper", "listen"])
        self.assertEqual(traces.user_id, self.supervisor)
        self.assertEqual(traces.agent_id, self.agent)

    def test_what_the_pbx_refuses_leaves_its_trace_as_well(self):
        call = self._talks()
        self.server.ari[ORIGINATE] = (500, {"message": "Allocation failed"})
        action = call.with_user(self.supervisor).action_listen()
        self.assertEqual(action["params"]["type"], "danger")
        self.assertEqual(call.sudo().control_ids.state, "failed")

    def test_only_a_supervisor_of_the_team_may(self):
        call = self._talks()
        for user in (self.agent, self.colleague):
            with self.assertRaises(AccessError):
                call.with_user(user).action_listen()
        call.sudo().team_id = self.env["crm.team"].create(
            {"name": "Others", "company_id": self.company.id}
        )
        with self.assertRaises(AccessError):
            call.with_user(self.supervisor).action_barge()
        self.assertFalse(self.server.asked)
        self.assertFalse(call.sudo().control_ids)

    def test_a_call_of_no_team_is_that_of_the_team_of_who_talks(self):
        call = self._talks()
        call.sudo().team_id = False
        stranger = self._user("other_lead", "telephony_supervisor")
        self.env["crm.team"].create(
            {"name": "Others", "company_id": self.company.id, "user_id": stranger.id}
        )
        self.env["telephony.extension"].create(
            {"pbx_id": self.pbx.id, "number": "108", "user_id": stranger.id}
        )
        with self.assertRaises(AccessError):
            call.with_user(stranger).action_listen()
        with self.assertRaises(AccessError):
            self._control(call, "hang_up", user=stranger)
        self.assertFalse(self.server.asked)
        call.with_user(self.supervisor).action_listen()
        self.team.member_ids = False
        with self.assertRaises(AccessError):
            call.with_user(self.supervisor).action_listen()
        stranger.group_ids += self.env.ref(
            "telephony_crm.group_telephony_administrator"
        )
        call.with_user(stranger).action_listen()
        self.assertEqual(len(self._asked(ORIGINATE)), 2)

    def test_a_supervisor_of_another_company_may_not(self):
        call = self._talks()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        other = self._user(
            "elsewhere",
            "telephony_supervisor",
            company_id=company.id,
            company_ids=company.ids,
        )
        with self.assertRaises(AccessError):
            call.with_user(other).action_listen()

    def test_a_call_that_rings_or_is_over_cannot_be_joined(self):
        call = self._rings()
        with self.assertRaises(UserError):
            call.with_user(self.supervisor).action_listen()
        self._talks("2.2")
        call = self._call("2.2")
        self._hear("ended", "2.2", disposition="answered")
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            call.with_user(self.supervisor).action_listen()
        self.assertFalse(self.server.asked)

    def test_who_has_no_extension_is_told_so(self):
        call = self._talks()
        self.supervisor.telephony_extension_ids.unlink()
        with self.assertRaises(UserError):
            call.with_user(self.supervisor).action_listen()

    def test_traces_of_other_teams_and_companies_are_not_seen(self):
        call = self._talks()
        call.with_user(self.supervisor).action_listen()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        elsewhere = self._user(
            "elsewhere",
            "telephony_administrator",
            company_id=company.id,
            company_ids=company.ids,
        )
        Control = self.env["telephony.call.control"]
        self.assertTrue(Control.with_user(self.supervisor).search([]))
        self.assertFalse(Control.with_user(elsewhere).search([]))
        call.sudo().team_id = self.env["crm.team"].create(
            {"name": "Others", "company_id": self.company.id}
        )
        self.assertFalse(Control.with_user(self.supervisor).search([]))

    def test_the_trace_stays_when_the_call_goes_into_another(self):
        self._talks("1.1", "101")
        call = self._talks("2.2")
        call.with_user(self.supervisor).action_listen()
        self._hear("merged", "2.2", parent_ref="1.1")
        self.assertFalse(self._call("2.2"))
        traces = self._call("1.1").with_user(self.supervisor).control_ids
        self.assertEqual(traces.mapped("kind"), ["listen"])

    def test_the_trace_cannot_be_changed(self):
        call = self._talks()
        call.with_user(self.supervisor).action_listen()
        trace = call.with_user(self.supervisor).control_ids
        for attempt in (
            lambda: trace.write({"kind": "barge"}),
            trace.unlink,
            lambda: trace.create({"call_id": call.id, "kind": "listen"}),
        ):
            with self.assertRaises(AccessError):
                attempt()
        with self.assertRaises(AccessError):
            self.env[trace._name].with_user(self.agent).search([])
