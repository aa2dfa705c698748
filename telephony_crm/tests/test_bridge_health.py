from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import config
from odoo.tools.translate import code_translations

from ..bridge.sentences import SENTENCES
from .bridge_common import BridgeCase, answered


@tagged("post_install", "-at_install")
class TestBridgeHealth(BridgeCase):
    """The page of a PBX says in words how its bridge is."""

    def _findings(self):
        self.env.invalidate_all()
        form = self.pbx.with_user(self.administrator)
        return {one["code"]: one for one in form._health_findings()}

    def _heard(self):
        self.env["telephony.pbx.event"].create(
            {
                "pbx_id": self.pbx.id,
                "key": "k1",
                "kind": "started",
                "payload": {},
                "received_at": fields.Datetime.now() - timedelta(minutes=4),
                "state": "ignored",
            }
        )

    def test_a_pbx_whose_bridge_was_never_seen_does_not_work(self):
        findings = self._findings()
        self.assertEqual(findings["bridge_missing"]["level"], "error")
        self.assertIn("Start the bridge", findings["no_event"]["text"])

    def test_all_is_well_and_said_in_one_sentence(self):
        self._heard()
        since = (datetime.now() - timedelta(hours=3)).timestamp()
        heard = (datetime.now() - timedelta(minutes=2)).timestamp()
        self._note(connected_since=since, last_event=heard, outbox=7)
        self._note("pbx2:b", active=False)
        self.assertFalse(
            {code for code in self._findings() if code.startswith("bridge")}
        )
        form = self.pbx.with_user(self.administrator)
        self.assertEqual(form.health_state, "ok")
        for words in (
            "Last event 4 minutes ago",
            "1.0 is connected to Asterisk 22.10.0 since 3 hours ago",
            "It last heard the PBX 2 minutes ago.",
            "On their way: 7",
            "stand by: 1",
        ):
            self.assertIn(words, form.health)

    def test_what_is_known_of_the_bridge_is_said_beside_what_is_wrong(self):
        self._heard()
        since = (datetime.now() - timedelta(hours=3)).timestamp()
        for status in ({"problems": ["The disk is nearly full."]}, {"refused": 3}):
            self._note(connected_since=since, outbox=7, **status)
            self.env.invalidate_all()
            form = self.pbx.with_user(self.administrator)
            self.assertEqual(form.health_state, "warning")
            for words in (
                "Last event 4 minutes ago",
                "1.0 is connected to Asterisk 22.10.0 since 3 hours ago",
                "On their way: 7",
            ):
                self.assertIn(words, form.health_facts)
        self._note(connected_since=since)
        self.env.invalidate_all()
        self.assertFalse(form.health_facts)

    def test_a_bridge_that_is_gone_is_missed_after_a_minute(self):
        self._note()
        bridge = self.bridges._of(self.pbx)
        bridge.seen_date = fields.Datetime.now() - timedelta(minutes=5)
        finding = self._findings()["bridge_away"]
        self.assertEqual(finding["level"], "error")
        self.assertIn("5 minutes ago", finding["text"])

    def test_what_the_bridge_says_is_wrong_is_said_here(self):
        self._note(connected_since=None, problems=["The AMI user has no right “call”."])
        finding = self._findings()["bridge_problem_1"]
        self.assertEqual(finding["level"], "error")
        self.assertIn("The AMI user has no right “call”.", finding["text"])
        self._note(problems=["The disk is nearly full."])
        self.assertEqual(self._findings()["bridge_problem_1"]["level"], "warning")

    def test_what_the_bridge_says_is_said_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("uk_UA")
        source = SENTENCES["ami_silent"]
        ours = {source: "AMI за адресою {ami} мовчить."}
        said = [["ami_silent", {"ami": "127.0.0.1:5038"}], ["from a later bridge", {}]]
        words = [source.format(ami="127.0.0.1:5038"), "The disk is nearly full."]
        self._note(problems=words, said=said)
        bridge = self.bridges._of(self.pbx)
        self.assertEqual(bridge._problems_in_words(), words)
        known = patch.object(
            type(code_translations), "get_python_translations", lambda *_args: ours
        )
        with known:
            self.assertEqual(
                bridge.with_context(lang="uk_UA")._problems_in_words(),
                ["AMI за адресою 127.0.0.1:5038 мовчить.", words[1]],
            )
            self._note(problems=words[:1], said=[["ami_silent", {}]])
            bridge.invalidate_recordset()
            in_ukrainian = bridge.with_context(lang="uk_UA")._problems_in_words()
            self.assertEqual(in_ukrainian, words[:1], "a value is missing")

    def test_each_thing_that_is_wrong_is_told_apart(self):
        for status, code, level in (
            ({"connected_since": None}, "bridge_unconnected", "error"),
            ({"oldest": 300, "outbox": 12}, "bridge_outbox", "warning"),
            ({"refused": 3}, "bridge_refused", "warning"),
            ({"dropped": 40}, "bridge_dropped", "warning"),
            ({"clock_offset": 3600.2}, "bridge_clock", "warning"),
            ({"clock_offset": -3600.2}, "bridge_clock", "warning"),
        ):
            self._note(**status)
            found = {
                name: one
                for name, one in self._findings().items()
                if name.startswith("bridge")
            }
            self.assertEqual(list(found), [code])
            self.assertEqual(found[code]["level"], level)

    def test_what_was_refused_is_told_again_at_the_press_of_a_button(self):
        self._note(refused=3, refusal="400 There is no field 'x'.")
        finding = self._findings()["bridge_refused"]
        self.assertIn("3. The last reason: 400 There is no field 'x'.", finding["text"])
        taken = []

        def carry_out():
            [command] = self.commands._hand_out(self.pbx)
            taken.append((command["method"], command["path"]))
            answer = answered(command["id"], b'{"count": 3}')
            self.commands._take_in(self.pbx, [answer])

        self._meanwhile(carry_out)
        getattr(self.pbx.with_user(self.administrator), finding["action"])()
        self.assertEqual(taken, [("POST", "/bridge/retry")])

    def test_only_administrators_have_it_told_again_and_a_bridge_has_to_be_there(self):
        with self.assertRaises(UserError) as caught:
            self.pbx.with_user(self.administrator).action_retry_refused()
        self.assertIn("bridge", str(caught.exception))
        with self.assertRaises(AccessError):
            self.pbx.with_user(self.agent).action_retry_refused()

    def test_a_bridge_that_asks_workers_is_said_to(self):
        self._note(is_held=False)
        self.assertNotIn("bridge_way", self._findings())
        with patch.dict(config.options, {"workers": 2}):
            self.assertEqual(self._findings()["bridge_way"]["level"], "info")
            self._note(is_held=True)
            self.assertNotIn("bridge_way", self._findings())

    def test_a_clock_that_is_an_hour_off_is_named_by_its_direction(self):
        self._note(clock_offset=3600.2)
        self.assertIn("3600 seconds ahead", self._findings()["bridge_clock"]["text"])
        self._note(clock_offset=-3600.2)
        self.assertIn("3600 seconds behind", self._findings()["bridge_clock"]["text"])

    def test_what_keeps_another_bridge_from_taking_over_is_said_before_it_has_to(self):
        wrong = "AMI does not let “odoo” in."
        late = "Calls have ended, and AMI told no record of them."
        self._heard()
        self._note(problems=[late])
        self._note("pbx2:b", active=False, connected_since=None, problems=[wrong, late])
        findings = self._findings()
        others = [code for code in findings if code.startswith("bridge_standby")]
        self.assertEqual(others, ["bridge_standby_1"], "what both say is said once")
        self.assertEqual(findings["bridge_standby_1"]["level"], "warning")
        self.assertIn(wrong, findings["bridge_standby_1"]["text"])
        form = self.pbx.with_user(self.administrator)
        self.assertNotIn("stand by:", f"{form.health} {form.health_facts}")
        self._note()
        self._note("pbx2:b", active=False, connected_since=None)
        self.assertIn("not connected", self._findings()["bridge_standby_1"]["text"])
        self._note("pbx2:b", active=False)
        self.assertNotIn("bridge_standby_1", self._findings())
        self.assertIn("stand by: 1", form.health)

    def test_bridges_that_only_stand_by_are_not_enough(self):
        self._note(active=False)
        self.assertEqual(self._findings()["bridge_inactive"]["level"], "error")

    def test_a_pbx_without_bridge_misses_none(self):
        self.pbx.adapter = "zadarma"
        self.assertFalse(
            {code for code in self._findings() if code.startswith("bridge")}
        )
