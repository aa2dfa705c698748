from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import new_test_user

from .call_common import RingingCase


@tagged("post_install", "-at_install")
class TestCallMatchAccess(RingingCase):
    """Who may know which visit made a call."""

    def setUp(self):
        super().setUp()
        told = self._visitor()
        number = self._shown(told)
        self._ring(number, 30)
        self.match = self._end(number, 30).match_ids

    def _seen_by(self, user):
        return self.env["telephony.tracking.match"].with_user(user).search([])

    def test_an_agent_sees_those_of_own_calls_only(self):
        self.assertEqual(self._seen_by(self.agent), self.match)
        self.assertFalse(self._seen_by(self.colleague))
        with self.assertRaises(AccessError):
            self.match.with_user(self.colleague).read(["weight"])

    def test_an_agent_reads_what_is_shown_and_not_the_visit_itself(self):
        seen = self.match.with_user(self.agent)
        self.assertEqual(seen.landing, "/pricing")
        self.assertEqual(seen.shown_source, "google / cpc")
        with self.assertRaises(AccessError):
            seen.visit_id.read(["gclid"])

    def test_nobody_writes_them(self):
        for user in (self.agent, self.supervisor, self.administrator):
            with self.assertRaises(AccessError):
                self.match.with_user(user).write({"weight": 0.1})

    def test_another_company_sees_nothing(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        groups = "base.group_user,telephony_crm.group_telephony_administrator"
        stranger = new_test_user(
            self.env,
            login="tracking_stranger",
            groups=groups,
            company_id=elsewhere.id,
            company_ids=elsewhere.ids,
        )
        self.assertFalse(self._seen_by(stranger))
        self.assertEqual(self._seen_by(self.administrator), self.match)
