from babel.dates import format_timedelta

from odoo import fields, models

from .telephony_pbx import ADMINISTRATOR
from .telephony_pbx_event import CLOSED, STATISTICS

LEVELS = ("error", "warning", "info")


class TelephonyPbx(models.Model):
    """Whether a PBX works, in one sentence; and what is wrong, with its remedy."""

    _inherit = "telephony.pbx"

    health_state = fields.Selection(
        [("ok", "Connected"), ("warning", "Attention"), ("error", "Not working")],
        compute="_compute_health",
        groups=ADMINISTRATOR,
    )
    health = fields.Char(compute="_compute_health", groups=ADMINISTRATOR)
    health_findings = fields.Json(compute="_compute_health", groups=ADMINISTRATOR)
    health_facts = fields.Char(compute="_compute_health", groups=ADMINISTRATOR)

    def _compute_health(self):
        for pbx in self:
            findings = pbx._health_findings()
            findings.sort(key=lambda finding: LEVELS.index(finding["level"]))
            pbx.health_findings = findings
            worst = findings[0] if findings else None
            if worst and worst["level"] != "info":
                pbx.health_state, pbx.health = worst["level"], worst["text"]
                pbx.health_facts = " ".join(pbx._facts_of_life()) or False
            else:
                pbx.health_state, pbx.health = "ok", pbx._words_of_life()
                pbx.health_facts = False  # they are part of the sentence

    def _health_findings(self):
        """Return what is wrong or worth knowing, in words, with what repairs it.

        Whoever adds a feature adds its findings here, beside the feature. Each must
        be found by an index: the form asks for them whenever it is opened.

        :return: list of dicts: ``level`` (error, warning or info), ``code`` (a word
            that stays the same while the figures in the text change), ``text``,
            ``action`` (the method of `telephony.pbx` that repairs it, or says where;
            else ``False``), ``button`` (its label) and ``dismiss`` (the method after
            which it is told no more, or ``False``)
        """
        self.ensure_one()
        findings = [
            self._finding_of_adapter(),
            self._finding_of_failures(),
            self._finding_of_life(),
        ]
        return [finding for finding in findings if finding]

    def _finding(self, level, code, text, action=False, button=False, dismiss=False):
        return {
            "level": level,
            "code": code,
            "text": text,
            "action": action,
            "button": button,
            "dismiss": dismiss,
        }

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

    def _words_of_life(self):
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
