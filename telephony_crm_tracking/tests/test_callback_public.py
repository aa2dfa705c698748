import json
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .common import BROWSER, HOST, STATIC, TrackingHttpCase

NUMBER = "+442079460123"


@tagged("post_install", "-at_install")
class TestCallbackPublic(TrackingHttpCase):
    """The address of the callback widget, as a stranger finds it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = False  # at any hour
        cls.team = cls.env["crm.team"].create(
            {"name": "North", "company_id": cls.company.id}
        )
        cls.team.member_ids = cls.agent | cls.colleague
        cls.pbx.write({"offer_calls": True, "fallback_team_id": cls.team.id})
        cls.site.callback_pbx_id = cls.pbx
        cls.env["mail.presence"].create(
            [
                {"user_id": user.id, "status": "online"}
                for user in cls.agent | cls.colleague
            ]
        )

    def _leave(self, message=None, token=None, origin=f"https://{HOST}", **said):
        """Post what a widget posts; return the response."""
        if message is None:
            message = json.dumps({"k": "", "number": NUMBER, "hp": "", **said}).encode()
        self.env.flush_all()
        response = self.url_open(
            f"/telephony/tracking/{token or self.site.token}/callback",
            data=message,
            headers={
                "Content-Type": "text/plain;charset=UTF-8",
                "User-Agent": BROWSER,
                "Origin": origin,
            },
        )
        self.env.invalidate_all()
        self.assertEqual(response.headers["Access-Control-Allow-Origin"], "*")
        self.assertNotIn("Set-Cookie", response.headers)
        return response

    def test_a_visitor_is_offered_to_the_agents_and_told_how_soon(self):
        response = self._leave(name="Ann Lee")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(
            response.json(),
            {"ok": True, "words": "We call you within 30 seconds.", "seconds": 30},
        )
        callback = self._callback(NUMBER)
        self.assertEqual((callback.asked_by, callback.offer), ("widget", "offered"))
        self.assertEqual(callback.offered_ids, self.agent | self.colleague)
        [offer] = callback.with_user(self.agent).get_offers()
        self.assertEqual(offer["name"], "Ann Lee")

    def test_an_unknown_visitor_becomes_one_lead_if_the_site_says_so(self):
        self._leave(name="<b>Ann</b>")
        self._leave()
        lead = self._callback(NUMBER).lead_id
        self.assertEqual(lead.contact_name, "<b>Ann</b>")
        self.assertEqual(lead.team_id, self.team)
        self.assertEqual(len(self._callback(NUMBER)), 1)
        self.site.callback_lead = False
        self._leave(number="+442079460124")
        self.assertFalse(self._callback("+442079460124").lead_id)

    def test_the_visit_stays_with_it(self):
        told = self._page("/spring")
        visit = self._visit(told)
        self._leave(k=told["k"])
        self.assertEqual(self._callback(NUMBER).visit_id, visit)
        self.assertTrue(visit.kept)
        other = self.site.copy({"name": "Other"})
        other.callback_pbx_id = self.pbx
        self._leave(k=told["k"], number="+442079460124", token=other.token)
        self.assertFalse(self._callback("+442079460124").visit_id, "of another site")

    def test_the_call_that_was_asked_for_comes_of_the_visit(self):
        told = self._page("/spring", q={"utm_source": "Leaflet", "utm_medium": "qr"})
        visit = self._visit(told)
        self._leave(k=told["k"])
        callback = self._callback(NUMBER)
        self.assertEqual(callback.lead_id.source_id.name, "Leaflet")
        self.assertEqual(callback.lead_id.tracking_channel, "callback")
        with patch.object(type(self.env["telephony.dial"]), "_originate"):
            answer = callback.with_user(self.agent).accept_offer(callback.id)
        self.assertEqual(answer["status"], "calling")
        call = self._talk(number=NUMBER, minutes=0, seconds=90)
        [match] = call.match_ids
        self.assertEqual(match.visit_id, visit)
        self.assertEqual(match.why, "The visitor asked to be called back.")
        self.assertEqual(call.tracking_state, "matched")
        self.assertEqual(call.source_id.name, "Leaflet")
        self.assertTrue(call.qualified and call.first_time)
        call.with_user(self.agent).action_spam()
        self.assertFalse(call.qualified)

    def test_a_time_can_be_chosen(self):
        at = (fields.Datetime.now() + timedelta(hours=3)).replace(microsecond=0)
        aware = at.replace(tzinfo=timezone.utc)
        told = self._leave(at=aware.isoformat()).json()
        self.assertEqual(told["at"], int(aware.timestamp()))
        self.assertIn("We call you: ", told["words"])
        self.assertEqual(self._callback(NUMBER).wanted_date, at)

    def test_when_nobody_is_there_no_seconds_are_promised(self):
        self.env["mail.presence"].search([]).status = "offline"
        told = self._leave().json()
        self.assertEqual(told["words"], "We call you back as soon as we can.")
        self.assertNotIn("seconds", told)

    def test_a_robot_is_thanked_and_nothing_happens(self):
        honest = self._leave().json()
        told = self._leave(number="+442079460124", hp="http://example.com")
        self.assertEqual((told.status_code, told.json()), (200, honest))
        self.assertFalse(self._callback("+442079460124"))
        refused = self.env["telephony.callback.quota"]._refusals(
            self.pbx, timedelta(days=1)
        )
        self.assertEqual(refused, {"trap": 1})

    def test_what_is_wrong_is_answered_so_that_the_widget_may_read_it(self):
        late = "2099-01-01T10:00:00+02:00"
        for said, status, words in (
            ({"token": "wrong"}, 404, "no call-backs here"),
            ({"message": b"\xff{"}, 400, "no JSON"),
            ({"message": b" " * 9999}, 413, "too long"),
            ({"number": "12"}, 400, "check the number"),
            ({"number": "+449098790123"}, 400, "cannot call this number"),
            ({"number": "+33478323232"}, 400, "cannot call this number"),
            ({"number": STATIC}, 400, "cannot call this number"),
            ({"at": late}, 400, "an earlier time"),
            ({"origin": "https://elsewhere.example"}, 403, "not from here"),
            ({"origin": "null"}, 403, "not from here"),
        ):
            with self.subTest(said=said):
                response = self._leave(**said)
                self.assertEqual(response.status_code, status)
                self.assertIn(words, response.json()["error"])
        self.assertFalse(self.env["telephony.callback"].search([]))

    def test_who_asks_too_often_is_told_to_call(self):
        self.pbx.ask_prefix_hour = 2
        for last in (1, 2):
            self.assertEqual(self._leave(number=f"+44207946010{last}").status_code, 200)
        response = self._leave()
        self.assertEqual(response.status_code, 429)
        self.assertIn("Too many requests", response.json()["error"])
        self.assertFalse(self._callback(NUMBER))

    def test_each_limit_holds_for_who_asks_over_the_web(self):
        numbers = [f"+44207946010{last}" for last in range(9)]
        key = self._page()["k"]
        for limit, said in (
            ("ask_visitor_hour", {"k": key}),
            ("ask_country_day", {}),
            ("ask_number_day", {"number": NUMBER}),
            ("ask_pbx_day", {}),
        ):
            with self.subTest(limit=limit):
                self.env["telephony.callback.quota"].search([]).unlink()
                usual = self.pbx[limit]
                self.pbx[limit] = 2
                told = [
                    self._leave(**{"number": number, **said}).status_code
                    for number in numbers[:3]
                ]
                self.assertEqual(told, [200, 200, 429])
                self.pbx[limit] = usual

    def test_the_name_is_text_and_never_markup(self):
        name = "<img src=x onerror=alert(1)>"
        self._leave(name=name)
        callback = self._callback(NUMBER)
        [offer] = callback.with_user(self.agent).get_offers()
        self.assertEqual((offer["name"], type(offer["name"])), (name, str))
        callback.offer = False
        later = datetime.now(timezone.utc) + timedelta(hours=3)
        self._leave(name=f"{name}!", at=later.isoformat(timespec="seconds"))
        lead = callback.lead_id
        self.assertEqual(lead.contact_name, name)
        bodies = "".join((lead.message_ids | callback.message_ids).mapped("body"))
        self.assertNotIn("<img", bodies)
        self.assertIn("&lt;img", bodies)

    def test_a_site_without_a_pbx_or_with_one_switched_off_calls_nobody(self):
        self.pbx.active = False
        self.assertEqual(self._leave().status_code, 404)
        self.pbx.active = True
        self.site.callback_pbx_id = False
        self.assertEqual(self._leave().status_code, 404)

    def test_the_script_knows_the_widget_only_where_there_is_one(self):
        self.assertTrue(self.site._script_config()["callback"])
        address = f"/telephony/tracking/{self.site.token}/callback.js"
        response = self.url_open(address)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Cache-Control"], "public, max-age=300")
        self.assertNotIn("Set-Cookie", response.headers)
        kept = {"If-None-Match": response.headers["ETag"]}
        self.assertEqual(self.url_open(address, headers=kept).status_code, 304)
        self.site.callback_pbx_id = False
        self.assertNotIn("callback", self.site._script_config())
        self.env.flush_all()
        self.assertEqual(self.url_open(address).status_code, 404)

    @freeze_time("2026-02-10 12:00:00")  # a Tuesday
    def test_the_widget_knows_the_hours_of_the_next_days(self):
        self.assertEqual(len(self.site._callback_config()["hours"]), 1, "at any hour")
        self.site.callback_calendar_id = self.env["resource.calendar"].create(
            {"name": "Shop", "tz": "UTC", "company_id": self.company.id}
        )
        hours = self.site._callback_config()["hours"]
        days = {datetime.fromtimestamp(one, timezone.utc).day for one, _end in hours}
        self.assertEqual(days, {10, 11, 12, 13, 16, 17})

    def test_the_widget_promises_no_seconds_where_nobody_is_offered_anything(self):
        self.assertIn("{seconds}", self.site._callback_config()["words"]["now"])
        self.pbx.offer_calls = False
        self.assertNotIn("{seconds}", self.site._callback_config()["words"]["now"])
