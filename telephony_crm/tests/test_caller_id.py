"""Which number a customer is shown, and how a call is known that was clicked."""

from odoo.tests import tagged

from .asterisk_common import CUSTOMER, AsteriskCase

ORIGINATE = "POST /ari/channels"
TEAM = "+442037691883"
OWN = "+442037691884"


@tagged("post_install", "-at_install")
class TestCallerId(AsteriskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["crm.team"].create(
            {"name": "London", "company_id": cls.company.id}
        )
        cls.partner = cls.env["res.partner"].create(
            {"name": "Olena Shevchenko", "phone": CUSTOMER}
        )

    def _did(self, number, **values):
        return self.env["telephony.did"].create(
            {"pbx_id": self.pbx.id, "number": number, "is_presented": True, **values}
        )

    def _dial(self, record=None):
        """Have the agent call the customer; return what the PBX was told."""
        record = record or self.partner
        Dial = self.env["telephony.dial"].with_user(self.agent)
        answer = Dial.dial(CUSTOMER, record._name, record.id)
        self.assertEqual(answer["status"], "calling", answer)
        asked = self._asked(ORIGINATE)[-1]
        self.assertEqual(answer["call_ref"], asked["channelId"], "for the softphone")
        return asked

    def _shown(self, record=None):
        return self._dial(record)["variables"].get("__TELEPHONY_CALLER_ID")

    def test_without_a_choice_the_pbx_decides(self):
        self.assertIsNone(self._shown())

    def test_the_most_fitting_number_is_shown(self):
        self.did.is_presented = True
        self.assertEqual(self._shown(), self.did.e164)
        self.extension.team_id = self.team
        self._did(TEAM, team_id=self.team.id)
        self.assertEqual(self._shown(), TEAM)
        self._did(OWN, user_id=self.agent.id)
        self.assertEqual(self._shown(), OWN)
        last = self.env["telephony.dial"].search([], limit=1)
        self.assertEqual(last.caller_id, OWN)

    def test_numbers_of_other_teams_and_people_are_not_shown(self):
        other = self.env["crm.team"].create(
            {"name": "Kyiv", "company_id": self.company.id}
        )
        self._did(TEAM, team_id=other.id)
        self._did(OWN, user_id=self.colleague.id)
        self.assertIsNone(self._shown())

    def test_who_is_called_back_sees_the_number_that_they_had_dialled(self):
        self._did(OWN, user_id=self.agent.id)
        call = self._rings()
        self.assertEqual(self._shown(call), OWN)
        self.did.is_presented = True
        self.assertEqual(self._shown(call), self.did.e164)

    def test_a_colleague_is_shown_who_calls(self):
        self._did(OWN, user_id=self.agent.id)
        self.env["telephony.dial"].with_user(self.agent).dial("101")
        told = self._asked(ORIGINATE)[-1]
        self.assertNotIn("__TELEPHONY_CALLER_ID", told["variables"])

    # -- the tie -----------------------------------------------------------------------

    def test_a_call_is_known_by_the_reference_that_it_was_given(self):
        first = self._dial()["channelId"]
        second = self._dial(self._lead())["channelId"]
        self.assertNotEqual(first, second)
        self._begin(second)
        self._begin(first)
        self.assertEqual(self._call(second).lead_id.name, "Spring order")
        self.assertEqual(self._call(second).match_reason, "clicked")
        self.assertEqual(self._call(first).partner_id, self.partner)
        dials = self.env["telephony.dial"].search([], order="id", limit=2)
        self.assertEqual(dials.mapped("state"), ["tied", "tied"])
        self.assertEqual(dials.mapped("call_id.call_ref"), [first, second])

    def test_a_call_dialled_on_the_phone_is_not_taken_for_a_clicked_one(self):
        self._dial(self._lead())
        self._begin("1700000000.1")
        call = self._call("1700000000.1")
        self.assertNotEqual(call.match_reason, "clicked")

    def _lead(self):
        return self.env["crm.lead"].create(
            {
                "name": "Spring order",
                "partner_id": self.partner.id,
                "user_id": self.agent.id,
                "company_id": self.company.id,
            }
        )

    def _begin(self, call_ref):
        self._hear(
            "started",
            call_ref,
            direction="outbound",
            number=CUSTOMER,
            dialled_by="100",
            extension="100",
            leg_ref=call_ref,
        )
