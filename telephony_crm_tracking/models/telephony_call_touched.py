from odoo import fields, models


class TelephonyCall(models.Model):
    """Of a call's likeliest visit what the reports ask for, for many calls at once."""

    _inherit = "telephony.call"

    visit_date = fields.Datetime(string="Visited", readonly=True)
    visit_landing = fields.Char(string="Landing Page", readonly=True)
    visit_keyword = fields.Char(string="Keyword", readonly=True)

    # The calls of a report, by the day of what had led to them.
    _touched = models.Index(
        "(COALESCE(visit_date, start_date)) "
        "WHERE direction = 'inbound' OR tracking_state != 'none'"
    )

    def _track(self):
        """Override to keep it with the call."""
        super()._track()
        self._note_visit()

    def _come_of_callback(self):
        """Override to keep it with a call that was asked for on a page."""
        super()._come_of_callback()
        self._note_visit()

    def _take_over_records(self, other):
        """Override since the visit may have become that of this call."""
        done = super()._take_over_records(other)
        self._note_visit()
        return done

    def _note_visit(self):
        best = self._best_match()
        visit = best.visit_id
        if self.returns_ours:
            best, visit = best.browse(), visit.browse()
        self._update(
            {
                "visit_date": visit.start_date,
                "visit_landing": visit.landing or best.foreign_id.sudo().landing,
                "visit_keyword": visit.keyword or best.foreign_id.sudo().keyword,
            }
        )
