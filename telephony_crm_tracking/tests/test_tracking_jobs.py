from odoo.modules.neutralize import neutralize_database
from odoo.tests import tagged

from .common import STATIC, TrackingHttpCase


@tagged("post_install", "-at_install")
class TestTrackingJobs(TrackingHttpCase):
    """What runs by itself, and what must not."""

    def test_each_job_runs_and_leaves_those_alone_who_are_there(self):
        told = self._page()
        jobs = self.env["ir.cron"].search([("cron_name", "like", "Telephony:")])
        ours = jobs.filtered(lambda job: "tracking" in job.model_name)
        self.assertEqual(len(ours), 6)
        self.site.active = False  # so that no address is asked
        self.patch(type(jobs), "_commit_progress", lambda *_args, **_kw: 60.0)
        for job in ours:
            job.ir_actions_server_id.with_user(self.env.ref("base.user_root")).run()
        self.env.invalidate_all()
        self.assertFalse(self._visit(told).lease_ids.end_date)

    def test_what_was_counted_is_forgotten_after_days(self):
        self._page()
        quota = self.env["telephony.tracking.quota"].sudo()
        quota._gc_counted()
        self.assertTrue(quota.search([]))
        quota.search([]).day = "2026-01-01"
        self.env.flush_all()
        quota._gc_counted()
        self.env.invalidate_all()
        self.assertFalse(quota.search([]))

    def test_pages_of_the_original_mean_nothing_to_a_copy(self):
        token = self.site.token
        self.env.flush_all()
        neutralize_database(self.env.cr)
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        page = {"k": "", "u": "/", "h": "shop.example", "n": [STATIC]}
        self.assertEqual(self._post(page, token).status_code, 404)
        self.assertNotEqual(self.site.token, token)
