from odoo import api, fields, models

from ..attribution.shares import WHOLE, Model, shares
from .telephony_tracking_visit import KINDS

CHANNELS = [
    ("call", "Call"),
    ("callback", "Call-back"),
    ("form", "Web Form"),
    ("mail", "E-mail"),
    ("chat", "Chat"),
    ("other", "Other"),
]
#: In millionths, one field for each model of attribution.
SHARES = {model: f"share_{model.value}" for model in Model}


def _share(words):
    return fields.Integer(words, readonly=True, aggregator="sum")


class TelephonyTrackingTouch(models.Model):
    """What brought somebody to us: visits and calls that belong together.

    Those of a lead have shares of what it earns, whole millionths that sum to exactly
    one million for each model, see `attribution.shares`. Who has no lead yet has
    touches without shares.
    """

    _name = "telephony.tracking.touch"
    _description = "Touch"
    _rec_name = "date"
    _order = "date, id"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, index=True)
    e164 = fields.Char(string="Number")
    partner_id = fields.Many2one(
        "res.partner", "Contact", index="btree_not_null", ondelete="set null"
    )
    lead_id = fields.Many2one(
        "crm.lead", "Lead", index="btree_not_null", ondelete="cascade"
    )
    visit_id = fields.Many2one(
        "telephony.tracking.visit", index="btree_not_null", ondelete="set null"
    )
    call_id = fields.Many2one(
        "telephony.call", index="btree_not_null", ondelete="set null"
    )
    date = fields.Datetime(required=True)
    end_date = fields.Datetime()
    channel = fields.Selection([*CHANNELS, ("visit", "Visit")], required=True)
    kind = fields.Selection(KINDS, string="Came By")
    source_id = fields.Many2one("utm.source", index="btree_not_null")
    medium_id = fields.Many2one("utm.medium")
    campaign_id = fields.Many2one("utm.campaign", index="btree_not_null")
    keyword = fields.Char()
    landing = fields.Char("Landing Page")
    did_id = fields.Many2one(
        "telephony.did", "Company Number", index="btree_not_null", ondelete="set null"
    )
    share_first = _share("First")
    share_last = _share("Last")
    share_last_non_direct = _share("Last Not Direct")
    share_linear = _share("Even")
    share_position = _share("By Position")
    percent_first = fields.Float("First (%)", compute="_compute_percent")
    percent_last = fields.Float("Last (%)", compute="_compute_percent")
    percent_last_non_direct = fields.Float(
        "Last Not Direct (%)", compute="_compute_percent"
    )
    percent_linear = fields.Float("Even (%)", compute="_compute_percent")
    percent_position = fields.Float("By Position (%)", compute="_compute_percent")

    _by_number = models.Index("(company_id, e164) WHERE lead_id IS NULL")
    _by_day = models.Index("(company_id, date)")

    @api.depends(*SHARES.values())
    def _compute_percent(self):
        for touch in self:
            for model, name in SHARES.items():
                touch[f"percent_{model.value}"] = touch[name] / WHOLE

    @api.model
    def _with_shares(self, rows):
        """Add who has which share to the values of a lead's touches, in their order."""
        direct = [row["kind"] == "direct" for row in rows]
        for model, name in SHARES.items():
            for row, share in zip(rows, shares(model, direct), strict=True):
                row[name] = share
        return rows

    def _become(self, rows):
        """Make these records equal to values, with as few writes as possible.

        :param rows: list of values, in the order of these records
        """
        known = self.sorted(lambda touch: (touch.date, touch.id))
        for touch, row in zip(known, rows):  # noqa: B905 - there may be more of either
            now = touch._convert_to_write({name: touch[name] for name in row})
            news = {name: row[name] for name in row if now[name] != row[name]}
            if news:
                touch.write(news)
        known[len(rows) :].unlink()
        self.create(rows[len(known) :])
