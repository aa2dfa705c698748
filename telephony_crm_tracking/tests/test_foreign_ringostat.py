import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.telephony_crm.tests.common import CUSTOMER, DID

from .common import TrackingHttpCase

MODULE = "odoo.addons.telephony_crm_tracking.controllers.events"


@tagged("post_install", "-at_install")
class TestForeignRingostat(TrackingHttpCase):
    """Events with fields that somebody else has named, over the web."""

    def setUp(self):
        super().setUp()
        self.feed = self.env["telephony.tracking.feed"].create(
            {"company_id": self.company.id, "tz": "UTC"}
        )
        at = fields.Datetime.now() - timedelta(minutes=2)
        self.event = {
            "calldate": at.strftime("%Y-%m-%d %H:%M:%S"),
            "caller_number": CUSTOMER,
            "dst": DID,
            "utm_source": "bing",
            "utm_medium": "cpc",
            "billsec": "31",
        }
        self._tell("NOTIFY_START", started=at)

    def _send(self, method="POST", token=None, **options):
        self.env.flush_all()
        address = f"/telephony/events/{token or self.feed.token}"
        url = self.base_url() + address
        response = self.opener.request(method, url, timeout=12, **options)
        self.env.invalidate_all()
        return response.status_code

    def _told(self):
        return self.env["telephony.tracking.foreign"].sudo().search([])

    def test_each_way_of_sending_is_read(self):
        text = {"Content-Type": "application/json"}
        rpc = json.dumps({"jsonrpc": "2.0", "params": {**self.event, "billsec": "32"}})
        for place, options in enumerate(
            (
                {"params": self.event, "method": "GET"},
                {"data": {**self.event, "billsec": "33"}},
                {"data": json.dumps({**self.event, "billsec": 3}), "headers": text},
                {"data": rpc, "headers": text, "method": "PUT"},
                {"params": {**self.event, "utm_term": "sofa"}, "method": "DELETE"},
            )
        ):
            self.assertEqual(self._send(**options), 200, place)
        self.assertEqual(set(self._told().mapped("source")), {"bing"})
        self.assertEqual(self._told().call_id, self._call())

    def test_a_call_has_the_source_that_they_say(self):
        self._send(params=self.event, method="GET")
        self.assertEqual(self._told().call_id, self._call())
        call = self._call().sudo()
        call._track()
        self.assertEqual(
            (call.tracking_state, call.source_id.name), ("foreign", "bing")
        )

    def test_the_form_suggests_and_shows_at_once_what_would_be_understood(self):
        self._send(data={**self.event, "when_it_was": "20.03.2026 10:00"})
        feed = self.feed.with_user(self.administrator)
        lines = {line.target: line for line in feed.line_ids}
        self.assertEqual(lines["caller"].understood, CUSTOMER)
        self.assertIn("when_it_was = 20.03.2026 10:00", feed.last_text)
        with Form(feed) as form:
            place = feed.line_ids.ids.index(lines["at"].id)
            with form.line_ids.edit(place) as line:
                line.name = "when_it_was"
                self.assertEqual(line.came, "20.03.2026 10:00")
                self.assertEqual(line.understood, "2026-03-20 10:00:00")

    @mute_logger(MODULE)
    def test_strangers_and_nonsense_are_answered_and_leave_nothing(self):
        self.assertEqual(self._send(token="nobody", data=self.event), 404)
        self.assertEqual(self._send(data=b"{broken"), 400)
        self.assertEqual(self._send(data=b""), 400)
        many = {f"name{place}": "1" for place in range(500)}
        self.assertEqual(self._send(data=json.dumps(many)), 400)
        self.feed.allowed_ips = "192.0.2.0/24"
        self.assertEqual(self._send(data=self.event), 403)
        self.feed.active = False
        self.assertEqual(self._send(data=self.event), 404)
        self.assertFalse(self._told())

    def test_a_new_address_ends_the_old_one(self):
        old = self.feed.token
        self.feed.with_user(self.administrator).action_new_token()
        self.assertEqual(self._send(token=old, data=self.event), 404)
        self.assertEqual(self._send(data=self.event), 200)

    def test_hostile_words_are_kept_as_text(self):
        words = "<script>alert(1)</script>' OR 1=1 --"
        self._send(data={**self.event, "utm_campaign": words, "{{x}}": words})
        self.assertEqual(self._told().campaign, words)
        self.assertEqual(self._told().extra["x"], words)

    def test_only_administrators_have_the_address(self):
        for user in (self.agent, self.supervisor):
            with self.assertRaises(AccessError):
                self.feed.with_user(user).read(["token"])
        self.assertTrue(self.feed.with_user(self.administrator).url)
        with self.assertRaises(ValidationError):
            self.feed.allowed_ips = "everybody"
