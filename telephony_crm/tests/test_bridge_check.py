from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import telephony_pbx_command
from ..pbx import asterisk_check
from .bridge_common import BridgeCase, Clock, answered, as_json

SECRET_IS_WRONG = "AMI does not let “odoo” in. Check the secret in manager.conf."


@tagged("post_install", "-at_install")
class TestBridgeCheck(BridgeCase):
    """The test button where the bridge runs, but something keeps it from the PBX."""

    def setUp(self):
        super().setUp()
        self.taken = []

    def _test(self):
        params = self.pbx.with_user(self.administrator).action_test()["params"]
        return params["type"], params["message"]

    def _stand_by(self, **values):
        """Have a bridge come forward that cannot become active."""
        self._note("pbx1:b", False, connected_since=None, **values)

    def _answer(self, **found):
        """Carry the test out, as far as Odoo hands it to who stands by."""
        paths = self.bridges._paths_without_active(self.pbx, "pbx1:b")
        [command] = self.commands._hand_out(self.pbx, paths)
        self.taken.append(command["path"])
        found = as_json({"problems": [], "ari": True, **found})
        self.commands._take_in(self.pbx, [answered(command["id"], found)])

    def test_a_bridge_that_cannot_become_active_says_what_is_wrong(self):
        self._stand_by()
        problems = [SECRET_IS_WRONG, "ARI refuses the password."]
        self._meanwhile(lambda: self._answer(problems=problems))
        kind, message = self._test()
        self.assertEqual((kind, self.taken), ("danger", ["/bridge/check"]))
        self.assertEqual(message, " ".join(problems))

    def test_what_the_pbx_does_not_say_of_the_user_is_named(self):
        for unsaid, is_named in ((["call", "cdr"], True), ([], False), ("x", False)):
            problems = asterisk_check._notes({"problems": [], "unsaid": unsaid})
            words = [self.pbx._problem_in_words(one) for one in problems]
            self.assertEqual(any("call, cdr" in text for text in words), is_named)
            self.assertTrue(all(one.is_note for one in problems))

    @mute_logger("odoo.addons.telephony_crm.models.telephony_pbx_request")
    def test_of_a_bridge_that_fetches_nothing_is_shown_what_it_said_last(self):
        self._note("pbx1:a")  # ended a moment ago, which nobody knows yet
        self._stand_by(problems=[SECRET_IS_WRONG])
        self._meanwhile()
        with patch.object(telephony_pbx_command.time, "monotonic", Clock()):
            kind, message = self._test()
        self.assertEqual(kind, "danger")
        self.assertIn(SECRET_IS_WRONG, message)
        self.assertNotIn("does not answer", message)

    @mute_logger("odoo.addons.telephony_crm.models.telephony_pbx_request")
    def test_where_no_bridge_runs_that_is_said(self):
        kind, message = self._test()
        self.assertEqual(kind, "danger")
        self.assertIn("Check that it runs", message)
