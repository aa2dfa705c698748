from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CUSTOMER
from .recording_common import LEG, OTHER_LEG, RecordingCase, wav

WAIT = timedelta(seconds=15)
DOWN = "unreachable"
FETCHING = "odoo.addons.telephony_crm.models.telephony_call_recording_fetch"


@tagged("post_install", "-at_install")
class TestRecording(RecordingCase):
    """A recording comes by itself, once, and whatever goes wrong is said."""

    # -- what is to be fetched -----------------------------------------------------

    def test_a_recorded_call_has_a_recording_to_wait_for(self):
        call = self._talk()
        self.assertEqual(call.recording_ids.state, "waiting")
        self.assertEqual(call.recording_ids.date, call.start_date)
        self.assertFalse(self.server.asked)

    def test_a_call_that_was_not_recorded_has_none(self):
        self.assertFalse(self._talk(recorded="0").recording_ids)

    def test_it_is_asked_for_fifteen_seconds_later(self):
        row = self._talk(seconds=42).recording_ids
        ended = row.date + timedelta(seconds=47)
        self.assertEqual(row.retry_at, ended + WAIT)
        job = self.env.ref("telephony_crm.ir_cron_recording_fetch")
        wakings = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)])
        self.assertIn(row.retry_at, wakings.mapped("call_at"))
        self.Recording._cron_fetch()
        self.assertFalse(self.server.asked)

    def test_the_proven_id_takes_the_place_of_the_promise(self):
        promised = self._talk().recording_ids
        self._tell_record()
        [row] = self._recordings()
        self.assertEqual((row, row.ref), (promised, LEG))

    def test_each_recorded_leg_has_one(self):
        self._talk()
        self._tell_record(LEG)
        self._tell_record(OTHER_LEG)
        self._tell_record(OTHER_LEG)
        self.assertEqual(set(self._recordings().mapped("ref")), {LEG, OTHER_LEG})

    def test_an_unsigned_id_is_never_asked_for(self):
        call = self._talk()
        self._tell(
            "NOTIFY_END",
            started=call.start_date,
            after=60,
            internal="100",
            duration="42",
            disposition="answered",
            is_recorded="1",
            call_id_with_rec="somebody.elses",
        )
        self._fetch({LEG: wav()})
        self.assertFalse([path for path, _h in self.server.asked if "somebody" in path])
        self.assertEqual(self._recordings().ref, LEG)

    # -- fetching ------------------------------------------------------------------

    def test_the_sound_is_stored(self):
        call = self._talk()
        self._tell_record()
        self._fetch({LEG: wav(seconds=3)})
        row = call.recording_ids
        self.assertEqual((row.state, row.seconds, row.retry_at), ("stored", 3, False))
        self.assertEqual((row.mimetype, row.error), ("audio/wav", False))
        sound = row.sudo().attachment_id
        self.assertEqual(sound.raw, wav(seconds=3))
        self.assertEqual(
            (row.file_size, row.checksum), (len(sound.raw), sound.checksum)
        )
        self.assertEqual((sound.res_model, sound.res_id), (row._name, 0))
        self.assertEqual(sound.company_id, self.company)
        self.assertTrue(sound.name.endswith(".wav"))

    def test_it_is_asked_for_by_its_own_id(self):
        self._talk()
        self._tell_record()
        self._fetch({LEG: wav(), OTHER_LEG: wav(pitch=1)})
        link = self.server.asked[0][0]
        self.assertIn(f"call_id={LEG}", link)
        self.assertNotIn("pbx_call_id", link)

    def test_without_an_id_all_of_the_call_are_fetched(self):
        call = self._talk()
        for _sound in range(2):
            self._fetch({LEG: wav(), OTHER_LEG: wav(pitch=1)})
        self.assertIn("pbx_call_id=in_1", self.server.asked[0][0])
        self.assertEqual(set(call.recording_ids.mapped("ref")), {LEG, OTHER_LEG})
        self.assertEqual(set(call.recording_ids.mapped("state")), {"stored"})

    def test_the_name_of_a_file_is_no_proven_id(self):
        """Asked for by it, the PBX knew of no recording, and none ever came."""
        call = self._talk()
        asked = []

        def answer(url):
            if url.path != "/v1/pbx/record/request/":
                return (200, {}, wav()) if len(asked) > 1 else (503, {}, b"")
            asked.append(url.query)
            if "pbx_call_id" not in url.query:
                return self.server.as_json({"status": "error", "message": "None"})
            links = [f"{self.server.url}/d/my-recording.mp3"]
            return self.server.as_json({"status": "success", "links": links})

        self.server.answer = answer
        self._fetch()
        self.assertEqual(call.recording_ids.state, "waiting")
        self._fetch()
        self.assertEqual(call.recording_ids.state, "stored")
        self.assertFalse(call.recording_ids._is_proven())

    def test_one_sound_is_fetched_at_a_time(self):
        """Between two the job looks at its time."""
        call = self._talk()
        commits = []
        self.server.during = lambda: commits.append(self.server.paths[-1])
        progress = type(self.env["ir.cron"])._commit_progress
        progress.side_effect = lambda *_args, **_kw: commits.append("commit") or 100.0
        self._fetch({LEG: wav(), OTHER_LEG: wav(pitch=1)})
        states = sorted(call.recording_ids.mapped("state"))
        self.assertEqual(states, ["stored", "waiting"])
        self._fetch()
        self.assertEqual(set(call.recording_ids.mapped("state")), {"stored"})
        sounds = [place for place, what in enumerate(commits) if "/sounds/" in what]
        self.assertEqual(len(sounds), 2)
        self.assertIn("commit", commits[sounds[0] : sounds[1]])

    def test_sounds_without_a_name_are_fetched_one_at_a_time_too(self):
        call = self._talk()
        sounds = {"/d/one.wav": wav(), "/d/two.wav": wav(pitch=1)}

        def answer(url):
            if url.path in sounds:
                return 200, {}, sounds[url.path]
            links = [self.server.url + path for path in sounds]
            return self.server.as_json({"status": "success", "links": links})

        self.server.answer = answer
        for _time in range(2):
            self._fetch()
        self.assertEqual(len(call.recording_ids), 2)
        self.assertEqual(set(call.recording_ids.mapped("state")), {"stored"})
        self.assertEqual(self.server.paths.count("/d/one.wav"), 1)

    def test_a_sound_is_never_fetched_again(self):
        self._talk()
        self._fetch({LEG: wav()})
        self._tell_record()
        self._fetch()
        self.assertEqual(self.server.paths.count(f"/sounds/1-{LEG}-100.wav"), 1)
        self.assertEqual(len(self._recordings()), 1)

    def test_what_somebody_fetches_is_not_fetched_by_another(self):
        row = self._talk().recording_ids
        self.server.during = self.Recording._cron_fetch
        self._fetch({LEG: wav()})
        self.assertEqual(row.state, "stored")
        self.assertEqual(len(self.server.asked), 2)  # the link and the sound

    def test_a_doubled_sound_is_stored_once(self):
        call = self._talk()
        self._tell_record(LEG)
        self._tell_record(OTHER_LEG)
        self._fetch({LEG: wav(), OTHER_LEG: wav()})
        self.assertEqual(len(call.recording_ids), 1)
        self.assertEqual(len(self._recordings()), 2)
        self.assertEqual(len(self._recordings().sudo().attachment_id), 1)
        self._tell_record(LEG)
        self._fetch()
        self.assertEqual(len(self._recordings()), 2)

    def test_the_same_sound_in_two_calls_is_two_recordings(self):
        self._talk("in_1")
        self._talk("in_2")
        self._tell_record(LEG, "in_1")
        self._tell_record(OTHER_LEG, "in_2")
        self._fetch({LEG: wav(), OTHER_LEG: wav()})
        rows = self._recordings("in_1") + self._recordings("in_2")
        self.assertEqual(len(rows.sudo().attachment_id), 2)

    def test_a_name_that_comes_later_takes_over_the_sound(self):
        call = self._talk()
        call.recording_ids.ref = "#1"  # the PBX had given it no name
        self._fetch({LEG: wav()})
        call.recording_ids.ref = "#1"
        self._tell_record(LEG)
        self._fetch()
        [row] = self._recordings()
        self.assertEqual((row.ref, row.state), (LEG, "stored"))

    def test_a_file_that_holds_no_sound_is_no_recording_to_be_heard(self):
        call = self._talk()
        self._tell_record()
        self._fetch({LEG: wav(seconds=0)})
        self.assertFalse(call.recording_ids or call.sounds)
        self.assertEqual(self._recordings().state, "empty")
        self._fetch()
        self.assertEqual(len(self.server.paths), 2)  # the address and the file, once

    def test_the_length_is_the_calls_where_the_file_does_not_tell_it(self):
        call = self._talk(seconds=42)
        self._fetch({LEG: b"ID3" + bytes(5000)})
        self.assertEqual(call.recording_ids.mimetype, "audio/mpeg")
        self.assertEqual(call.recording_ids.seconds, 42)

    def test_it_is_stored_where_odoo_stores_files(self):
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        call = self._talk()
        self._fetch({LEG: wav()})
        sound = call.recording_ids.sudo().attachment_id
        self.assertFalse(sound.store_fname)
        self.assertEqual(sound.raw, wav())

    def test_a_call_that_is_deleted_takes_its_sounds_along(self):
        call = self._talk()
        self._fetch({LEG: wav()})
        sound = call.recording_ids.sudo().attachment_id
        call.unlink()
        self.assertFalse(sound.exists())

    # -- failing -------------------------------------------------------------------

    def test_it_is_tried_four_times_in_ten_minutes_and_then_daily(self):
        row = self._talk().recording_ids
        waits = []
        for _attempt in range(6):
            self._fetch()
            waits.append(round((row.retry_at - fields.Datetime.now()).total_seconds()))
            if len(waits) < 4:
                self.assertEqual(row.state, "waiting")
        for wait, expected in zip(waits, (25, 80, 480, 86400, 86400), strict=False):
            self.assertAlmostEqual(wait, expected, delta=3)
        self.assertEqual((row.state, row.error), ("failed", "refused"))
        self.assertEqual(row.error_detail, "File not found")
        self._fetch({LEG: wav()})
        self.assertEqual((row.state, row.error), ("stored", False))

    def test_what_the_pbx_keeps_no_longer_is_given_up(self):
        row = self._talk().recording_ids
        row.date = fields.Datetime.now() - timedelta(days=29)
        self._fetch()
        self.assertEqual(row.state, "failed")
        row.date = fields.Datetime.now() - timedelta(days=31)
        self._fetch()
        self.assertEqual((row.state, row.retry_at), ("expired", False))
        asked = len(self.server.asked)
        self._fetch()
        self.assertEqual(len(self.server.asked), asked)

    def test_an_error_page_is_no_sound(self):
        row = self._talk().recording_ids
        page = b"<html><body>Sorry</body></html>" * 10
        headers = {"Content-Type": "audio/wav"}
        self.server.pages[f"/sounds/1-{LEG}-100.wav"] = 200, headers, page
        self._fetch({LEG: wav()})
        self.assertEqual((row.state, row.error), ("waiting", "missing"))
        self.assertFalse(row.sudo().attachment_id)

    def test_a_file_that_is_too_large_is_not_kept_and_not_asked_for_again(self):
        self.env["ir.config_parameter"].set_param(
            "telephony_crm.recording_max_megabytes", 1
        )
        row = self._talk().recording_ids
        self._fetch({LEG: wav(seconds=140)})
        self.assertEqual(
            (row.state, row.error, row.retry_at), ("failed", "large", False)
        )

    def test_a_pbx_that_is_away_is_asked_once_and_left_alone_for_a_while(self):
        for number in range(3):
            self._talk(f"in_{number}")
        rows = self.Recording.search([("call_id.pbx_id", "=", self.pbx.id)])
        self.pbx.api_url = "http://127.0.0.1:1"
        self._fetch()
        self.assertEqual(rows.mapped("attempts"), [0, 0, 0])
        self.assertEqual(sorted(map(str, rows.mapped("error"))), ["False"] * 2 + [DOWN])
        self.assertEqual(set(rows.mapped("state")), {"waiting"})
        self.pbx.api_url = self.server.url
        self._fetch({LEG: wav()})
        self.assertFalse(self.server.asked)
        self.pbx.recordings_after = fields.Datetime.now()
        self._fetch()
        self.assertEqual(set(rows.mapped("state")), {"stored"})

    def test_a_key_that_is_refused_costs_no_attempt(self):
        row = self._talk().recording_ids
        self.server.pages["/v1/pbx/record/request/"] = self.server.as_json({}, 401)
        self._fetch({LEG: wav()})
        self.assertEqual((row.state, row.attempts, row.error), ("waiting", 0, "auth"))

    def test_a_pbx_that_is_away_for_days_has_lost_them(self):
        row = self._talk().recording_ids
        self.pbx.api_url = "http://127.0.0.1:1"
        row.date = fields.Datetime.now() - timedelta(days=2)
        self._fetch()
        self.assertEqual((row.state, row.error), ("failed", DOWN))

    def test_one_that_fails_holds_up_no_other(self):
        self._talk("in_1")
        self._talk("in_2")
        self._tell_record(LEG, "in_1")
        self._tell_record(OTHER_LEG, "in_2")
        self.server.pages["/sounds/1-" + OTHER_LEG + "-100.wav"] = 500, {}, b"oh"
        self._fetch({LEG: wav(), OTHER_LEG: wav()})
        self.assertEqual(self._recordings("in_1").state, "stored")
        self.assertEqual(self._recordings("in_2").error, "unreachable")

    def test_a_surprise_is_kept_in_words_and_holds_up_no_other(self):
        self._talk("in_1")
        self._talk("in_2")
        self._tell_record(LEG, "in_1")
        self._tell_record(OTHER_LEG, "in_2")
        self.env.cr.execute(
            "ALTER TABLE telephony_call_recording ADD CHECK (seconds != 7)"
        )
        with mute_logger(FETCHING, "odoo.sql_db"):
            self._fetch({LEG: wav(), OTHER_LEG: wav(seconds=7)})
        self.assertEqual(self._recordings("in_1").state, "stored")
        self.assertEqual(self._recordings("in_2").error, "error")

    def test_a_pbx_that_is_asked_too_often_is_left_alone_for_as_long_as_it_says(self):
        row = self._talk().recording_ids
        headers = {"X-RateLimit-Reset": "120"}
        self.server.pages["/v1/pbx/record/request/"] = self.server.as_json(
            {"status": "error"}, status=429, **headers
        )
        self._fetch({LEG: wav()})
        self.assertEqual((row.state, row.attempts, row.error), ("waiting", 0, False))
        wait = (row.retry_at - fields.Datetime.now()).total_seconds()
        self.assertAlmostEqual(wait, 120, delta=3)
        del self.server.pages["/v1/pbx/record/request/"]
        self._talk("in_2")
        self._fetch()
        self.assertEqual(len(self.server.asked), 1)
        self.pbx.recordings_after = fields.Datetime.now()
        self._fetch()
        self.assertEqual(row.state, "stored")

    def test_so_is_one_that_says_it_with_the_sound(self):
        row = self._talk().recording_ids
        headers = {"Retry-After": "120"}
        self.server.pages[f"/sounds/1-{LEG}-100.wav"] = 429, headers, b""
        self._fetch({LEG: wav()})
        self.assertEqual((row.state, row.attempts, row.error), ("waiting", 0, False))
        self.assertEqual(self.pbx.recordings_after, row.retry_at)

    def test_a_connection_that_is_switched_off_is_not_asked(self):
        self._talk()
        self.pbx.active = False
        self._fetch({LEG: wav()})
        self.assertFalse(self.server.asked)

    def test_statistics_that_know_of_no_recording_end_the_wait(self):
        call = self._talk()
        call.confirmed = True
        call._sync_recordings(())
        self.assertFalse(self._recordings())

    # -- once more -----------------------------------------------------------------

    def test_a_supervisor_has_it_fetched_once_more(self):
        row = self._talk().recording_ids
        row.write({"state": "expired", "retry_at": False, "attempts": 5})
        supervisor = self._user("head", "telephony_supervisor")
        row.with_user(supervisor).action_retry()
        self.assertEqual((row.state, row.attempts), ("waiting", 0))
        self._fetch({LEG: wav()})
        row.with_user(supervisor).action_retry()
        self.assertEqual(row.state, "stored")

    def test_an_agent_does_not_have_it_fetched(self):
        row = self._talk().recording_ids
        with self.assertRaises(AccessError):
            row.with_user(self.agent).action_retry()

    # -- the player ----------------------------------------------------------------

    def test_the_player_is_told_what_became_of_each(self):
        call = self._talk()
        self._fetch()
        [sound] = call.with_user(self.agent).sounds
        self.assertEqual(sound["state"], "waiting")
        self.assertIn("File not found", sound["reason"])
        self.assertFalse(sound["can_retry"])
        self._fetch({LEG: wav(seconds=3)})
        [sound] = call.with_user(self.agent).sounds
        self.assertEqual(
            (sound["id"], sound["state"], sound["seconds"], sound["reason"]),
            (call.recording_ids.id, "stored", 3, ""),
        )

    def test_the_recordings_of_a_contact_are_in_one_list_in_time(self):
        partner = self.env["res.partner"].create(
            {"name": "Olena Shevchenko", "phone": CUSTOMER}
        )
        older, newer = self._talk("in_1", ago=5000), self._talk("in_2", ago=100)
        self._talk("in_3", recorded="0", ago=3000)
        self._tell_record(LEG, "in_1")
        self._tell_record(OTHER_LEG, "in_2")
        self._fetch({LEG: wav(), OTHER_LEG: wav(pitch=1)})
        contact = partner.with_user(self.agent)
        action = contact.action_view_telephony_recordings()
        found = self.Recording.with_user(self.agent).search(action["domain"])
        self.assertEqual(found.call_id, newer + older)
        self.assertEqual(contact.telephony_recording_count, 2)
        self.assertEqual(found[0].action_open_call()["res_id"], newer.id)
        elsewhere = partner.with_user(self.colleague)
        self.assertEqual(elsewhere.telephony_recording_count, 0)

    def test_calls_with_a_recording_are_found(self):
        call = self._talk("in_1")
        self._talk("in_2", recorded="0")
        self._fetch({LEG: wav()})
        domain = [("recording_ids", "any", [("state", "=", "stored")])]
        Call = self.env["telephony.call"].with_user(self.agent)
        self.assertEqual(Call.search(domain), call)

    def test_an_open_chatter_is_told_when_the_sound_is_there(self):
        self.env["res.partner"].create({"name": "Olena Shevchenko", "phone": CUSTOMER})
        call = self._talk()
        self.env["telephony.call"]._cron_follow_up()
        self.assertEqual(call.message_id.model, "res.partner")
        told = self.env["bus.bus"].search_count([])
        self._fetch({LEG: wav()})
        self.env["telephony.call"]._cron_follow_up()
        self.env.cr.precommit.run()
        self.assertGreater(self.env["bus.bus"].search_count([]), told)
        last = self.env["bus.bus"].search([], order="id desc", limit=2)
        self.assertIn('"state":"stored"', "".join(last.mapped("message")))
