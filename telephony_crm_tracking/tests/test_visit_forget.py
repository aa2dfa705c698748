from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from .common import TrackingCase


@tagged("post_install", "-at_install")
class TestVisitForget(TrackingCase):
    """How long a visit is kept, and for what."""

    def setUp(self):
        super().setUp()
        self.now = fields.Datetime.now()
        jobs = type(self.env["ir.cron"])
        self.startPatcher(patch.object(jobs, "_commit_progress", return_value=60.0))

    def _in(self, **length):
        return self.now + timedelta(**length)

    def test_a_visit_that_no_call_came_of_is_forgotten_in_time(self):
        old = self._in(days=-91)
        told, kept = self._page(at=old), self._page(at=old)
        young = self._page(at=self._in(days=-89))
        self._visit(kept)._keep()
        self.env.flush_all()
        self.env["telephony.tracking.visit"].sudo()._cron_forget()
        self.env.invalidate_all()
        self.assertFalse(self._visit(told))
        self.assertTrue(self._visit(kept) and self._visit(young))

    def test_a_visit_is_kept_as_long_as_what_has_come_of_it(self):
        old = self._in(days=-100)
        gone, called, before, asked, led = (self._page(at=old) for _visit in range(5))
        again = self._page(p=before["k"], at=self._in(days=-99))
        every = [self._visit(one) for one in (gone, called, before, asked, led, again)]
        self.env["telephony.tracking.visit"].union(*every)._keep()
        call = self.env["telephony.call"].create(
            {
                "pbx_id": self.pbx.id,
                "company_id": self.company.id,
                "call_ref": "a",
                "direction": "inbound",
                "start_date": old,
            }
        )
        match, touch = "telephony.tracking.match", "telephony.tracking.touch"
        common = {"call_id": call.id, "weight": 0.5, "level": "live", "reason": "live"}
        self.env[match].create({**common, "visit_id": every[1].id})
        self.env[touch].create(
            {
                "company_id": self.company.id,
                "visit_id": every[5].id,
                "date": old,
                "channel": "visit",
            }
        )
        self.env["telephony.callback"].sudo().create(
            {
                "pbx_id": self.pbx.id,
                "company_id": self.company.id,
                "e164": "+442079460123",
                "visit_id": every[3].id,
            }
        )
        lead = self.env["crm.lead"].create(
            {"name": "a", "tracking_visit_ids": every[4].ids}
        )
        self._forget()
        self.assertFalse(every[0].exists())
        self.assertTrue(all(one.exists() for one in every[1:]))
        lead.unlink()
        call.unlink()
        self._forget()
        left = [bool(one.exists()) for one in every]
        self.assertEqual(left, [False, False, True, True, False, True])

    def test_what_came_of_a_visit_as_it_was_let_go_keeps_it(self):
        visit = self._visit(self._page(at=self._in(days=-100)))
        lead = self.env["crm.lead"].create(
            {"name": "a", "tracking_visit_ids": visit.ids}
        )
        visit.kept = False
        self._forget()
        self.assertTrue(visit.exists() and visit.kept)
        self.assertEqual(lead.tracking_visit_ids, visit)

    def _forget(self):
        """Let the job run on two days."""
        self.env.flush_all()
        for _day in range(2):
            self.env["telephony.tracking.visit"].sudo()._cron_forget()
        self.env.invalidate_all()
