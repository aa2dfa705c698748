from odoo import models


class TelephonyPbx(models.Model):
    """Whether what is set by system parameters makes sense."""

    _inherit = "telephony.pbx"

    def _health_findings(self):
        return [*super()._health_findings(), *self._findings_of_parameters()]

    def _findings_of_parameters(self):
        names = self.env["ir.config_parameter"]._telephony_mistyped()
        if not names:
            return []
        return [
            self._finding(
                "warning",
                "parameters",
                self.env._(
                    "System parameters that are no number, or none that makes sense: "
                    "%s. The usual values hold.",
                    ", ".join(names),
                ),
            )
        ]
