import json

from odoo.tests import tagged

from .common import DID, SECRET, TelephonyHttpCase
from .test_dial import DialCase

STRANGER = "+33478323232"


@tagged("post_install", "-at_install")
class TestTours(DialCase, TelephonyHttpCase):
    """An agent in a real browser, while the PBX tells things by signed webhooks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent.lang = "en_US"  # the tours look for words

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        """Override: the browser is asked with one time limit, the PBX with two."""
        if not isinstance(kw["timeout"], tuple):
            kw["timeout"] = (kw["timeout"],)
        return super()._request_handler(s, r, **kw)

    def _start(self, tour, url="/odoo", **webhooks):
        """Run a tour as the agent.

        :param webhooks: what the PBX tells in its course: the event, and its fields;
            the page signs and posts them when the tour comes to it
        """
        told = {
            "url": f"/telephony/webhook/{self.pbx.webhook_token}",
            "secret": SECRET,
            "webhooks": {
                name: self._fields(event, **values)
                for name, (event, values) in webhooks.items()
            },
        }
        options = json.dumps({"startUrl": url})
        self.start_tour(
            url,
            tour,
            login=self.agent.login,
            code=f"odoo.telephonyPbx = {json.dumps(told)};"
            f"odoo.startTour({tour!r}, {options})",
        )

    def _incoming(self, number, **end):
        """Return what the PBX tells of a call that comes in and rings the agent."""
        caller = {"caller_id": number[1:]}
        ended = {
            "internal": "100",
            "duration": "4",
            "disposition": "answered",
            "status_code": "16",
            "is_recorded": "0",
            "call_id_with_rec": "",
        }
        answered = {**caller, "internal": "100", "destination": DID[1:]}
        return {
            "starts": ("NOTIFY_START", caller),
            "rings": ("NOTIFY_INTERNAL", {**caller, "internal": "100"}),
            "is_answered": ("NOTIFY_ANSWER", answered),
            "ends": ("NOTIFY_END", {**caller, **ended, **end}),
        }

    def test_a_call_comes_in_becomes_a_lead_and_gets_a_comment(self):
        self._start("telephony_crm.incoming_call", **self._incoming(STRANGER))
        call = self._call()
        self.assertEqual(call.number_e164, STRANGER)
        self.assertEqual((call.state, call.user_id), ("ended", self.agent))
        self.assertEqual(call.note, "Wants 300 boxes")
        self.assertEqual(call.outcome_id.name, "Interested")
        lead = call.lead_id
        self.assertEqual(lead.contact_name, "Jeanne Moreau")
        self.assertEqual(lead.partner_name, "Ascenseurs")
        self.assertEqual((lead.user_id, lead.company_id), (self.agent, self.company))

    def test_a_known_caller_leads_to_the_deal_and_can_be_called_back(self):
        events = self._incoming(
            self.partner.phone, internal="", duration="0", disposition="no answer"
        )
        self._start("telephony_crm.known_caller", **events)
        call = self._call()
        self.assertEqual((call.partner_id, call.disposition), (self.partner, "missed"))

    def _outgoing(self):
        return {"dials": ("NOTIFY_OUT_START", {"call_ref": "out_1"})}

    def test_a_click_in_a_form_calls_and_the_call_belongs_to_the_lead(self):
        url = f"/odoo/crm.lead/{self.lead.id}"
        self._start("telephony_crm.call_from_form", url, **self._outgoing())
        self.assertEqual(len(self.server.asked), 1)
        call = self._call("out_1")
        self.assertEqual((call.lead_id, call.match_reason), (self.lead, "clicked"))

    def test_a_click_in_a_list_calls_and_the_call_belongs_to_the_contact(self):
        self._start(
            "telephony_crm.call_from_list", "/odoo/contacts", **self._outgoing()
        )
        self.assertEqual(len(self.server.asked), 1)
        call = self._call("out_1")
        self.assertEqual(call.partner_id, self.partner)
        self.assertEqual(call.match_reason, "clicked")

    def test_a_number_that_may_not_be_called_is_refused_in_words(self):
        self._start("telephony_crm.call_refused")
        self.assertFalse(self.server.asked)
        self.assertEqual(self._wishes().state, "refused")
