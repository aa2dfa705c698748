from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .access_common import AccessCase
from .recording_common import LEG, RecordingCase, wav

SOUND = wav(seconds=2)


class RouteCase(RecordingCase, AccessCase, HttpCase):
    """A recording of each of the four calls that people may or may not see."""

    def setUp(self):
        super().setUp()
        self.server.sounds = {LEG: SOUND}
        for call in self.calls:
            call._sync_recordings((LEG,))
        self._fetch()
        self.recordings = self.calls.recording_ids
        self.recording = self.mine.recording_ids
        self.assertEqual(set(self.recordings.mapped("state")), {"stored"})

    def _get(self, user=None, recording=None, headers=None, **params):
        """Ask for a recording as the web client does."""
        recording = recording or self.recording
        if user:
            self.authenticate(user.login, user.login)
        query = "&".join(f"{name}={value}" for name, value in params.items())
        return self.url_open(
            f"/telephony/recording/{recording.id}?{query}",
            headers=headers,
            allow_redirects=False,
        )

    def _range(self, spoken, user=None, **params):
        return self._get(user, headers={"Range": f"bytes={spoken}"}, **params)

    def _listened(self, recording=None):
        self.env.invalidate_all()
        rows = self.env["telephony.call.recording.listen"].search(
            [("recording_id", "=", (recording or self.recording).id)], order="id"
        )
        return [(row.user_id, row.kind) for row in rows]


@tagged("post_install", "-at_install")
class TestRecordingRoute(RouteCase):
    """A recording is handed out as a sound, in parts, and kept nowhere on the way."""

    def test_the_whole_sound_is_handed_out_as_what_it_is(self):
        response = self._get(self.agent)
        self.assertEqual((response.status_code, response.content), (200, SOUND))
        headers = response.headers
        self.assertEqual(headers["Content-Type"], "audio/wav")
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(headers["Accept-Ranges"], "bytes")
        self.assertIn("no-store", headers["Cache-Control"])
        self.assertNotIn("public", headers["Cache-Control"])
        self.assertTrue(headers["Content-Disposition"].startswith("inline;"))
        self.assertEqual(headers["Content-Security-Policy"], "default-src 'none'")

    def test_a_download_is_a_file_with_a_name(self):
        response = self._get(self.agent, download=1)
        disposition = response.headers["Content-Disposition"]
        self.assertTrue(disposition.startswith("attachment;"), disposition)
        self.assertIn("2026-01-15 10-15 +442037691880.wav", disposition)

    def test_a_part_is_handed_out(self):
        self.authenticate(self.agent.login, self.agent.login)
        size = len(SOUND)
        for spoken, start, stop in (
            ("0-", 0, size),
            ("0-1", 0, 2),
            ("100-199", 100, 200),
            ("-50", size - 50, size),
            (f"{size - 1}-", size - 1, size),
            ("10-999999999", 10, size),
        ):
            with self.subTest(spoken), mute_logger("odoo.http"):
                response = self._range(spoken)
                self.assertEqual(response.status_code, 206)
                self.assertEqual(response.content, SOUND[start:stop])
                self.assertEqual(
                    response.headers["Content-Range"],
                    f"bytes {start}-{stop - 1}/{size}",
                )
                self.assertIn("no-store", response.headers["Cache-Control"])

    def test_a_part_that_is_not_there_is_refused(self):
        self.authenticate(self.agent.login, self.agent.login)
        for spoken in (f"{len(SOUND)}-", "999999999-", "0-1,5-6"):
            with self.subTest(spoken), mute_logger("odoo.http"):
                response = self._range(spoken)
                self.assertEqual(response.status_code, 416)
                self.assertNotIn(SOUND[:40], response.content)

    def test_what_has_not_changed_is_not_sent_again(self):
        first = self._get(self.agent)
        again = self._get(headers={"If-None-Match": first.headers["ETag"]})
        self.assertEqual((again.status_code, again.content), (304, b""))

    def test_a_recording_without_sound_is_not_found(self):
        self.recording.sudo().attachment_id.unlink()
        self.assertEqual(self._get(self.agent).status_code, 404)

    def test_a_sound_in_object_storage_is_redirected_to_and_never_from_memory(self):
        """As a storage addon of Odoo does it: an address in place of the content."""
        self.recording.sudo().attachment_id.write(
            {"type": "url", "url": "https://storage.example.com/x.wav", "raw": False}
        )
        response = self._get(self.agent)
        self.assertIn(response.status_code, (301, 302))
        self.assertEqual(
            response.headers["Location"], "https://storage.example.com/x.wav"
        )
        self.assertEqual(response.headers["Cache-Control"], "no-store, private")
        self.assertEqual(self._listened(), [(self.agent, "play")])

    def test_odoo_may_move_it_to_object_storage(self):
        """Its migration takes files of a model that have a record's id."""
        self.env.cr.execute(
            """
            SELECT 1 FROM ir_attachment
             WHERE id = %s AND type = 'binary' AND url IS NULL AND res_id IS NOT NULL
               AND res_field IS NULL AND store_fname IS NOT NULL AND res_model = %s
            """,
            [self.recording.sudo().attachment_id.id, "telephony.call.recording"],
        )
        self.assertTrue(self.env.cr.fetchall())


