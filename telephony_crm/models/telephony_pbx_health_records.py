from datetime import timedelta

from odoo import api, fields, models

LATE = timedelta(hours=6)


class TelephonyPbx(models.Model):
    """What is known of the comparison of the log, and of the way of the events here."""

    _inherit = "telephony.pbx"

    comparison = fields.Char(compute="_compute_comparison")

    def _health_findings(self):
        findings = super()._health_findings()
        findings += [
            self._finding_of_webhook(),
            self._finding_of_comparison(),
            self._finding_of_reading(),
        ]
        return [finding for finding in findings if finding]

    def _finding_of_webhook(self):
        missing = self.sudo().webhook_missing
        if not missing:
            return None
        return self._finding(
            "error",
            "webhook",
            self._webhook_in_words([missing]),
            "action_set_up",
            self.env._("Set up again"),
        )

    def _finding_of_comparison(self):
        """Say that the log could not be compared, or that the clock seems wrong."""
        if not self._has_statistics():
            return None
        runs = self.env["telephony.pbx.reconciliation"].sudo()
        of_pbx = [("pbx_id", "=", self.id), ("kind", "=", "repair")]
        last = runs.search(of_pbx, limit=1)
        if last.future_count:
            return self._finding(
                "warning",
                "clock",
                self.env._(
                    "The PBX tells of calls that are yet to come. Check its time zone, "
                    "%s here.",
                    self.tz,
                ),
                "action_set_up" if self.can_set_up else False,
                self.env._("Read it from the PBX") if self.can_set_up else False,
            )
        done = runs.search([*of_pbx, ("state", "=", "done")], limit=1)
        since = done.finish_date or self.create_date
        if not last.error or since > fields.Datetime.now() - LATE:
            return None
        return self._finding(
            "warning",
            "comparison",
            self.env._(
                "The log was last compared with the PBX %(when)s. Since then: "
                "%(error)s",
                when=self._in_relative_words(since),
                error=last.error,
            ),
            "action_compare",
            self.env._("Try now"),
        )

    def _finding_of_reading(self):
        if not self.reading_numbers:
            return None
        return self._finding("info", "reading", self.reading_numbers)

    @api.depends("name")
    def _compute_comparison(self):
        """Say when the log was last compared, and what was repaired since a week."""
        runs = self.env["telephony.pbx.reconciliation"].sudo()
        for pbx in self:
            of_pbx = [("pbx_id", "=", pbx._origin.id)]
            running = runs.search(
                [*of_pbx, ("state", "in", ("waiting", "running"))], limit=1
            )
            done = runs.search([*of_pbx, ("state", "=", "done")], limit=1)
            if running:
                pbx.comparison = self.env._("Under way. %s", running.summary)
            elif done:
                pbx.comparison = self.env._(
                    "Last %(when)s. In the last week: %(repaired)s",
                    when=pbx._in_relative_words(done.finish_date),
                    repaired=pbx._repaired_in_words(),
                )
            else:
                pbx.comparison = False

    def _repaired_in_words(self):
        """Return what the comparisons of the last week have mended."""
        counts = (
            "call_count",
            "end_count",
            "result_count",
            "leg_count",
            "recording_count",
            "closed_count",
            "unproven_count",
        )
        runs = self.env["telephony.pbx.reconciliation"].sudo()
        [sums] = runs._read_group(
            [
                ("pbx_id", "=", self._origin.id),
                ("kind", "=", "repair"),
                ("create_date", ">", fields.Datetime.now() - timedelta(days=7)),
            ],
            [],
            [f"{name}:sum" for name in counts],
        )
        total = runs.new(dict(zip(counts, sums, strict=True)))
        return total._repairs_in_words() or self.env._("Nothing was missing.")

    # -- actions -----------------------------------------------------------------

    def action_compare(self):
        """Compare the log with the PBX now, and do not wait for the next hour."""
        self.ensure_one()
        self.check_access("write")
        runs = self.env["telephony.pbx.reconciliation"].sudo()
        run = runs._begin_repair(self.sudo())
        if run.retry_at:
            run.retry_at = False
        runs._wake_job()
        return self.action_open_comparisons()

    def action_open_comparisons(self):
        """Show what was compared, and what came of it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "telephony_crm.action_telephony_pbx_reconciliation"
        )
        action["domain"] = [("pbx_id", "=", self.id)]
        return action

    def action_import_history(self):
        """Ask which part of the PBX's history is to be imported."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import History"),
            "res_model": "telephony.pbx.import.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_pbx_id": self.id},
        }
