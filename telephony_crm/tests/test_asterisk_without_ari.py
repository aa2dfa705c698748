"""A PBX of which only AMI is served over HTTP, and calls of which the end was lost."""

from odoo.tests import tagged

from .asterisk_common import CUSTOMER, AsteriskCase


@tagged("post_install", "-at_install")
class TestAsteriskWithoutAri(AsteriskCase):
    def setUp(self):
        super().setUp()
        self._set(ari_user=False)

    def _dial(self):
        return self.env["telephony.dial"].with_user(self.agent).dial(CUSTOMER)

    def test_a_click_rings_the_agent_and_the_call_is_known_by_its_id(self):
        answer = self._dial()
        self.assertEqual(answer["status"], "calling", answer)
        [asked] = self._asked("Originate")
        wish = self.env["telephony.dial"].browse(answer["dial_id"])
        self.assertEqual(asked["ChannelId"], wish.sudo().call_ref)
        self.assertEqual(answer["call_ref"], asked["ChannelId"], "the phone is told")
        self.assertEqual((asked["Channel"], asked["Exten"]), ("PJSIP/100", CUSTOMER))

    def test_what_the_phone_is_not_told_nobody_waits_for(self):
        self._set(endpoint="SIP/{extension}")
        answer = self._dial()
        self.assertEqual((answer["status"], answer["call_ref"]), ("calling", ""))
        self.assertNotIn("PJSIP_HEADER", self._asked("Originate")[0]["Variable"])

    def test_why_it_is_not_dialled_is_said(self):
        self.server.fields["Getvar"] = {"Value": "UNAVAILABLE"}
        self.assertIn("phone is not connected", self._dial()["message"])
        self.server.fields["Getvar"] = {}
        self.server.ami["Originate"] = "Permission denied"
        self.assertIn("lacks a right", self._dial()["message"])
        self.server.ami["login"] = "Authentication failed"
        self.assertIn("does not let the AMI user in", self._dial()["message"])
        self._set(ami_user=False)
        self.assertIn("AMI user, which is not set", self._dial()["message"])

    def test_a_call_is_hung_up(self):
        card = self._control(self._talks(), "hang_up")
        self.assertFalse(card["problem"])
        self.assertEqual(self._asked("Hangup")[0]["Channel"], "1.1100")

    def test_to_join_a_call_takes_ari_and_that_is_said(self):
        call = self._talks().with_user(self.supervisor)
        said = call.action_listen()["params"]
        self.assertEqual(said["type"], "danger")
        self.assertIn("with ARI, which is not set up", said["message"])

    def test_the_test_button_says_what_is_missing(self):
        listed = (
            "redirect setvar blindtransfer atxfer bridge playdtmf mixmonitor hangup "
            "originate coreshowchannels"
        )
        self.server.fields["ListCommands"] = dict.fromkeys(listed.split(), "x")
        self.server.fields["CoreSettings"] = {"AsteriskVersion": "22.10.0"}
        params = self.pbx.action_test()["params"]
        self.assertEqual(params["type"], "success", params)
        self.assertIn("no ARI, so calls are dialled over AMI", params["message"])
        self.server.fields["ListCommands"].pop("originate")
        said = self.pbx.action_test()["params"]["message"]
        self.assertIn("add originate to its line write=", said)
        self._set(ami_user=False)
        said = self.pbx.action_test()["params"]["message"]
        self.assertIn("Neither an ARI user nor an AMI user is set", said)


@tagged("post_install", "-at_install")
class TestWhatGoesOn(AsteriskCase):
    def _silent(self, *calls):
        """Have nothing been heard of calls for a while, and look after them."""
        self.env.flush_all()
        for call in calls:
            self.env.cr.execute(
                "UPDATE telephony_call SET write_date = now() - interval '5 minutes'"
                " WHERE id = %s",
                [call.id],
            )
        self.env.invalidate_all()
        self.env["telephony.call"]._cron_mark_stale()

    def test_what_the_pbx_does_not_know_any_more_is_over(self):
        over, rung, handed_on = (
            self._talks("2.1"),
            self._rings("2.2"),
            self._talks("2.3", "101"),
        )
        self.server.channels = [("7.7", "2.2"), ("2.3101", "1.0")]
        self._silent(over, rung, handed_on)
        self.assertEqual(over.state, "ended")
        self.assertEqual(rung.state, "ringing", "by the id of the call")
        self.assertEqual(handed_on.state, "in_progress", "by the id of a leg")

    def test_without_a_doubt_nobody_is_asked(self):
        call = self._talks("2.4")
        self.env["telephony.call"]._cron_mark_stale()
        self.assertFalse(self._asked("CoreShowChannels"))
        self.assertEqual(call.state, "in_progress")

    def test_a_pbx_that_does_not_answer_ends_nothing(self):
        call = self._talks("2.5")
        self.server.ami["CoreShowChannels"] = "Permission denied"
        self._silent(call)
        self.assertTrue(self._asked("CoreShowChannels"))
        self.assertEqual(call.state, "in_progress")
