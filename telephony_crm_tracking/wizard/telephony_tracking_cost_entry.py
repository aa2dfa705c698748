from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..attribution.cost_reader import MAX_DAYS
from ..attribution.cost_row import CostRow


class TelephonyTrackingCostEntry(models.TransientModel):
    """A cost that no report tells of: a leaflet, a van, a month of an agency."""

    _name = "telephony.tracking.cost.entry"
    _description = "Cost of Advertising, by Hand"

    feed = fields.Char(
        required=True,
        default=lambda self: self.env._("By Hand"),
        help="Under which name the cost stands in the list.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    start_date = fields.Date("From", required=True, default=fields.Date.context_today)
    end_date = fields.Date("To", help="Empty: one day.")
    amount = fields.Float("Cost", digits=(16, 2), required=True)
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    did_id = fields.Many2one(
        "telephony.did",
        "Company Number",
        domain="[('company_id', '=', company_id)]",
        help="The number that was advertised, such as the one on a leaflet.",
    )
    source_id = fields.Many2one("utm.source")
    medium_id = fields.Many2one("utm.medium")
    campaign_id = fields.Many2one("utm.campaign")
    keyword = fields.Char()
    clicks = fields.Integer()

    @api.onchange("did_id")
    def _onchange_did_id(self):
        """A number of an advertisement says what its cost is for."""
        if self.did_id:
            self.source_id = self.did_id.source_id
            self.medium_id = self.did_id.medium_id
            self.campaign_id = self.did_id.campaign_id

    @api.onchange("company_id")
    def _onchange_company_id(self):
        self.currency_id = self.company_id.currency_id
        if self.did_id.company_id != self.company_id:
            self.did_id = False

    def action_enter(self):
        """Write a row for each of the days."""
        self.ensure_one()
        end = self.end_date or self.start_date
        if not 0 <= (end - self.start_date).days < MAX_DAYS:
            raise UserError(
                self.env._("The last day has to follow the first, within a year.")
            )
        row = CostRow(
            line=1,
            start=self.start_date,
            end=end,
            amount=Decimal(str(self.amount)),
            currency=self.currency_id.name,
            clicks=self.clicks,
        )
        costs = self.env["telephony.tracking.cost"]
        always = {
            "feed": self.feed.strip() or self.env._("By Hand"),
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "source_id": self.source_id.id,
            "medium_id": self.medium_id.id,
            "campaign_id": self.campaign_id.id,
            "keyword": self.keyword,
            "did_id": self.did_id.id,
        }
        costs.create(
            [
                {**always, "date": day, "amount": float(amount), "clicks": clicks}
                for day, amount, clicks in row.days()
            ]
        )
        return {"type": "ir.actions.act_window_close"}
