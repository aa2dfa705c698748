from odoo import models


class TelephonyPbx(models.Model):
    """Whether the bridges of a PBX that stand by could take over."""

    _inherit = "telephony.pbx"

    def _health_findings(self):
        """Override to say it before they have to."""
        findings = super()._health_findings()
        if self._has_bridge():
            findings += self._findings_of_standing_by()
        return findings

    def _findings_of_standing_by(self):
        bridges = self.env["telephony.pbx.bridge"]._of(self)
        said = bridges[0]._problems_in_words() if bridges else []
        words = []
        for bridge in bridges[1:].filtered(lambda one: not one.is_active):
            problems = bridge._problems_in_words()
            words += [
                self.env._("A bridge that stands by says: %s", problem)
                for problem in problems
                if problem not in said
            ]
            if not bridge.status["connected_since"] and not problems:
                words.append(
                    self.env._(
                        "A bridge stands by that is not connected to the PBX. It "
                        "could not take over."
                    )
                )
        return [
            self._finding("warning", f"bridge_standby_{number}", text)
            for number, text in enumerate(dict.fromkeys(words), 1)
        ]

    def _count_ready_bridges(self):
        """Return how many bridges stand by and hear the PBX."""
        bridges = self.env["telephony.pbx.bridge"]._of(self)
        return len(
            bridges.filtered(
                lambda one: not one.is_active and one.status["connected_since"]
            )
        )
