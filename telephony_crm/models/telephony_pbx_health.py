from babel.dates import format_timedelta

from odoo import fields, models

from .telephony_pbx import ADMINISTRATOR
from .telephony_pbx_event import CLOSED, STATISTICS


class TelephonyPbx(models.Model):
    """Whether a PBX works: its adapter, what it has posted, and when."""

    _name = "telephony.pbx"
    _inherit = ["telephony.pbx", "telephony.health.mixin"]

    health_state = fields.Selection(
        [("ok", "Connected"), ("warning", "Attention"), ("error", "Not working")]
    )
    health_facts = fields.Char(compute="_compute_health", groups=ADMINISTRATOR)

    def _compute_health(self):
        result = super()._compute_health()
        for pbx in self:  # Of one that works they are part of the sentence.
            facts = pbx._facts_of_life() if pbx.health_state != "ok" else []
            pbx.health_facts = " ".join(facts) or False
        return result

    def _health_findings(self):
        findings = [
            *super()._health_findings(),
            self._finding_of_adapter(),
            self._finding_of_failures(),
            self._finding_of_life(),
        ]
        return [finding for finding in findings if finding]

    def _finding_of_adapter(self):
        adapter = self._adapter(raise_if_unknown=False)
        if not adapter:
            return self._finding(
                "error",
                "adapter",
                self.env._(
                    "The system “%s” is not installed any more. Choose another one.",
                    self.adapter,
                ),
            )
        if adapter.verifies and not self.sudo().api_secret_stored:
            return self._finding(
                "error",
                "secret",
                self.env._(
                    "There is no API secret, so every event is refused. Enter it below."
                ),
            )
        return None

    def _finding_of_failures(self):
        failed = self.env["telephony.pbx.event"].sudo()
        failed = failed.search_count(
            [("pbx_id", "=", self.id), ("state", "=", "failed")], limit=1000
        )
        if not failed:
            return None
        return self._finding(
            "warning",
            "failed",
            self.env._(
                "Events that could not be applied: %s. Open them to see why, then "
                "replay or ignore them.",
                failed,
            ),
            "action_open_failed_events",
            self.env._("Open these events"),
        )

    def _finding_of_life(self):
        if self._last_heard():
            return None
        return self._finding(
            "warning",
            "no_event",
            self.env._("No event yet. Set the webhook address in the PBX, then call."),
        )

    # -- the last sign of life -------------------------------------------------------

    def _last_heard(self):
        """Return when the PBX last posted something; `None` if never."""
        for _payload, received_at in self._latest_heard(1):
            return received_at
        return None

    def _latest_heard(self, limit):
        """Return the latest that the PBX has posted, the last one first.

        Rows that were asked for are no sign of life. The condition is word by word
        that of the index: a domain would also ask for events without a kind.

        :return: list of ``(payload, received_at)``
        """
        self.env["telephony.pbx.event"].flush_model()
        self.env.cr.execute(
            """
            SELECT payload, received_at FROM telephony_pbx_event
             WHERE pbx_id = %s AND kind NOT IN (%s, %s)
             ORDER BY received_at DESC
             LIMIT %s
            """,
            [self.id, STATISTICS, CLOSED, limit],
        )
        return self.env.cr.fetchall()

    def _health_words(self):
        last = self._last_heard()
        if not last:
            return False
        return self.env._("Connected. Last event %s.", self._in_relative_words(last))

    def _facts_of_life(self):
        """Return what is known of the connection, also while something is wrong.

        :return: list of sentences
        """
        last = self._last_heard()
        if not last:
            return []
        return [self.env._("Last event %s.", self._in_relative_words(last))]

    def _in_relative_words(self, date):
        """Return how long ago something was, in the user's language."""
        lang = self.env["res.lang"]._lang_get(self.env.user.lang).code or "en"
        return format_timedelta(
            date - fields.Datetime.now(), add_direction=True, locale=lang
        )
