from odoo import models

MOST = 1000


class TelephonyPbx(models.Model):
    """Calls of which something is missing that they should have brought about."""

    _inherit = "telephony.pbx"

    def _health_findings(self):
        findings = super()._health_findings()
        failed = self._calls_without_follow_up(limit=MOST)
        if failed:
            findings.append(
                self._finding(
                    "warning",
                    "follow_up",
                    self.env._(
                        "After some calls a contact, a lead, a call-back or a line in "
                        "the log could not be made: %(count)s. The reason: %(error)s",
                        count=len(failed),
                        error=failed[0].follow_up_error,
                    ),
                    "action_retry_follow_up",
                    self.env._("Try again"),
                    "action_ignore_follow_up",
                )
            )
        return findings

    def _calls_without_follow_up(self, limit=None):
        calls = self.env["telephony.call"].sudo()
        failed = [("pbx_id", "=", self.id), ("follow_up_error", "!=", False)]
        return calls.search(failed, order="id desc", limit=limit)

    def action_retry_follow_up(self):
        """Do what could not be done after these calls, now that the reason is gone."""
        self.check_access("write")
        self._calls_without_follow_up()._follow_up_later()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_ignore_follow_up(self):
        """Leave these calls as they are."""
        self.check_access("write")
        self._calls_without_follow_up().write(
            {"follow_up": False, "follow_up_date": False, "follow_up_error": False}
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
