from datetime import timedelta

from odoo import fields, models

MOST = 1000
# The job runs every minute; a PBX may be asked for some dozens by then.
LATE = timedelta(hours=1)
# What keeps a PBX from handing out any recording at all.
NONE_COMES = ("auth", "unreachable")


class TelephonyPbx(models.Model):
    """Which recordings of a PBX are on their way, and which did not come."""

    _inherit = "telephony.pbx"

    def _health_findings(self):
        findings = super()._health_findings()
        findings += [
            self._finding_of_lost_recordings(),
            self._finding_of_waiting_recordings(),
        ]
        return [finding for finding in findings if finding]

    def _finding_of_lost_recordings(self):
        lost = self._lost_recordings()
        count = self.env["telephony.call.recording"].sudo().search_count(lost, MOST)
        if not count:
            return None
        last = self.env["telephony.call.recording"].sudo().search(lost, limit=1)
        return self._finding(
            "warning",
            "recordings_lost",
            self.env._(
                "Recordings that could not be fetched: %(count)s. Have them fetched "
                "again, or give them up. The last one: %(reason)s",
                count=count,
                reason=last._words(),
            ),
            "action_open_lost_recordings",
            self.env._("Open them"),
        )

    def _finding_of_waiting_recordings(self):
        """Say how many wait; that they are late when the job does not get to them."""
        recordings = self.env["telephony.call.recording"].sudo()
        waiting = [
            ("call_id.pbx_id", "=", self.id),
            ("state", "=", "waiting"),
            ("retry_at", "!=", False),
        ]
        count = recordings.search_count(waiting, MOST)
        if not count:
            return None
        late = fields.Datetime.now() - LATE
        stuck = [*waiting, "|", ("error", "in", NONE_COMES), ("create_date", "<", late)]
        if row := recordings.search(stuck, limit=1):
            return self._finding(
                "warning",
                "recordings_late",
                self.env._(
                    "Recordings that wait: %(count)s. One of them: %(reason)s",
                    count=count,
                    reason=row._words()
                    or self.env._("For longer than an hour there was no turn for it."),
                ),
                "action_open_waiting_recordings",
                self.env._("Open them"),
            )
        if self.recordings_after and self.recordings_after > fields.Datetime.now():
            return self._finding(
                "info",
                "recordings_waiting",
                self.env._(
                    "Recordings on their way: %(count)s. The PBX takes requests "
                    "again %(time)s.",
                    count=count,
                    time=self._in_relative_words(self.recordings_after),
                ),
            )
        due = [*waiting, ("retry_at", "<", late)]
        if recordings.search_count(due, limit=1):
            return self._finding(
                "warning",
                "recordings_late",
                self.env._(
                    "Recordings that wait for longer than an hour: %s. Check that the "
                    "scheduled actions of Odoo run.",
                    count,
                ),
                "action_open_waiting_recordings",
                self.env._("Open them"),
            )
        return self._finding(
            "info",
            "recordings_waiting",
            self.env._("Recordings on their way: %s.", count),
        )

    def _lost_recordings(self):
        return [("state", "=", "failed"), ("call_id.pbx_id", "=", self.id)]

    # -- actions ---------------------------------------------------------------------

    def action_open_lost_recordings(self):
        """Show the recordings that did not come, with the reason of each."""
        return self._open_recordings(self._lost_recordings())

    def action_open_waiting_recordings(self):
        """Show the recordings that are on their way."""
        return self._open_recordings(
            [("state", "=", "waiting"), ("call_id.pbx_id", "=", self.id)]
        )

    def _open_recordings(self, domain):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "telephony_crm.action_telephony_call_recording"
        )
        return {**action, "domain": domain, "context": {}}
