from odoo import api, models


class TelephonyTrackingVisit(models.Model):
    """Why somebody came, as Odoo's own records say it."""

    _inherit = "telephony.tracking.visit"

    @api.model
    def _of_key(self, key):
        """Return the visit that a page says is its own, or none.

        Nor one whose visitor has taken the consent back: a form that was open before
        may still hold its key.

        :param key: as it came with a form, so anything
        """
        if not isinstance(key, str) or not 0 < len(key) <= 64 or not key.isascii():
            return self.browse()
        agreed = ("consent_analytics", "!=", "denied")
        return self.search([("key", "=", key), agreed], limit=1)

    def _resolve_utm(self):
        """Find or make source, medium and campaign, once a call or lead comes of it.

        Not before: most visits come to nothing, and their words are anybody's.

        :return: values of ``source_id``, ``medium_id`` and ``campaign_id``, which any
            model with `utm.mixin` takes
        """
        self.ensure_one()
        visit = self.sudo()
        aliases = self.env["telephony.tracking.alias"]
        values = {}
        for kind in ("source", "medium", "campaign"):
            field = f"{kind}_id"
            values[field] = visit[field].id or aliases._resolve(kind, visit[kind])
        news = {name: id_ for name, id_ in values.items() if id_ != visit[name].id}
        if any(news.values()):
            visit.write(news)
        return values
