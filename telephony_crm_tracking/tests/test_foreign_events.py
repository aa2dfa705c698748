import json

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.telephony_crm.pbx import adapter as pbx_adapter
from odoo.addons.telephony_crm.tests.common import CUSTOMER

from .call_common import STATIC, RingingCase

MODULE = "odoo.addons.telephony_crm_tracking.models.telephony_pbx_event"


@tagged("post_install", "-at_install")
class TestForeignEvents(RingingCase):
    """What Zadarma's own call tracking says of a call."""

    def _say(self, result=None, **said):
        """Have Zadarma tell of the origin of a call; return the stored event."""
        at = self._in(30).strftime("%Y-%m-%d %H:%M:%S")
        call = {"start": at, "pbx_call_id": "in_1", "url": "https://a.example/sofas"}
        call |= {"utm_source": "google", "utm_medium": "cpc", "colour": "red", **said}
        text = json.dumps(call) if result is None else result
        form = {"event": "CALL_TRACKING", "result": text}
        notification = pbx_adapter.get("zadarma").read(pbx_adapter.Request(form=form))
        pbx = self.pbx._for_events()
        pbx.env["telephony.pbx.event"]._receive(pbx, notification)
        self.env.invalidate_all()
        events = self.env["telephony.pbx.event"].sudo()
        return events.search([("kind", "=", "CALL_TRACKING")], limit=1, order="id desc")

    def _told(self):
        return self.env["telephony.tracking.foreign"].sudo().search([])

    def _check_known(self, call):
        self.assertEqual(call.tracking_state, "foreign")
        self.assertEqual(call.match_ids.level, "foreign")
        self.assertEqual(self._sources(call), ("google", "cpc", False))
        self.assertEqual(call.match_ids.landing, "/sofas")
        self.assertEqual(self._told().extra.get("colour"), "red")
        touches = self.env["telephony.tracking.touch"].search([])
        self.assertIn("/sofas", touches.mapped("landing"))

    def test_it_may_come_after_the_call(self):
        self._ring(STATIC, 30)
        self._end(STATIC, 30)
        self._say()
        self._follow_up()
        self._check_known(self._call())

    def test_it_may_come_while_they_talk(self):
        self._ring(STATIC, 30)
        self._say()
        self._check_known(self._end(STATIC, 30))

    def test_it_may_come_before_the_call(self):
        self._say()
        self.assertFalse(self._told().call_id)
        self._ring(STATIC, 30)
        self._check_known(self._end(STATIC, 30))

    def test_without_the_pbx_s_id_caller_and_time_say_which_call(self):
        self._ring(STATIC, 30)
        self._end(STATIC, 30)
        self._say(pbx_call_id="", caller_id=CUSTOMER[1:])
        self._follow_up()
        self._check_known(self._call())

    def test_a_call_returning_our_own_is_no_touch_whatever_is_said_of_it(self):
        self._talk(minutes=150)
        self._ring(STATIC, 30)
        call = self._end(STATIC, 30)
        self._say()
        self._follow_up()
        self.env.invalidate_all()
        self.assertTrue(call.returns_ours and call.match_ids)
        self.assertFalse(self.env["telephony.tracking.touch"].search([]))

    def test_a_repeat_is_the_same(self):
        self._say()
        self._say()
        self.assertEqual(len(self._told()), 1)

    @mute_logger(MODULE)
    def test_what_cannot_be_read_stays_in_the_inbox_and_says_why(self):
        for result in ("", "no json", "[1]", "{" * 500):
            event = self._say(result)
            self.assertEqual(event.state, "ignored")
            self.assertTrue(event.error)
        self.assertFalse(self._told())

    def test_it_never_reaches_a_call_of_another_company(self):
        self._ring(STATIC, 30)
        call = self._end(STATIC, 30)
        call.sudo().company_id = self.env["res.company"].create({"name": "Elsewhere"})
        self._say(caller_id=CUSTOMER[1:])
        self.assertFalse(self._told().call_id)
