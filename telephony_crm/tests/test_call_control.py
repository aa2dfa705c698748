"""The buttons of the card: who may, what the PBX is asked, what is shown then."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.telephony_dial_wish import MAX_REFUSED
from .asterisk_common import CUSTOMER, DID, AsteriskCase

CHANNEL = "1.1100"
PEER = f"GET /ari/channels/{CHANNEL}/variable"


@tagged("post_install", "-at_install")
class TestCallControl(AsteriskCase):
    def setUp(self):
        super().setUp()
        self.server.ari[PEER] = (200, {"value": "PJSIP/trunk-00000001"})

    def _card(self, call, user=None):
        return call.with_user(user or self.agent).get_card(call.id)

    # -- what is shown -----------------------------------------------------------------

    def test_only_what_the_pbx_can_is_offered(self):
        control = self._card(self._rings())["control"]
        self.assertEqual(
            [name for name, can in control["can"].items() if can], ["decline"]
        )
        control = self._card(self._talks())["control"]
        self.assertEqual(
            {name for name, can in control["can"].items() if can},
            {"hang_up", "hold", "keypad", "transfer", "consult", "record"},
        )

    def test_of_another_system_nothing_is_offered(self):
        call = self._talks()
        self.pbx.adapter = "generic"
        self.assertFalse(self._card(call)["control"])

    def test_who_is_not_in_the_call_is_offered_nothing(self):
        call = self._talks()
        self.assertFalse(self._card(call, self.supervisor)["control"])

    # -- what is done ------------------------------------------------------------------

    def test_hanging_up_and_declining_end_the_own_part(self):
        call = self._rings()
        self.assertFalse(self._control(call, "hang_up")["problem"])
        self.assertEqual(len(self._asked(f"DELETE /ari/channels/{CHANNEL}")), 1)

    def test_the_caller_waits_until_the_call_is_resumed(self):
        call = self._talks()
        card = self._control(call, "hold")
        self.assertTrue(card["control"]["held"])
        self.assertFalse(card["control"]["can"]["transfer"])
        (moved,) = self._asked("Redirect")
        self.assertEqual(moved["ExtraChannel"], "PJSIP/trunk-00000001")
        self.assertTrue(self._card(call)["control"]["held"], "also after a reload")
        card = self._control(call, "resume")
        self.assertFalse(card["control"]["held"])
        self.assertTrue(card["control"]["can"]["transfer"])

    def test_a_dialplan_without_our_part_holds_nobody_and_that_is_said(self):
        self.server.lacking = ("telephony-hold",)
        card = self._control(self._talks(), "hold")
        self.assertIn("dialplan", card["problem"])
        self.assertFalse(card["control"]["held"])
        self.assertFalse(self._asked("Redirect"), "that would hang both up")

    def test_a_call_is_sent_to_a_colleague_and_to_a_number_outside(self):
        call = self._talks()
        self._control(call, "transfer", "101")
        self._control(call, "transfer", "020 3769 1882")
        self.assertEqual(
            [one["Exten"] for one in self._asked("BlindTransfer")],
            ["101", "+442037691882"],
        )

    def test_a_colleague_is_asked_and_then_connected_or_not(self):
        call = self._talks()
        Call = self.env["telephony.call"].with_user(self.agent)
        self.colleague.name = "Bruno"
        card = Call.control_call(call.id, "consult", "101")
        self.assertEqual(
            card["control"]["consultation"],
            {"number": "101", "name": "Bruno", "talking": False},
        )
        self.assertFalse(card["control"]["can"]["hang_up"], "it would connect both")
        card = self._control(call, "back")
        self.assertFalse(card["control"]["consultation"])
        self._control(call, "consult", "101")
        self._control(call, "complete")
        self.assertEqual(len(self._asked(f"DELETE /ari/channels/{CHANNEL}")), 1)

    def test_both_can_be_connected_once_the_colleague_has_picked_up(self):
        before = fields.Datetime.now() - timedelta(seconds=20)
        before = f"{before.isoformat()}Z"  # who rings at that moment has lost
        maya = {"extension": "100", "leg_ref": CHANNEL, "leg_kind": "agent"}
        told = {"direction": "inbound", "number": CUSTOMER, "did": DID}
        self._hear("started", occurred_at=before, **told)
        self._hear("ringing", occurred_at=before, **maya)
        self._hear("answered", occurred_at=before, **maya)
        call = self._call("1.1")
        self._control(call, "consult", "101")
        bruno = {"extension": "101", "leg_ref": "1.1101", "leg_kind": "agent"}

        def consultation():
            return self._card(call)["control"]["consultation"]

        self._hear("ringing", **bruno)
        self.assertFalse(consultation()["talking"])
        version = call.version
        self._hear("asked", **bruno)
        self.env.invalidate_all()
        self.assertTrue(consultation()["talking"])
        self.assertGreater(call.version, version, "the screen is told")
        self._hear("left", disposition="answered_elsewhere", **bruno)
        self.env.invalidate_all()
        self.assertFalse(consultation(), "the agent has the caller back")
        self.assertTrue(self._card(call)["control"]["can"]["hang_up"])

    def test_a_call_that_the_dialplan_records_is_shown_to_be_recorded(self):
        call = self._talks()
        self.assertFalse(self._card(call)["recording"])
        self._hear("recording_on")
        self.env.invalidate_all()
        card = self._card(call)
        self.assertTrue(card["recording"] and card["control"]["recording"])
        self._control(call, "record")
        self._control(call, "unrecord")
        call.sudo().control_ids.date = call.recording_switch_date
        self.assertFalse(self._card(call)["recording"], "before the PBX tells of it")
        earlier = call.recording_switch_date - timedelta(seconds=60)
        call.sudo().control_ids.date = earlier
        self.assertTrue(self._card(call)["recording"], "it was begun anew since")
        self._hear("ended", disposition="answered")
        self.env.invalidate_all()
        self.assertFalse(self._card(call)["recording"])

    def test_keys_are_pressed_and_never_noted(self):
        call = self._talks()
        self._control(call, "press", "12#")
        self.assertEqual([one["Digit"] for one in self._asked("PlayDTMF")], [*"12#"])
        self.assertFalse(call.sudo().control_ids)

    def test_keys_pressed_by_a_supervisor_are_traced_without_the_keys(self):
        call = self._talks()
        self._control(call, "press", "4711#", user=self.supervisor)
        trace = call.sudo().control_ids
        self.assertEqual((trace.kind, trace.user_id), ("press", self.supervisor))
        self.assertEqual((trace.agent_id, trace.state), (self.agent, "done"))
        self.assertFalse(trace.target)

    def test_the_trace_names_whom_the_number_belongs_to(self):
        call = self._talks()
        self.env["res.partner"].create(
            {"name": "Warehouse · Leeds", "phone": "+442037691882"}
        )
        self._control(call, "transfer", "020 3769 1882")
        self._control(call, "transfer", "+442037691885")
        self.assertEqual(
            call.sudo().control_ids.mapped("target"),
            ["+442037691885", "+442037691882 · Warehouse · Leeds"],
        )

    def test_a_recording_that_was_begun_here_is_fetched(self):
        call = self._talks()
        card = self._control(call, "record")
        self.assertTrue(card["control"]["recording"])
        (begun,) = self._asked("MixMonitor")
        self.assertFalse(call.sudo().recording_ids, "it is not finished")
        self._hear("ended", call.call_ref, disposition="answered")
        self.env.invalidate_all()
        self.assertEqual(call.sudo().recording_ids.mapped("ref"), [begun["File"]])

    def test_a_recording_that_was_stopped_is_fetched_at_once(self):
        call = self._talks()
        self._control(call, "record")
        card = self._control(call, "unrecord")
        self.assertFalse(card["control"]["recording"])
        self.assertEqual(len(call.sudo().recording_ids), 1)
        self._hear("ended", call.call_ref, disposition="answered")
        self.env.invalidate_all()
        self.assertEqual(len(call.sudo().recording_ids), 1)

    def test_who_placed_a_call_has_its_first_channel(self):
        self._hear(
            "started",
            "odoo-5f0c",
            direction="outbound",
            number=CUSTOMER,
            dialled_by="100",
        )
        self._control(self._call("odoo-5f0c"), "hang_up")
        self.assertTrue(self._asked("DELETE /ari/channels/odoo-5f0c"))

    def test_of_two_colleagues_each_has_the_own_channel(self):
        self._hear(
            "started", "7.1", direction="internal", number="101", dialled_by="100"
        )
        for extension, channel in (("100", "7.1"), ("101", "7.2")):
            told = {"extension": extension, "leg_ref": channel, "leg_kind": "agent"}
            self._hear("ringing", "7.1", **told)
            self._hear("answered", "7.1", **told)
        call = self._call("7.1")
        self._control(call, "hang_up", user=self.colleague)
        self._control(call, "hang_up")
        asked = [path for path, _told in self.server.asked]
        self.assertEqual(
            asked, ["DELETE /ari/channels/7.2", "DELETE /ari/channels/7.1"]
        )

    # -- what is not done --------------------------------------------------------------

    def test_what_the_pbx_refuses_is_said_in_words(self):
        call = self._talks()
        self.server.ami["BlindTransfer"] = "No such channel"
        card = self._control(call, "transfer", "101")
        self.assertEqual(card["problem"], "The call is over.")
        self.server.ami["BlindTransfer"] = "Permission denied"
        card = self._control(call, "transfer", "101")
        self.assertIn("lacks a right", card["problem"])
        noted = call.sudo().control_ids
        self.assertEqual(set(noted.mapped("state")), {"failed"})

    def test_a_transfer_dials_no_number_that_may_not_be_dialled(self):
        call = self._talks()
        for number in ("+449098790000", "999", "*43", "+380444941710", "abc", "", "'"):
            card = self._control(call, "transfer", number)
            self.assertTrue(card["problem"], number)
        self.assertFalse(self._asked("BlindTransfer"))
        dials = self.env["telephony.dial"].search([("call_id", "=", call.id)])
        self.assertEqual(set(dials.mapped("state")), {"refused"})

    def test_who_is_refused_transfers_in_a_loop_fills_no_table(self):
        call = self._talks()
        for index in range(MAX_REFUSED + 5):
            card = self._control(call, "transfer", f"+4490{index}")
            self.assertIn(f"+4490{index}", card["problem"])
        dials = self.env["telephony.dial"].search([("user_id", "=", self.agent.id)])
        self.assertEqual(len(dials), MAX_REFUSED)
        self.assertEqual(sum(dials.mapped("more")), 5)

    def test_transfers_count_as_dialled(self):
        call = self._talks()
        self.pbx.dial_user_minute = 2
        for _time in range(2):
            self.assertFalse(self._control(call, "transfer", "101")["problem"])
        self.assertIn("wait a", self._control(call, "transfer", "101")["problem"])
        self.assertEqual(len(self._asked("BlindTransfer")), 2)

    def test_an_unknown_action_does_nothing(self):
        call = self._talks()
        for action in ("", "unlink", "_note_control", "originate"):
            self.assertTrue(self._control(call, action)["problem"])
        self.assertFalse(self.server.asked)

    # -- who may -----------------------------------------------------------------------

    def test_only_who_takes_part_or_a_supervisor_of_the_team_may(self):
        call = self._talks()
        other = self._user("bystander", "telephony_agent")
        call.sudo().owner_id = other  # sees it, and takes no part in it
        call.sudo()._sync_participants()
        with self.assertRaises(AccessError):
            self._control(call, "hang_up", user=other)
        with self.assertRaises(AccessError):
            self._control(call, "hang_up", user=self.colleague)
        self.assertFalse(self.server.asked)
        self.assertFalse(
            self._control(call, "hang_up", user=self.supervisor)["problem"]
        )
        self.assertTrue(self._asked(f"DELETE /ari/channels/{CHANNEL}"))

    def test_a_supervisor_of_another_team_may_not(self):
        call = self._talks()
        call.sudo().team_id = self.env["crm.team"].create(
            {"name": "Others", "company_id": self.company.id}
        )
        with self.assertRaises(AccessError):
            self._control(call, "hang_up", user=self.supervisor)

    def test_a_person_without_the_role_may_not(self):
        call = self._talks()
        nobody = self._user("no_agent", "telephony_agent")
        nobody.group_ids -= self.env.ref("telephony_crm.group_telephony_agent")
        with self.assertRaises(AccessError):
            self._control(call, "hang_up", user=nobody)
        self.assertFalse(self.server.asked)

    def test_of_two_who_are_rung_each_declines_the_own_part(self):
        call = self._rings()
        self._hear(
            "ringing", "1.1", extension="101", leg_ref="1.1101", leg_kind="agent"
        )
        self._control(call, "hang_up", user=self.colleague)
        self.assertTrue(self._asked("DELETE /ari/channels/1.1101"))
        self.assertFalse(self._asked(f"DELETE /ari/channels/{CHANNEL}"))