@tagged("post_install", "-at_install")
class TestRecordingRights(RouteCase):
    """Who may see a call may listen to it, and it is noted."""

    # -- who -------------------------------------------------------------------------

    def test_who_sees_the_call_hears_it_and_nobody_else(self):
        heard = {
            self.agent: self.mine,
            self.dispatcher: self.unknown,
            self.supervisor: self.mine | self.teamless | self.unknown,
            self.administrator: self.calls,
            self.internal: self.calls.browse(),
            self.portal: self.calls.browse(),
            self.stranger: self.calls.browse(),
        }
        for user, calls in heard.items():
            self.authenticate(user.login, user.login)
            for call in self.calls:
                with self.subTest(user=user.login, call=call.call_ref):
                    response = self._get(recording=call.recording_ids)
                    expected = 200 if call in calls else 404
                    self.assertEqual(response.status_code, expected)
                    self.assertEqual(SOUND[:40] in response.content, call in calls)

    def test_a_recording_of_others_looks_like_one_that_does_not_exist(self):
        theirs = self._get(self.agent, self.theirs.recording_ids)
        nothing = self._get(recording=self.recording.browse(999_999_999))
        self.assertEqual(theirs.status_code, nothing.status_code)
        self.assertEqual(len(theirs.content), len(nothing.content))

    def test_without_a_login_there_is_no_sound(self):
        self.authenticate(None, None)
        response = self._get()
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])

    def test_rights_are_looked_at_again_with_every_part(self):
        self.assertEqual(self._range("0-99", self.agent).status_code, 206)
        self.mine.participant_ids = self.colleague
        self.mine.flush_recordset()
        with mute_logger("odoo.http"):
            self.assertEqual(self._range("100-199").status_code, 404)

    def test_the_file_is_to_be_had_by_no_other_address(self):
        sound = self.recording.sudo().attachment_id
        token = sound.sudo()._get_raw_access_token()
        system = new_test_user(self.env, "system_one", "base.group_system")
        for user in (self.agent, self.colleague, self.administrator, system):
            self.authenticate(user.login, user.login)
            for url in (
                f"/web/content/{sound.id}",
                f"/web/content/{sound.id}?download=1",
                f"/web/content/ir.attachment/{sound.id}/raw",
                f"/web/content/ir.attachment/{sound.id}/datas",
                f"/web/image/{sound.id}",
                f"/web/content/telephony.call.recording/{self.recording.id}"
                "/attachment_id",
            ):
                with self.subTest(user=user.login, url=url), mute_logger("odoo.http"):
                    response = self.url_open(url)
                    self.assertNotIn(SOUND[:40], response.content)
        self.assertTrue(token)

    def test_nobody_reads_or_finds_the_file(self):
        sound = self.recording.sudo().attachment_id
        system = new_test_user(self.env, "system_two", "base.group_system")
        for user in (self.agent, self.colleague, self.administrator, system):
            files = self.env["ir.attachment"].with_user(user)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    files.browse(sound.id).read(["datas"])
                with self.assertRaises(AccessError):
                    files.browse(sound.id).generate_access_token()
                with self.assertRaises(AccessError):
                    files.browse(sound.id).unlink()
                domain = [("res_model", "=", "telephony.call.recording")]
                self.assertFalse(files.search(domain))
                self.assertFalse(files.search([("id", "=", sound.id)]))
                with self.assertRaises(AccessError):
                    self.recording.with_user(user).read(["attachment_id"])

    # -- who listened ----------------------------------------------------------------

    def test_listening_is_noted(self):
        self._get(self.agent, play="a")
        self._get(self.administrator, play="b")
        self.assertEqual(
            self._listened(), [(self.agent, "play"), (self.administrator, "play")]
        )

    def test_it_is_noted_once_a_play_however_many_parts_are_asked_for(self):
        self._range("0-", self.agent, play="a")
        for start in (100, 200, 5000, 0):
            self._range(f"{start}-", play="a")
        self.assertEqual(self._listened(), [(self.agent, "play")])
        self._range("0-", play="b")
        self.assertEqual(len(self._listened()), 2)

    def test_whoever_asks_for_a_later_part_only_is_noted_too(self):
        with mute_logger("odoo.http"):
            self._range("100-", self.agent, play="a")
            self._range("-50", self.administrator)
        self.assertEqual(len(self._listened()), 2)

    def test_an_old_play_does_not_cover_a_new_one(self):
        self._get(self.agent, play="a")
        listened = self.env["telephony.call.recording.listen"].search([])
        listened.date = fields.Datetime.now() - timedelta(hours=7)
        listened.flush_recordset()
        self._get(play="a")
        self.assertEqual(len(self._listened()), 2)

    def test_every_download_is_noted(self):
        self._get(self.agent, download=1)
        self._get(download=1)
        self.assertEqual(self._listened(), [(self.agent, "download")] * 2)

    def test_who_is_refused_has_not_listened(self):
        theirs = self.theirs.recording_ids
        self._get(self.agent, theirs)
        self.assertFalse(self._listened(theirs))

    def test_supervisors_see_who_listened_to_the_calls_they_see(self):
        self._get(self.administrator, self.recording)
        self._get(recording=self.theirs.recording_ids)
        Listen = self.env["telephony.call.recording.listen"]
        seen = {
            self.supervisor: self.mine,
            self.administrator: self.mine | self.theirs,
            self.stranger: self.calls.browse(),
        }
        for user, calls in seen.items():
            found = Listen.with_user(user).search([("call_id", "in", self.calls.ids)])
            self.assertEqual(found.sudo().call_id, calls, user.login)
        for user in (self.agent, self.dispatcher, self.internal, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                Listen.with_user(user).search([])

    def test_nobody_writes_what_was_noted(self):
        self._get(self.agent)
        noted = self.env["telephony.call.recording.listen"].search([])
        system = new_test_user(
            self.env,
            "system_three",
            "base.group_system,telephony_crm.group_telephony_administrator",
        )
        for user in (self.agent, self.supervisor, self.administrator, system):
            mine = noted.with_user(user)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    mine.write({"user_id": user.id})
                with self.assertRaises(AccessError):
                    mine.unlink()
                with self.assertRaises(AccessError):
                    mine.create({"recording_id": self.recording.id, "kind": "play"})

    def test_nobody_makes_changes_or_deletes_a_recording(self):
        for user in (self.agent, self.supervisor, self.administrator):
            mine = self.recording.with_user(user)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    mine.write({"state": "waiting"})
                with self.assertRaises(AccessError):
                    mine.unlink()
                with self.assertRaises(AccessError):
                    mine.create({"call_id": self.mine.id, "ref": "x"})

    def test_recordings_are_seen_with_their_call(self):
        Recording = self.env["telephony.call.recording"]
        domain = [("id", "in", self.recordings.ids)]
        Call = self.env["telephony.call"]
        for user in (
            self.agent,
            self.dispatcher,
            self.supervisor,
            self.administrator,
            self.stranger,
        ):
            found = Recording.with_user(user).search(domain).sudo().call_id
            calls = Call.with_user(user).search([("id", "in", self.calls.ids)])
            self.assertEqual(set(found.ids), set(calls.ids), user.login)
        for user in (self.internal, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                Recording.with_user(user).search(domain)
