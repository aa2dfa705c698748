from odoo import api, fields, models


class TelephonyTrackingCostReading(models.Model):
    """How the files of a feed are read, as somebody has said when they imported one."""

    _name = "telephony.tracking.cost.reading"
    _description = "Reading of a Feed of Costs"
    _rec_name = "feed"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    feed = fields.Char(required=True)
    meanings = fields.Json(help="Of columns, by their headers.")
    day_order = fields.Char()
    decimal_mark = fields.Char()

    _once = models.UniqueIndex("(company_id, feed)")

    @api.model
    def _of_feed(self, feed, company):
        """Return how a feed is read; an empty record where nobody has said so."""
        domain = [("company_id", "=", company.id), ("feed", "=", feed)]
        return self.search(domain, limit=1)

    @api.model
    def _keep(self, feed, company, vals):
        """Remember how a feed was read."""
        known = self._of_feed(feed, company)
        if known:
            known.write(vals)
        else:
            self.create({"feed": feed, "company_id": company.id, **vals})
