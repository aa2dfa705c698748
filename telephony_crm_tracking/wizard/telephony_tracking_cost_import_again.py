from odoo import models

from ..attribution import cost_rows
from .telephony_tracking_cost_column import MEANINGS


class TelephonyTrackingCostImport(models.TransientModel):
    """What was said of a feed's file is said of the next one, too."""

    _inherit = "telephony.tracking.cost.import"

    def _reading(self):
        """Return how the feed was read before."""
        readings = self.env["telephony.tracking.cost.reading"]
        return readings._of_feed(self._feed(), self.company_id)

    def _remember(self, feed):
        """Keep how the file was read, for the next one of its feed."""
        self.env["telephony.tracking.cost.reading"]._keep(
            feed,
            self.company_id,
            {
                "meanings": {
                    column.header: column.meaning or ""
                    for column in self.column_ids.sorted("place", reverse=True)
                    if column.header
                },
                "day_order": self.day_order,
                "decimal_mark": self.decimal_mark,
            },
        )

    def _read_as_before(self):
        """Have days and amounts written as they were; of a file that is new here."""
        known = self._reading()
        if known and not self.header_line:
            self.day_order = self.day_order or known.day_order
            self.decimal_mark = self.decimal_mark or known.decimal_mark

    def _header_as_before(self, lines):
        """Return the line that has all the headers that meant something, from 1; 0."""
        said = {name for name, meaning in self._meanings().items() if meaning}
        places = (
            place
            for place, cells in enumerate(lines[: cost_rows.PREAMBLE], 1)
            if said and said <= set(cells)
        )
        return next(places, 0)

    def _meanings(self):
        """Return what headers meant before; empty for those that meant nothing."""
        known = {**dict(MEANINGS), "": ""}
        said = self._reading().meanings or {}
        return {name: said[name] for name in said if said[name] in known}
