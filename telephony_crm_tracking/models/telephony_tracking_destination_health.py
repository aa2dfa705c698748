from datetime import timedelta

from odoo import fields, models

#: What was refused so lately is told of.
LATELY = timedelta(days=7)


class TelephonyTrackingDestination(models.Model):
    """Whether results get to where they are given back."""

    _name = "telephony.tracking.destination"
    _inherit = ["telephony.tracking.destination", "telephony.health.mixin"]

    def _compute_health(self):
        # Who may see it need not see the leads that the results are of.
        return super(TelephonyTrackingDestination, self.sudo())._compute_health()

    def _health_words(self):
        """Say what has been handed over of late."""
        since = fields.Datetime.now() - timedelta(days=30)
        count = self.env["telephony.tracking.conversion"].search_count(
            [
                ("destination_id", "=", self.id),
                ("state", "in", ["sent", "accepted"]),
                ("is_test", "=", False),
                ("sent_date", ">=", since),
            ]
        )
        return self.env._("Handed over in 30 days: %s.", count)

    def _health_findings(self):
        if not self._pure():
            words = self.env["telephony.tracking.conversion"]._words_of_reasons()
            return [self._finding("error", "no_kind", words["no_kind"])]
        findings = [
            *super()._health_findings(),
            self._finding_of_settings(),
            self._finding_of_problem(),
            self._finding_of_unknown(),
            self._finding_of_refused(),
            self._finding_of_consent(),
            self._finding_of_test(),
        ]
        return [finding for finding in findings if finding]

    def _finding_of_settings(self):
        """Say what has to be entered yet."""
        settings = self._settings()
        missing = [
            row.label
            for row in self.setting_ids
            if row.is_required and not settings[row.key].strip()
        ]
        if missing:
            return self._finding(
                "error",
                "settings",
                self.env._("Enter among the settings: %s.", ", ".join(missing)),
            )
        events = [key for key in settings if key.startswith(("action_", "name_"))]
        if events and not any(settings[key].strip() for key in events):
            return self._finding(
                "error",
                "no_action",
                self.env._(
                    "Nothing is handed over: enter among the settings what a call, a "
                    "lead or a sale is called there."
                ),
            )
        return None

    def _finding_of_problem(self):
        if not self.problem:
            return None
        until = fields.Datetime.context_timestamp(self, self.pause_date)
        return self._finding(
            "error",
            "problem",
            self.env._(
                "Nothing was taken: %(why)s It is tried again after %(time)s.",
                why=f"{self._words_of_problem(self.problem).rstrip('.')}.",
                time=f"{until:%Y-%m-%d %H:%M}",
            ),
            "action_try_again",
            self.env._("Try it now"),
        )

    def _finding_of_unknown(self):
        if not self.unknown_count:
            return None
        return self._finding(
            "warning",
            "unknown",
            self.env._(
                "Conversions of which it is not known whether the receiver has them: "
                "%s. Look there, and decide: sent, send again, or leave out.",
                self.unknown_count,
            ),
            "action_open_unknown",
            self.env._("Open them"),
        )

    def _finding_of_refused(self):
        since = fields.Datetime.now() - LATELY
        lately = [
            ("destination_id", "=", self.id),
            ("state", "=", "refused"),
            ("sent_date", ">=", since),
        ]
        rows = self.env["telephony.tracking.conversion"]
        last = rows.search(lately, order="sent_date desc", limit=1)
        if not last:
            return None
        return self._finding(
            "warning",
            "refused",
            self.env._(
                "Refused within a week: %(count)s, the last one with these words: "
                "%(words)s",
                count=rows.search_count(lately),
                words=last.reason_words or "–",
            ),
            "action_open_refused",
            self.env._("Open them"),
        )

    def _finding_of_consent(self):
        """Say how much is left out since visitors have not agreed."""
        since = fields.Datetime.now() - timedelta(days=30)
        own = [("destination_id", "=", self.id), ("create_date", ">=", since)]
        rows = self.env["telephony.tracking.conversion"]
        lacking = rows.search_count([*own, ("reason", "=", "consent")])
        if not lacking:
            return None
        return self._finding(
            "info",
            "consent",
            self.env._(
                "Left out within 30 days, since the visitors have not agreed that "
                "advertisers learn of them: %(some)s of %(all)s conversions.",
                all=rows.search_count(own),
                some=lacking,
            ),
        )

    def _finding_of_test(self):
        if not self.test_mode:
            return None
        return self._finding(
            "warning",
            "test_mode",
            self.env._("Test mode: all is checked, and nothing counts."),
            "action_end_test",
            self.env._("Begin in earnest"),
        )

    # -- what repairs it ---------------------------------------------------------

    def action_end_test(self):
        """Have it count from now on."""
        self.check_access("write")
        self.test_mode = False

    def action_try_again(self):
        """Have the job try it at once."""
        self.check_access("write")
        self.sudo()._go_on()
        self.env["telephony.tracking.conversion"].sudo().search(
            [("destination_id", "in", self.ids), ("state", "=", "waiting")]
        ).due_date = fields.Datetime.now()
        self.env.ref("telephony_crm_tracking.ir_cron_tracking_send").sudo()._trigger()

    def action_open_unknown(self):
        """Show those of which a person has to decide."""
        context = {"search_default_unknown": 1}
        return self.with_context(conversion_filter=context).action_open_conversions()

    def action_open_refused(self):
        """Show those that were refused."""
        context = {"search_default_refused": 1}
        return self.with_context(conversion_filter=context).action_open_conversions()
