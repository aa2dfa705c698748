from odoo import api, models


class TelephonyTrackingCost(models.Model):
    """Names of feeds: capitals make no other one.

    An import replaces what stands under one name, so what stood under another spelling
    of it would count twice.
    """

    _inherit = "telephony.tracking.cost"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to write the name of a feed as it is written already."""
        known, first = {}, {}
        named = []
        for vals in vals_list:
            if vals.get("feed"):
                company_id = vals.get("company_id") or self._own_company_id()
                said = company_id, vals["feed"].strip()
                if said not in known:  # asked once for all the days of a cost
                    feed = self._feed_named(said[1], company_id)
                    known[said] = first.setdefault((company_id, feed.lower()), feed)
                vals = {**vals, "feed": known[said]}
            named.append(vals)
        return super().create(named)

    def write(self, vals):
        """Override for the same reason; nothing else is written that was not said."""
        if not {"feed", "company_id"} & vals.keys():
            return super().write(vals)
        alike = self.grouped(
            lambda cost: (
                vals.get("feed", cost.feed),
                vals.get("company_id", cost.company_id.id),
            )
        )
        for (feed, company_id), costs in alike.items():
            if feed and company_id:
                feed = costs._feed_named(feed.strip(), company_id)
            super(TelephonyTrackingCost, costs).write({**vals, "feed": feed})
        return True

    def _feed_named(self, name, company_id):
        """Return the name of a feed as other rows than these have it.

        The very name where there is such a feed, else its first spelling; what nobody
        has written so far is as it was said.
        """
        self.env[self._name].flush_model(["feed", "company_id"])
        others = [company_id, self.ids, name]
        self.env.cr.execute(
            """
            SELECT COALESCE(
                (SELECT feed FROM telephony_tracking_cost
                  WHERE company_id = %s AND id != ALL(%s) AND feed = %s
                  LIMIT 1),
                (SELECT feed FROM telephony_tracking_cost
                  WHERE company_id = %s AND id != ALL(%s)
                    AND lower(trim(feed)) = lower(trim(%s))
                  ORDER BY id LIMIT 1),
                %s)
            """,
            [*others, *others, name],
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _own_company_id(self):
        return self.default_get(["company_id"])["company_id"]
