from odoo import models


class TelephonyPbx(models.Model):
    """Whether missed callers of a PBX have somebody who rings them back."""

    _inherit = "telephony.pbx"

    def _health_findings(self):
        findings = super()._health_findings()
        if not self.sudo().fallback_user_id:
            findings.append(self._finding_of_missing_fallback())
        return findings

    def _finding_of_missing_fallback(self):
        return self._finding(
            "info",
            "no_fallback",
            self.env._(
                "Missed callers nobody is responsible for are left to whoever was rung "
                "last, or to nobody. Choose a user for missed calls under “Incoming "
                "Calls”, “When Nobody Is Responsible”."
            ),
        )
