from odoo import api, fields, models

from ..attribution.match import Level

LEVELS = [
    (Level.TAP.value, "Tapped the number"),
    (Level.RETURNING.value, "Rang this number before"),
    (Level.LIVE.value, "Sees the number"),
    (Level.LATE.value, "Saw the number"),
    (Level.FOREIGN.value, "Another system says so"),
    (Level.STATIC.value, "The number stands for a source"),
]


class TelephonyTrackingMatch(models.Model):
    """A visit that may have made a call, and how likely that is.

    The weights of a call's matches sum to less than one; the rest is "none of them",
    see `attribution.match`. Written by `telephony.call` only.
    """

    _name = "telephony.tracking.match"
    _description = "Visit That May Have Made a Call"
    _rec_name = "visit_id"
    _order = "weight desc, id"
    _log_access = False

    call_id = fields.Many2one(
        "telephony.call", required=True, index=True, ondelete="cascade"
    )
    visit_id = fields.Many2one(
        "telephony.tracking.visit", index="btree_not_null", ondelete="cascade"
    )
    foreign_id = fields.Many2one(
        "telephony.tracking.foreign",
        string="Event",
        index="btree_not_null",
        ondelete="cascade",
    )
    lease_id = fields.Many2one(
        "telephony.tracking.lease", index="btree_not_null", ondelete="set null"
    )
    weight = fields.Float(digits=(7, 6), required=True)
    level = fields.Selection(LEVELS, required=True)
    reason = fields.Char(required=True, help="The code of the sentence.")
    seconds = fields.Integer()
    days = fields.Integer()

    why = fields.Char(compute="_compute_why")
    shown_source = fields.Char(
        string="Source", compute="_compute_shown", compute_sudo=True
    )
    landing = fields.Char(
        string="Landing Page", compute="_compute_shown", compute_sudo=True
    )
    pages = fields.Text(compute="_compute_shown", compute_sudo=True)
    visit_date = fields.Datetime(
        string="Visited", compute="_compute_shown", compute_sudo=True
    )

    @api.depends("reason", "seconds", "days")
    @api.depends_context("lang")
    def _compute_why(self):
        for match in self:
            match.why = match._sentence()

    def _sentence(self):
        """Say in a sentence what the code of the reason means."""
        minutes = round(self.seconds / 60)
        match self.reason:
            case Level.TAP:
                return self.env._(
                    "The visitor tapped this number %s s before it rang.", self.seconds
                )
            case Level.LIVE:
                return self.env._(
                    "The visitor was shown this number; the page was last heard of "
                    "%s s before it rang.",
                    self.seconds,
                )
            case Level.LATE:
                return self.env._(
                    "The visitor had been shown this number, which was held until "
                    "%s min before it rang.",
                    minutes,
                )
            case Level.RETURNING if self.days:
                return self.env._(
                    "The same caller rang this number %s days before, from this visit.",
                    self.days,
                )
            case Level.RETURNING:
                return self.env._(
                    "The same caller rang this number less than a day before, from "
                    "this visit."
                )
            case Level.FOREIGN:
                return self.env._("Another call tracking system says so.")
        return self.env._("The number that was dialled stands for this source.")

    @api.depends("visit_id", "call_id")
    def _compute_shown(self):
        """Show of a visit what agents may know: without the ids of the browser."""
        for match in self:
            visit = match.visit_id
            match.visit_date = visit.start_date
            match.landing = visit.landing or match.foreign_id.landing
            pages = [match.landing, *visit.page_ids.mapped("path")]
            match.pages = "\n".join(filter(None, pages))
            match.shown_source = match._words_of_source()

    def _words_of_source(self):
        """Return source, medium and campaign in one line; empty for a direct visit."""
        if self.visit_id:
            visit = self.visit_id
            return in_line(visit.source, visit.medium, visit.campaign)
        if self.foreign_id:
            return self.foreign_id._in_line()
        call = self.call_id
        return in_line(call.source_id.name, call.medium_id.name, call.campaign_id.name)


def in_line(source, medium, campaign, *more):
    """Return ``google / cpc · Spring sale · …``, without what is empty."""
    came = " / ".join(filter(None, (source, medium)))
    return " · ".join(filter(None, (came, campaign, *more)))
