from odoo.tests import HttpCase, tagged

from .recording_common import LEG, RecordingCase, wav


@tagged("post_install", "-at_install")
class TestRecordingTour(RecordingCase, HttpCase):
    """A browser really plays what the PBX has recorded."""

    def test_an_agent_hears_a_call_from_the_list_and_from_its_form(self):
        self.agent.lang = "en_US"
        partner = self.env["res.partner"].create(
            {"name": "Olena Shevchenko", "phone": "+442037691880"}
        )
        call = self._talk()
        self._tell_record()
        self._fetch({LEG: wav(seconds=4)})
        self.assertEqual(call.partner_id, partner)
        self.start_tour(
            "/odoo/my-calls", "telephony_crm.recording", login=self.agent.login
        )
        listened = self.env["telephony.call.recording.listen"].search([])
        self.assertEqual(listened.mapped("kind"), ["play"] * len(listened))
        self.assertEqual(listened.user_id, self.agent)
        self.assertEqual(len(listened), 2)  # from the list, and from the form
