from odoo import fields
from odoo.tests import tagged

from odoo.addons.telephony_crm.tests.common import CUSTOMER

from .call_common import STATIC, RingingCase


@tagged("post_install", "-at_install")
class TestCallAskedFor(RingingCase):
    """Calls that we make: nobody has seen a number of ours and dialled it."""

    def setUp(self):
        super().setUp()
        self.now = fields.Datetime.now()

    def _stranger(self):
        """Have somebody tap the number just before we ring somebody else with it."""
        self._visitor()
        self._visitor()
        told = self._visitor("bing")
        self._ask(k=told["k"], t=STATIC, at=self._in(-65))
        return self._visit(told)

    def _asked_for(self, visit):
        """Have us ring who asked for it on a page; return the call."""
        callbacks = self.env["telephony.callback"].sudo()
        callback = callbacks.create(
            {
                "e164": CUSTOMER,
                "pbx_id": self.pbx.id,
                "company_id": self.company.id,
                "kind": "promised",
                "visit_id": visit.id,
            }
        )
        self.patch(type(self.env["telephony.call"]), "_promised", lambda call: callback)
        return self._talk()

    def _say(self, call):
        """Have another system say where a call came from."""
        said = self.env["telephony.tracking.foreign"].sudo()
        said = said.create(
            {
                "company_id": self.company.id,
                "key": call.call_ref,
                "received_at": self.now,
                "call_ref": call.call_ref,
                "source": "partner",
            }
        )
        said._tie(call.sudo())
        self._follow_up()

    def test_whom_we_ring_is_not_who_tapped_the_number_just_before(self):
        visit = self._stranger()
        call = self._talk()
        self.assertEqual(call.did_id, self.did)
        self._say(call)
        self.assertEqual(call.match_ids.mapped("level"), ["foreign"])
        self.assertNotIn(visit, call.match_ids.visit_id)
        self.assertFalse(call.returns_ours)

    def test_who_asked_for_a_call_is_known_whatever_is_said_of_it_later(self):
        asked = self._visit(self._visitor("google"))
        self._stranger()
        call = self._asked_for(asked)
        self.assertEqual(call.match_ids.visit_id, asked)
        before = call.match_ids
        self._say(call)
        self.assertEqual(call.match_ids, before)
        self.assertEqual(call.tracking_state, "matched")
        self.assertEqual(call.source_id.name, "google")

    def test_who_asked_for_a_call_is_known_where_the_pbx_corrects_our_number(self):
        asked = self._visit(self._visitor("google"))
        call = self._asked_for(asked).sudo()
        before = call.match_ids
        vals = {
            name: call[name].id if call._fields[name].relational else call[name]
            for name in ("direction", "did_id", "number_e164", "source_id")
        }
        vals |= {"did_id": self.pooled[0].id, "source_id": False}
        call._update(call._vals_of_news(vals))
        call._follow_up_later()
        self._follow_up()
        self.assertEqual(call.did_id, self.pooled[0])
        self.assertEqual(call.match_ids, before)
        self.assertEqual(call.tracking_state, "matched")
        self.assertEqual(call.source_id.name, "google")
