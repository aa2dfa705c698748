from odoo.tests import HttpCase, tagged

from .recording_common import LEG, RecordingCase, wav


@tagged("post_install", "-at_install")
class TestRecordingTour(RecordingCase, HttpCase):
    """A browser really plays what the PBX has recorded."""

    def setUp(self):
        super().setUp()
        self.agent.lang = "en_US"
        self.partner = self.env["res.partner"].create(
            {"name": "Olena Shevchenko", "phone": "+442037691880"}
        )

    def _listened(self):
        listened = self.env["telephony.call.recording.listen"].search([])
        return [(row.user_id, row.kind) for row in listened]

    def test_an_agent_hears_a_call_from_the_list_and_from_its_form(self):
        call = self._talk()
        self._tell_record()
        self._fetch({LEG: wav(seconds=4)})
        self.assertEqual(call.partner_id, self.partner)
        self.start_tour(
            "/odoo/my-calls", "telephony_crm.recording", login=self.agent.login
        )
        # From the list, and from the form.
        self.assertEqual(self._listened(), [(self.agent, "play")] * 2)

    def test_the_chatter_of_a_contact_plays_the_call(self):
        call = self._talk()
        self._tell_record()
        self.env["telephony.call"]._cron_follow_up()
        self.assertEqual(call.message_id.res_id, self.partner.id)
        self._fetch({LEG: wav(seconds=4)})
        # A new page hears the news of the last minute again: also the latest of them.
        self.env.cr.precommit.run()
        self.start_tour(
            f"/odoo/contacts/{self.partner.id}",
            "telephony_crm.recording_in_chatter",
            login=self.agent.login,
        )
        self.assertEqual(self._listened(), [(self.agent, "play")])
