import itertools
import json
from datetime import datetime, timedelta, timezone

from odoo.tests import tagged

from odoo.addons.bus.tests.common import BusCase

from ..pbx import adapter as pbx_adapter
from .common import CUSTOMER, DID, TelephonyCase

PARENT, CHILD = "1768472100.1", "1768472130.5"


@tagged("post_install", "-at_install")
class TestCallMerge(TelephonyCase, BusCase):
    """A consultation that ends in a transfer is part of the customer's call."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pbx.write({"adapter": "generic", "api_key": False})
        cls.begun = datetime.now(timezone.utc) - timedelta(seconds=60)
        agent = {"leg_kind": "agent"}
        anna = {**agent, "leg_ref": "2", "extension": "100"}
        boris = {**agent, "leg_ref": "6", "extension": "101"}
        cls.parent = [
            cls._event("started", PARENT, 0, direction="inbound", number=CUSTOMER),
            cls._event("ringing", PARENT, 1, **anna),
            cls._event("answered", PARENT, 5, **anna),
            cls._event("ringing", PARENT, 31, **boris),
            cls._event("answered", PARENT, 40, **boris),
        ]
        cls.child = [
            cls._event(
                "started",
                CHILD,
                30,
                direction="internal",
                dialled_by="100",
                number="101",
            ),
            cls._event("ringing", CHILD, 31, **boris, direction="internal"),
            cls._event("answered", CHILD, 35, **boris),
        ]
        cls.merged = cls._event("merged", CHILD, 40, parent_ref=PARENT)
        cls.recorded = cls._event("recording", CHILD, 41, recording_ref="101.wav")

    @classmethod
    def _event(cls, event, call_ref, second, **values):
        at = cls.begun + timedelta(seconds=second)
        return {
            "id": f"{call_ref}-{event}-{values.get('leg_ref', '')}",
            "event": event,
            "call_ref": call_ref,
            "occurred_at": at.isoformat(timespec="milliseconds"),
            "did": DID if call_ref == PARENT else "",
            **values,
        }

    def _say(self, *events):
        adapter = pbx_adapter.get("generic")
        for event in events:
            body = json.dumps(event).encode()
            notification = adapter.read(pbx_adapter.Request(body=body))
            pbx = self.pbx._for_events()
            pbx.env["telephony.pbx.event"]._receive(pbx, notification)

    def test_a_merged_call_is_not_logged_by_itself(self):
        self._say(*self.parent[:3], *self.child)
        self.assertTrue(self._call(CHILD))
        self._say(self.merged, *self.parent[3:])
        self.assertFalse(self._call(CHILD))
        call = self._call(PARENT)
        self.assertEqual(call.number_e164, CUSTOMER)
        self.assertEqual(call.user_id, self.colleague)
        events = self.env["telephony.pbx.event"].search([("pbx_id", "=", self.pbx.id)])
        self.assertEqual(events.call_id, call)
        self.assertEqual(set(events.mapped("state")), {"done"})

    def test_any_order_ends_in_the_same_call(self):
        """Also where the call that it went into is heard of last."""
        orders = [
            [*self.parent, *self.child, self.merged],
            [self.merged, *self.child, *self.parent],
            [*self.child, self.merged, *self.parent],
            [*reversed([*self.parent, *self.child, self.merged])],
            [self.merged, *self.parent, *self.child, self.merged],
        ]
        found = set()
        for order in orders:
            with self.env.cr.savepoint() as savepoint:
                self._say(*order)
                self.assertFalse(self._call(CHILD))
                call = self._call(PARENT)
                names = ("direction", "state", "number_e164", "start_date", "user_id")
                legs = call.leg_ids.mapped(lambda leg: (leg.leg_ref, leg.state))
                found.add((*(str(call[name]) for name in names), *sorted(legs)))
                self._say(*order)
                self.assertEqual(self._call(PARENT), call)
                self.env.flush_all()
                savepoint.rollback()
        self.assertEqual(len(found), 1)

    def test_what_was_said_of_it_moves_along(self):
        self._say(*self.parent[:3], *self.child, self.recorded)
        outcome = self.env["telephony.call.outcome"].create({"name": "Asked"})
        self._call(PARENT).note = "Wants an offer"
        child = self._call(CHILD)
        child.write({"note": "Boris knows", "outcome_id": outcome.id})
        dial = self.env["telephony.dial"].create(
            {
                "pbx_id": self.pbx.id,
                "company_id": self.company.id,
                "extension_id": self.extension.id,
                "user_id": self.agent.id,
                "e164": CUSTOMER,
                "call_id": child.id,
            }
        )
        self._say(self.merged, *self.parent[3:])
        call = self._call(PARENT)
        self.assertEqual(call.note, "Wants an offer\nBoris knows")
        self.assertEqual(call.outcome_id, outcome)
        self.assertEqual(call.recording_ids.sudo().mapped("ref"), ["101.wav"])
        self.assertEqual(dial.call_id, call)
        self._say(self._event("ringing", PARENT, 50, leg_ref="9", extension="102"))
        self.assertEqual(call.recording_ids.sudo().mapped("ref"), ["101.wav"])

    def test_who_listened_to_it_stays_on_record(self):
        self._say(*self.parent[:3], *self.child)
        listened = self.env["telephony.call.control"].create(
            {
                "call_id": self._call(CHILD).id,
                "user_id": self.colleague.id,
                "kind": "listen",
            }
        )
        self._say(self.merged)
        self.env.invalidate_all()
        self.assertEqual(listened.call_id, self._call(PARENT))

    def test_whose_call_a_person_said_it_is_moves_along(self):
        partner = self.env["res.partner"].create({"name": "Olena"})
        self._say(*self.parent[:3], *self.child)
        calls = self.env["telephony.call"].with_user(self.agent)
        calls.card_choose(self._call(CHILD).id, "res.partner", partner.id)
        self._say(self.merged)
        call = self._call(PARENT)
        self.assertEqual((call.partner_id, call.match_reason), (partner, "chosen"))

    def test_a_recording_that_is_told_of_later_belongs_to_the_other_call(self):
        self._say(*self.parent, *self.child, self.merged, self.recorded)
        recordings = self._call(PARENT).recording_ids.sudo()
        self.assertEqual(recordings.mapped("ref"), ["101.wav"])

    def test_screens_are_told_that_the_card_is_gone(self):
        self._say(*self.parent[:3], *self.child)
        child = self._call(CHILD)
        calls = self.env["telephony.call"].with_user(self.colleague)
        self.assertTrue(calls.get_card(child.id))
        self.env["bus.bus"].search([]).unlink()
        self._say(self.merged)
        self.env.cr.precommit.run()
        told = [json.loads(row.message) for row in self.env["bus.bus"].search([])]
        of_child = [
            message["payload"]
            for message in told
            if message["type"] == "telephony.call/update"
            and message["payload"]["id"] == child.id
        ]
        self.assertTrue(of_child)
        self.assertEqual({message["state"] for message in of_child}, {"ended"})
        self.assertFalse(calls.get_card(child.id))

    def test_words_typed_on_the_card_that_is_gone_are_kept(self):
        self._say(*self.parent[:3], *self.child)
        self._call(PARENT).note = "Wants an offer"
        child_id = self._call(CHILD).id
        calls = self.env["telephony.call"].with_user(self.colleague)
        calls.card_note(child_id, "Ask")
        self._say(self.merged, *self.parent[3:])
        calls.card_note(child_id, "Ask Boris")
        self.assertEqual(self._call(PARENT).note, "Wants an offer\nAsk Boris")
        calls.card_note(child_id, "Ask Boris again")
        self.assertEqual(self._call(PARENT).note, "Wants an offer\nAsk Boris again")

    def test_a_call_that_went_into_one_that_went_into_another(self):
        middle = "1768472120.3"
        for order in itertools.permutations(
            [
                self.merged | {"parent_ref": middle},
                self._event("merged", middle, 45, parent_ref=PARENT),
                self.parent[0],
                self.child[0],
            ]
        ):
            with self.env.cr.savepoint() as savepoint:
                self._say(*order)
                self.env.flush_all()
                found = self.env["telephony.call"].search(
                    [("pbx_id", "=", self.pbx.id)]
                )
                self.assertEqual(found.mapped("call_ref"), [PARENT])
                savepoint.rollback()

    def test_calls_that_go_into_each_other_harm_nobody(self):
        self._say(*self.parent, *self.child, self.merged)
        self._say(self._event("merged", PARENT, 41, parent_ref=CHILD))
        found = self.env["telephony.call"].search([("pbx_id", "=", self.pbx.id)])
        self.assertEqual(len(found), 1)
