from odoo import api, models

#: Whole numbers that can be set: the usual one, the least and the greatest.
NUMBERS = {
    "event_retention_days": (30, 1, 36500),
    "recording_days": (30, 1, 36500),
    "recording_max_megabytes": (200, 1, 100_000),
    "statistics_settle_minutes": (5, 0, 1440),
}


class IrConfigParameter(models.Model):
    """What can be set of telephony by system parameters, see the README."""

    _inherit = "ir.config_parameter"

    @api.model
    def _telephony_number(self, name):
        """Return a number that can be set; the usual one where what is set is none."""
        found = self._telephony_read(name)
        return NUMBERS[name][0] if found is None else found

    @api.model
    def _telephony_read(self, name):
        """Return the number that is set; `None` without one that makes sense."""
        usual, least, most = NUMBERS[name]
        try:
            found = int(self.sudo().get_param(f"telephony_crm.{name}") or usual)
        except ValueError:
            return None
        return found if least <= found <= most else None

    @api.model
    def _telephony_mistyped(self):
        """Return the names of the parameters that are set to what makes no sense."""
        return [
            f"telephony_crm.{name}"
            for name in NUMBERS
            if self._telephony_read(name) is None
        ]
