import base64
import csv
import io
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from .conversion_common import ConversionCase

LOGGER = "odoo.addons.telephony_crm_tracking.controllers.conversions"


@tagged("post_install", "-at_install")
class TestConversionFile(ConversionCase, HttpCase):
    """A person uploads a file, and says so; or Google fetches a feed."""

    def _file(self):
        """Have a destination of files."""
        self.destination = self._google(test_mode=False)
        self.form = self.destination.with_user(self.administrator)

    def _feed(self):
        """Have a destination that is a feed."""
        settings = {"action_call": "Call"}
        self.destination = self._destination("google_feed", settings=settings)
        self.form = self.destination.with_user(self.administrator)

    def _wizard(self, action):
        wizard = self.env[action["res_model"]].with_user(self.administrator)
        return wizard.browse(action["res_id"])

    def _text(self, wizard):
        wizard.invalidate_recordset()
        return base64.b64decode(wizard.data).decode()

    def test_a_file_is_sent_once_its_upload_is_told(self):
        self._file()
        with self.assertRaises(UserError):
            self.form.action_get_file()
        self._rang()
        wizard = self._wizard(self.form.action_get_file())
        self.assertEqual((wizard.count, wizard.is_new), (2, True))
        self.assertTrue(wizard.name.endswith(".csv"))
        lines = self._text(wizard).splitlines()
        self.assertEqual(lines[0], "Parameters:TimeZone=+0000")
        self.assertIn("Click_1", lines[2])
        rows = self._rows(self.destination)
        self.assertEqual(set(rows.mapped("state")), {"waiting"})
        wizard.action_uploaded()
        self.assertEqual(set(rows.mapped("state")), {"sent"})
        wizard = self._wizard(rows.with_user(self.administrator).action_get_file())
        self.assertFalse(wizard.is_new)
        self.assertIn("Click_1", self._text(wizard))

    def test_what_a_browser_saves_is_what_was_uploaded(self):
        self._file()
        self._rang()
        wizard = self._wizard(self.form.action_get_file())
        self.authenticate(self.administrator.login, self.administrator.login)
        saved = self.url_open(f"/web/content/{wizard._name}/{wizard.id}/data")
        self.assertIn("Click_1", saved.text)
        wizard.action_uploaded()
        self.assertEqual(set(self._rows(self.destination).mapped("state")), {"sent"})

    def test_who_takes_consent_back_is_not_in_the_file(self):
        self._file()
        told = self._click()
        self._rang(told=told)
        wizard = self._wizard(self.form.action_get_file())
        self._ask(k=told["k"], b=1, c={"a": "granted", "d": "denied", "by": "tcf"})
        self.assertNotIn("Click_1", self._text(wizard))
        self.assertEqual(
            set(self._rows(self.destination).mapped("reason")), {"consent"}
        )

    def _takes_back(self):
        """Have a destination that takes calls back."""
        return self._destination("google_adjustments", settings={"action_call": "C"})

    def test_what_ceases_to_be_so_before_its_upload_is_told_is_taken_back(self):
        self._file()
        back = self._takes_back()
        call = self._rang()
        wizard = self._wizard(self.form.action_get_file())
        self.assertIn("Click_1", self._text(wizard))
        call.with_user(self.agent).action_spam()
        rows = self._rows(self.destination)
        self.assertEqual(set(rows.mapped("state")), {"skipped"})
        wizard.action_uploaded()
        self.assertEqual(set(rows.mapped("state")), {"sent"})
        self.assertEqual(self._rows(back).original_id, rows[0])
        call.with_user(self.agent).action_not_spam()
        self.assertFalse(any(rows.mapped("cancelled_date")))
        self.assertEqual(self._rows(back).state, "skipped")

    def test_a_test_changes_nothing(self):
        self._file()
        self.destination.test_mode = True
        self._rang()
        wizard = self._wizard(self.form.action_get_file())
        self.assertIn("Click_1", self._text(wizard))
        wizard.action_uploaded()
        self.assertEqual(set(self._rows(self.destination).mapped("state")), {"waiting"})

    def test_only_administrators_get_files(self):
        self._file()
        self._rang()
        with self.assertRaises(AccessError):
            self.destination.with_user(self.supervisor).action_get_file()
        rows = self._rows(self.destination).with_user(self.supervisor)
        with self.assertRaises(AccessError):
            rows.action_get_file()
        wizard = self._wizard(self.form.action_get_file())
        with self.assertRaises(AccessError):
            wizard.with_user(self.supervisor).read(["data"])

    def test_files_nobody_uploads_are_told_of(self):
        self._file()
        self._rang()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE telephony_tracking_conversion "
            "SET create_date = create_date - interval '8 days'"
        )
        self.env.invalidate_all()
        codes = [one["code"] for one in self.form.health_findings]
        self.assertEqual(codes, ["not_uploaded"])

    # -- the feed ----------------------------------------------------------------

    def _fetch(self, user="odoo", password=None, token=None):
        self.env.flush_all()
        headers = {}
        if password is not None:
            told = base64.b64encode(f"{user}:{password}".encode()).decode()
            headers["Authorization"] = f"Basic {told}"
        address = f"/telephony/conversions/{token or self.destination.token}.csv"
        return self.url_open(address, headers=headers)

    def _password(self):
        """Have an administrator make a password, who sees it once; return it."""
        action = self.form.action_new_password()
        wizard = self.env[action["res_model"]].with_user(self.administrator)
        with Form(wizard.with_context(**action["context"])) as form:
            self.assertEqual((form.user, form.url), ("odoo", self.form.feed_url))
            password = form.password
        saved = self.env[action["res_model"]].browse(form.record.id)
        self.assertFalse(saved.password)
        return password

    def test_nobody_is_let_in_without_its_password(self):
        self._feed()
        self.assertEqual(self._fetch().status_code, 404)  # it has none yet
        self.assertEqual(self.form.health_findings[0]["code"], "no_password")
        password = self._password()
        answer = self._fetch()
        self.assertEqual(answer.status_code, 401)
        self.assertIn("Basic", answer.headers["WWW-Authenticate"])
        with mute_logger(LOGGER):
            self.assertEqual(self._fetch(password="wrong").status_code, 401)
            self.assertEqual(self._fetch("admin", password).status_code, 401)
        self.assertEqual(self._fetch(password=password, token="x").status_code, 404)
        self.assertEqual(self._fetch(password=password).status_code, 200)
        self.destination.active = False
        self.assertEqual(self._fetch(password=password).status_code, 404)

    def test_the_password_is_stored_nowhere_and_an_old_one_is_worth_nothing(self):
        self._feed()
        old, new = self._password(), self._password()
        self.assertNotIn(new, str(self.destination.sudo().read()))
        with mute_logger(LOGGER):
            self.assertEqual(self._fetch(password=old).status_code, 401)
        answer = self._fetch(password=new)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertNotIn("Set-Cookie", answer.headers)

    def test_a_fetch_has_all_of_late_each_time_and_only_with_consent(self):
        self._feed()
        told = self._click()
        self._rang(told=told)
        password = self._password()
        for _time in range(2):
            answer = self._fetch(password=password)
            rows = list(csv.DictReader(io.StringIO(answer.text)))
            self.assertEqual([row["Google Click ID"] for row in rows], ["Click_1"])
            self.assertRegex(rows[0]["Conversion Time"], r"\dT\d.*\+00:00$")
        self.env.invalidate_all()
        row = self._rows(self.destination)
        self.assertEqual((row.state, row.event), ("sent", "call"))
        self.assertTrue(self.destination.fetch_date)
        self._ask(k=told["k"], b=1, c={"a": "granted", "d": "denied", "by": "tcf"})
        self.assertNotIn("Click_1", self._fetch(password=password).text)

    def test_what_was_fetched_is_taken_back_when_it_ceases_to_be_so(self):
        self._feed()
        back = self._takes_back()
        call = self._rang()
        password = self._password()
        self.assertIn("Click_1", self._fetch(password=password).text)
        self.env.invalidate_all()
        call.with_user(self.agent).action_spam()
        row = self._rows(self.destination)
        self.assertEqual((row.state, self._rows(back).original_id), ("sent", row))
        self.assertNotIn("Click_1", self._fetch(password=password).text)

    def test_what_has_waited_for_long_is_in_the_feed_as_far_as_the_rules_allow(self):
        self._feed()
        self._rang()
        self._rang("in_2", at=600, told=self._click(at=500, gclid="Click_2"))
        rows = self._rows(self.destination)
        for row, days in zip(rows, (40, 100), strict=True):
            row.date -= timedelta(days=days)
            row.visit_id.click_date -= timedelta(days=days)
        text = self._fetch(password=self._password()).text
        self.assertIn("Click_1", text)
        self.assertNotIn("Click_2", text)
        self.env.invalidate_all()
        self.assertEqual(rows.mapped("state"), ["sent", "skipped"])
        self.assertEqual(rows[1].reason, "too_old")

    def test_in_test_mode_a_feed_has_its_headers_only(self):
        self._feed()
        self._rang()
        self.destination.test_mode = True
        answer = self._fetch(password=self._password())
        self.assertEqual(len(answer.text.splitlines()), 1)
        self.env.invalidate_all()
        self.assertEqual(self._rows(self.destination).state, "waiting")

    def test_an_address_can_be_replaced(self):
        self._feed()
        password, old = self._password(), self.destination.token
        self.form.action_new_address()
        self.assertEqual(self._fetch(password=password, token=old).status_code, 404)
        self.assertIn(self.destination.token, self.form.feed_url)
