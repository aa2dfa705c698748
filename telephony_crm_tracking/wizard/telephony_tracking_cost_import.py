from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.telephony_crm.tools.transaction import exclusive


class TelephonyTrackingCostImport(models.TransientModel):
    """Reads a file of costs, shows what it is taken for, and imports it.

    Nothing is written before somebody has seen what it would be; and nothing of a file
    in which a line is wrong, unless they say that such lines may be left out.
    """

    _name = "telephony.tracking.cost.import"
    _description = "Import of Costs"

    state = fields.Selection(
        [("file", "File"), ("preview", "Preview")], default="file", required=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    known_feed = fields.Selection(
        selection="_selection_feed",
        string="Feed",
        help="What is imported replaces what the same feed had said of the same days.",
    )
    has_feeds = fields.Boolean(default=lambda self: bool(self._selection_feed()))
    feed = fields.Char(
        string="Name of the New Feed",
        help="Such as “Google Ads, search”: one for each report that you import again "
        "and again.",
    )
    file = fields.Binary(help="CSV or XLSX, as the advertiser's own report has it.")
    file_name = fields.Char()
    currency_id = fields.Many2one(
        "res.currency",
        default=lambda self: self.env.company.currency_id,
        help="Of lines that name none, in a file whose headers name none.",
    )
    source_id = fields.Many2one("utm.source", help="Of lines that name none.")
    medium_id = fields.Many2one("utm.medium", help="Of lines that name none.")
    campaign_id = fields.Many2one("utm.campaign", help="Of lines that name none.")
    day_order = fields.Selection(
        [("dmy", "31/12/2026"), ("mdy", "12/31/2026")], string="Days Are Written"
    )
    decimal_mark = fields.Selection(
        [(".", "1,234.50"), (",", "1.234,50")], string="Amounts Are Written"
    )
    header_line = fields.Integer("Line of the Headers")
    read_line = fields.Integer()  # the line whose headers the columns are
    column_ids = fields.One2many("telephony.tracking.cost.column", "wizard_id")
    line_ids = fields.One2many(
        "telephony.tracking.cost.line", "wizard_id", domain=[("error", "=", False)]
    )
    wrong_ids = fields.One2many(
        "telephony.tracking.cost.line", "wizard_id", domain=[("error", "!=", False)]
    )
    line_count = fields.Integer(readonly=True)
    wrong_count = fields.Integer(readonly=True)
    summary = fields.Text(readonly=True)
    new_names = fields.Text(readonly=True)
    leave_out = fields.Boolean(
        "Leave Out the Lines That Are Wrong",
        help="What they would have said is missing in every report then.",
    )

    total_count = fields.Integer(readonly=True)
    leave_totals = fields.Boolean(
        "Leave Out the Lines That Sum Up Others",
        default=True,
        help="They name nothing, and cost what the other lines of their days cost.",
    )

    @api.model
    def _selection_feed(self):
        groups = self.env["telephony.tracking.cost"]._read_group(
            [("company_id", "in", self.env.companies.ids)], ["feed"], order="feed"
        )
        return [(feed, feed) for [feed] in groups]

    @api.onchange("known_feed")
    def _onchange_known_feed(self):
        """What was said of a feed is said of it again."""
        if not self.known_feed:
            return
        last = self.env["telephony.tracking.cost"].search(
            [
                ("feed", "=", self.known_feed),
                ("company_id", "in", self.env.companies.ids),
            ],
            order="id DESC",
            limit=1,
        )
        self.company_id = last.company_id
        self.currency_id = last.currency_id
        self.source_id = last.source_id
        self.medium_id = last.medium_id

    @api.onchange("company_id")
    def _onchange_company_id(self):
        if not self.known_feed:
            self.currency_id = self.company_id.currency_id

    def _feed(self):
        """Return the name of the feed.

        :raises UserError: when there is none
        """
        feed = self.known_feed or (self.feed or "").strip()
        if not feed:
            raise UserError(
                self.env._(
                    "Name the feed. The next import of the same name replaces what "
                    "this one says of the same days."
                )
            )
        return self.env["telephony.tracking.cost"]._feed_named(feed, self.company_id.id)

    def action_preview(self):
        """Read the file, and show what it is taken for."""
        self.ensure_one()
        self._check_company()
        feed = self._feed()
        if not self.file:
            raise UserError(self.env._("Choose a file."))
        plan = self._read()
        self.write({"state": "preview", **self._shown(plan, feed)})
        return self._reopen()

    def action_back(self):
        """Choose another file."""
        self.ensure_one()
        self.column_ids.unlink()
        self.write({"state": "file", "header_line": 0, "read_line": 0})
        return self._reopen()

    def action_import(self):
        """Write the rows in the place of what the feed had said of these days."""
        self.ensure_one()
        self._check_company()
        company = self.company_id
        plan = self._read()
        if plan.errors and not (self.leave_out and plan.rows):
            self.write(self._shown(plan, self._feed()))
            return self._reopen()
        if not plan.rows:
            raise UserError(self.env._("There is nothing in this file to import."))
        costs = self.env["telephony.tracking.cost"]
        with exclusive(self.env, "costs", company.id, self._feed().lower()):
            feed = self._feed()
            plan.make_new()
            rows = list(plan.values(self._silent()))
            costs._replace(feed, company, plan.span, rows)
            self._remember(feed)
        return self._done(feed, len(rows))

    def _check_company(self):
        """Refuse a company that the user does not work for."""
        if self.company_id not in self.env.companies:
            raise UserError(self.env._("Switch to the company of the costs first."))

    def _silent(self):
        """Return what lines have that name no source, medium or campaign."""
        return {
            name: self[name].id or None
            for name in ("source_id", "medium_id", "campaign_id")
        }

    def _replaced(self, feed, plan):
        """Return the domain of what the feed has said of the days of an import."""
        first, last = plan.span
        return [
            ("feed", "=", feed),
            ("company_id", "=", self.company_id.id),
            ("date", ">=", first),
            ("date", "<=", last),
        ]

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Costs"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _done(self, feed, count):
        """Show the rows of the feed, and say how many there are now."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "telephony_crm_tracking.action_telephony_tracking_cost"
        )
        action["context"] = {"search_default_feed": feed}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s rows of a day are imported as %(feed)s.",
                    count=count,
                    feed=feed,
                ),
                "next": action,
            },
        }
