from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError

from .telephony_call_recording_failure import WAITS

# Of one run, which is about a minute: a PBX takes no more, and calls come first.
BATCH = 40


class TelephonyCallRecording(models.Model):
    """When the sounds of calls are fetched, and of how many at once."""

    _inherit = "telephony.call.recording"

    @api.model
    def _expect(self, call, refs):
        """Have the recordings of a call fetched that are new.

        Within the request of a PBX: nothing is written twice.
        """
        if refs:
            due = fields.Datetime.now() + WAITS[0]
            vals = {"call_id": call.id, "retry_at": due}
            self.create([{**vals, "ref": ref} for ref in refs])
            self._wake(due)

    def _restart(self):
        """Have the job try these from the beginning."""
        if not self:
            return
        due = fields.Datetime.now() + WAITS[0]
        self.write(
            {
                "state": "waiting",
                "attempts": 0,
                "retry_at": due,
                "error": False,
                "error_detail": False,
            }
        )
        self._wake(due)

    @api.model
    def _wake(self, at):
        """Have the job run at that time; it runs every hour by itself."""
        if at < fields.Datetime.now() + timedelta(hours=1):
            self.env.ref("telephony_crm.ir_cron_recording_fetch").sudo()._trigger(at)

    @api.model
    def _cron_fetch(self):
        """Fetch what is due, the latest first, and of no PBX more than it takes."""
        silent = set()  # PBXs that are not asked again in this run
        due = self._due()
        # Odoo goes on at once with what is left when the time of a run is over.
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for recording in due:
            pbx_id = recording.call_id.pbx_id.id
            try:
                if pbx_id not in silent and not recording._fetch_now():
                    silent.add(pbx_id)
            except (OperationalError, ConcurrencyError):
                # It waits for the end of its lease, and holds none of the others up.
                self.env.cr.rollback()
            if not self.env["ir.cron"]._commit_progress(1):
                return
        if self._due():
            self._wake(fields.Datetime.now() + timedelta(minutes=1))

    @api.model
    def _due(self):
        """Return the recordings to be fetched now, of PBXs that may be asked."""
        self.flush_model()
        self.env["telephony.pbx"].flush_model(["active", "recordings_after"])
        self.env.cr.execute(
            """
            SELECT r.id
              FROM telephony_call_recording r
              JOIN telephony_call c ON c.id = r.call_id
              JOIN telephony_pbx p ON p.id = c.pbx_id
             WHERE r.retry_at <= %(now)s AND p.active
               AND (p.recordings_after IS NULL OR p.recordings_after <= %(now)s)
             ORDER BY r.retry_at DESC
             LIMIT %(limit)s
            """,
            {"now": fields.Datetime.now(), "limit": BATCH},
        )
        return self.browse(row[0] for row in self.env.cr.fetchall())

    @api.model
    def _kept_since(self):
        """Return from when on the PBX is taken to have its recordings still."""
        days = self.env["ir.config_parameter"]._telephony_number("recording_days")
        return fields.Datetime.now() - timedelta(days=days)
