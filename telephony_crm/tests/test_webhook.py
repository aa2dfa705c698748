from urllib.parse import urlencode

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TelephonyHttpCase

CONTROLLER = "odoo.addons.telephony_crm.controllers.webhook"


@tagged("post_install", "-at_install")
class TestWebhook(TelephonyHttpCase):
    def _events(self):
        self.env.invalidate_all()
        return self.env["telephony.pbx.event"].search([("pbx_id", "=", self.pbx.id)])

    def _post_raw(self, body, kind, token=None, **headers):
        """Post a body word for word; in pieces if it is an iterator."""
        return self.url_open(
            f"/telephony/webhook/{token or self.pbx.webhook_token}",
            data=body,
            headers={"Content-Type": kind, **headers},
        )

    def test_a_ringing_call_is_logged_at_once(self):
        response = self._post("NOTIFY_START")
        self.assertEqual(response.status_code, 200)
        call = self._call()
        self.assertEqual(call.state, "ringing")
        self.assertEqual(call.direction, "inbound")
        self.assertEqual(call.number_e164, "+442037691880")
        self.assertEqual(call.did_id, self.did)
        self.assertEqual(call.company_id, self.company)
        self.assertEqual(self._events().state, "done")

    def test_a_repeat_adds_nothing(self):
        started = self._ago(seconds=3)
        for _repeat in range(3):
            self._post("NOTIFY_START", started=started)
        self.assertEqual(len(self._events()), 1)
        self.assertEqual(len(self._call()), 1)
        self.assertEqual(self._call().version, 1)

    def test_the_address_check_is_answered_as_plain_text_by_get_and_post(self):
        address = f"/telephony/webhook/{self.pbx.webhook_token}"
        for response in (
            self.url_open(f"{address}?zd_echo=abc123"),
            self.url_open(address, data={"zd_echo": "abc123"}),
        ):
            self.assertEqual(response.text, "abc123")
            self.assertTrue(response.headers["Content-Type"].startswith("text/plain"))

    def test_an_unknown_address_is_not_found(self):
        self.assertEqual(self._post("NOTIFY_START", token="wrong").status_code, 404)
        self.assertFalse(self._events())

    def test_an_archived_pbx_takes_nothing(self):
        self.pbx.active = False
        self.assertEqual(self._post("NOTIFY_START").status_code, 404)

    @mute_logger(CONTROLLER)
    def test_a_wrong_or_missing_signature_is_refused_and_leaves_nothing(self):
        self.assertEqual(self._post("NOTIFY_START", signature="wrong").status_code, 403)
        self.assertEqual(self._post("NOTIFY_START", signature="").status_code, 403)
        self.assertFalse(self._events())
        self.assertFalse(self._call())
        self.pbx.invalidate_recordset()
        self.assertEqual(self.pbx.health_state, "error")

    @mute_logger(CONTROLLER)
    def test_who_opens_the_address_in_a_browser_is_no_refused_event(self):
        response = self.url_open(f"/telephony/webhook/{self.pbx.webhook_token}")
        self.assertEqual(response.status_code, 403)
        self.pbx.invalidate_recordset()
        self.assertFalse(self.pbx.refused_date)

    def test_what_is_refused_is_logged_without_secrets_and_numbers(self):
        with self.assertLogs(CONTROLLER, "WARNING") as logs:
            self._post("NOTIFY_START", signature="wrong")
        line = "\n".join(logs.output)
        for secret in ("testsecret", "testkey", self.pbx.webhook_token, "442037691880"):
            self.assertNotIn(secret, line)

    @mute_logger(CONTROLLER)
    def test_without_a_secret_nothing_gets_in(self):
        self.pbx.api_secret = False
        self.assertEqual(self._post("NOTIFY_START").status_code, 403)

    @mute_logger(CONTROLLER)
    def test_an_address_that_is_not_allowed_is_refused(self):
        self.pbx.allowed_ips = "185.45.152.40/30"
        self.assertEqual(self._post("NOTIFY_START").status_code, 403)
        self.pbx.allowed_ips = "127.0.0.0/8, 185.45.152.40/30"
        self.assertEqual(self._post("NOTIFY_START").status_code, 200)

    @mute_logger("odoo.http", CONTROLLER)
    def test_a_body_that_is_too_large_is_refused(self):
        response = self._post("NOTIFY_START", note="x" * (1024 * 1024))
        self.assertEqual(response.status_code, 413)
        self.assertFalse(self._events())

    @mute_logger("odoo.http", CONTROLLER)
    def test_a_body_in_pieces_that_is_too_large_is_refused_and_not_cut(self):
        data = self._fields("NOTIFY_START") | {"note": "x" * (1024 * 1024)}
        body = urlencode(data).encode()
        for kind in ("application/x-www-form-urlencoded", "application/json"):
            response = self._post_raw(
                (body[at : at + 65536] for at in range(0, len(body), 65536)),
                kind,
                Signature=self._sign(data),
            )
            self.assertEqual(response.status_code, 413, kind)
        self.assertFalse(self._events())

    def test_a_body_in_pieces_is_taken(self):
        data = self._fields("NOTIFY_START")
        response = self._post_raw(
            iter([urlencode(data).encode()]),
            "application/x-www-form-urlencoded",
            Signature=self._sign(data),
        )
        self.assertEqual(response.status_code, 200)
        self.assertEqual(self._events().state, "done")

    @mute_logger(CONTROLLER)
    def test_a_form_that_is_not_signed_is_refused(self):
        response = self.url_open(
            f"/telephony/webhook/{self.pbx.webhook_token}", data={"nothing": "known"}
        )
        self.assertEqual(response.status_code, 403)
        self.assertFalse(self._events())

    @mute_logger(CONTROLLER)
    def test_a_signed_form_without_an_event_is_a_bad_request(self):
        data = self._fields("NOTIFY_START")
        signature = self._sign(data)
        del data["event"]
        response = self._post_raw(
            urlencode(data), "application/x-www-form-urlencoded", Signature=signature
        )
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self._events())
        self.pbx.invalidate_recordset()
        self.assertEqual(self.pbx.health_state, "error")
        self.assertEqual(self.pbx.refused_reason, response.text)

    def test_a_broken_form_is_a_bad_request_whoever_sends_it(self):
        part = b'--x\r\nContent-Disposition: form-data; name="event"\r\n\r\nNOTI'
        for kind, body in (
            ("multipart/form-data; boundary=x", part),
            ("multipart/form-data; boundary=x", b"nothing of the kind"),
            ("multipart/form-data", part + b"\r\n--x--\r\n"),
            ("application/x-www-form-urlencoded", b"event=NOTIFY_START&a=\xff\xfe"),
        ):
            for headers in ({}, {"Signature": "c2lnbmVk"}):
                with (
                    self.subTest(kind=kind, body=body, headers=headers),
                    self.assertLogs(CONTROLLER, "WARNING") as logs,
                ):
                    response = self._post_raw(body, kind, **headers)
                    self.assertEqual(response.status_code, 400)
                    self.assertEqual(response.text, "The form cannot be read.")
                self.assertNotIn(self.pbx.webhook_token, str(logs.output))
        self.assertFalse(self._events())

    @mute_logger(CONTROLLER)
    def test_a_broken_form_tells_a_stranger_nothing(self):
        kind, body = "multipart/form-data; boundary=x", b"nothing of the kind"
        response = self._post_raw(body, kind, token="wrong")
        self.assertEqual(response.status_code, 404)
        self.pbx.allowed_ips = "185.45.152.40/30"
        self.assertEqual(self._post_raw(body, kind).status_code, 403)

    @mute_logger(CONTROLLER)
    def test_broken_json_is_a_bad_request(self):
        response = self._post_raw(b"{broken", "application/json", Signature="c2lnbmVk")
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self._events())

    def test_no_parameter_is_taken_for_the_controller_itself(self):
        for token, status in (("wrong", 404), (self.pbx.webhook_token, 200)):
            address = f"/telephony/webhook/{token}?zd_echo=abc&self=1"
            self.assertEqual(self.url_open(address).status_code, status)
            posted = self.url_open(address, data={"self": "1"})
            self.assertEqual(posted.status_code, status)
        self.authenticate("agent_one", "agent_one")
        response = self.url_open("/telephony/recording/1?self=1")
        self.assertEqual(response.status_code, 404)

    def test_an_event_nobody_documented_is_stored_and_answered_with_success(self):
        response = self._post("NOTIFY_SOMETHING_NEW", extra="kept")
        self.assertEqual(response.status_code, 200)
        event = self._events()
        self.assertEqual(event.state, "ignored")
        self.assertEqual(event.payload["extra"], "kept")

    @mute_logger("odoo.addons.telephony_crm.models.telephony_pbx_event")
    def test_an_event_that_makes_no_sense_is_kept_as_failed(self):
        data = self._fields("NOTIFY_START", call_ref="in_2") | {"call_start": "soon"}
        response = self.url_open(
            f"/telephony/webhook/{self.pbx.webhook_token}",
            data=data,
            headers={"Signature": self._sign(data)},
        )
        self.assertEqual(response.status_code, 200)
        event = self._events()
        self.assertEqual(event.state, "failed")
        self.assertTrue(event.error)
        self.assertTrue(event.retry_at)
        self.assertFalse(self._call("in_2"))

    def test_a_known_caller_is_named_in_the_answer_in_latin_letters(self):
        self.env["res.partner"].create(
            {"name": "Олена Шевченко", "phone": "+442037691880"}
        )
        answer = self._post("NOTIFY_START").json()
        self.assertTrue(answer["caller_name"].isascii())
        self.assertIn("Olena", answer["caller_name"])

    def test_a_caller_is_connected_to_the_responsible_user_where_wanted(self):
        self.env["res.partner"].create(
            {"name": "Ann", "phone": "+442037691880", "user_id": self.colleague.id}
        )
        self.assertNotIn("redirect", self._post("NOTIFY_START").json())
        self.pbx.route_to_responsible = True
        answer = self._post("NOTIFY_START", call_ref="in_2").json()
        self.assertEqual(answer["redirect"], "101")
        self.assertEqual(answer["return_timeout"], 20)
        self.pbx.setting_ids.filtered(
            lambda one: one.key == "return_timeout"
        ).value = "0"
        answer = self._post("NOTIFY_START", call_ref="in_3").json()
        self.assertEqual(answer["return_timeout"], 0)

    def test_nobody_is_connected_to_a_responsible_user_who_has_left(self):
        self.env["res.partner"].create(
            {"name": "Ann", "phone": "+442037691880", "user_id": self.colleague.id}
        )
        self.pbx.route_to_responsible = True
        self.assertEqual(self._post("NOTIFY_START").json()["redirect"], "101")
        self.colleague.active = False
        answer = self._post("NOTIFY_START", call_ref="in_2").json()
        self.assertNotIn("redirect", answer)

    def test_a_blocked_number_is_refused_and_nobody_is_bothered(self):
        self.env["telephony.blocked.number"].create(
            {"number": "+442037691880", "company_id": self.company.id}
        )
        self.assertEqual(self._post("NOTIFY_START").json(), {"redirect": "blacklist"})
        self.pbx.tz = "Asia/Tokyo"  # not the account's: they seem to call hours ago
        answer = self._post("NOTIFY_START", call_ref="in_2").json()
        self.assertEqual(answer, {"redirect": "blacklist"})
        self.pbx.tz = "UTC"
        self._post("NOTIFY_END", duration="0", disposition="busy")
        call = self._call()
        self.assertEqual(call.disposition, "rejected")
        self.assertFalse(call.needs_callback)

    def test_an_unknown_caller_is_answered_with_nothing(self):
        self.assertFalse(self._post("NOTIFY_START").content)

    @mute_logger(
        "odoo.sql_db", "odoo.addons.telephony_crm.models.telephony_call_routing"
    )
    def test_a_call_is_logged_though_no_answer_to_the_pbx_can_be_found(self):
        def fail(call):
            call.env.cr.execute("SELECT 1 / 0")

        self.patch(self.env.registry["telephony.call"], "_decide", fail)
        response = self._post("NOTIFY_START")
        self.assertEqual(response.status_code, 200)
        self.assertFalse(response.content)
        self.assertEqual(self._call().state, "ringing")
        self.assertEqual(self._events().state, "done")

    def test_a_caught_request_sent_again_later_learns_no_name(self):
        self.env["res.partner"].create({"name": "Ann", "phone": "+442037691880"})
        response = self._post("NOTIFY_START", started=self._ago(minutes=6))
        self.assertEqual(response.status_code, 200)
        self.assertFalse(response.content)
