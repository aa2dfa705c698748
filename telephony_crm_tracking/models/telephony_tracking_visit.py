from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..attribution.source import Kind

#: The parameters of an address that are kept, each in a field of its name.
PARAMETERS = (
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "gclid",
    "gbraid",
    "wbraid",
    "dclid",
    "gad_source",
    "msclkid",
    "fbclid",
    "ttclid",
    "li_fat_id",
    "yclid",
)
CLICK_IDS = PARAMETERS[5:]
#: What Google and Meta call a visitor, by the names that the page says them under.
IDS = {
    "client_id": "ga_client_id",
    "session_id": "ga_session_id",
    "fbc": "fbc",
    "fbp": "fbp",
}
#: What only an advertising system can use.
AD_FIELDS = (*CLICK_IDS, "fbc", "fbp")
SIGNALS = [("granted", "Granted"), ("denied", "Denied"), ("unknown", "Not said")]
KINDS = [
    (Kind.PAID.value, "Paid"),
    (Kind.ORGANIC.value, "Search"),
    (Kind.SOCIAL.value, "Social network"),
    (Kind.REFERRAL.value, "Another site"),
    (Kind.EMAIL.value, "E-mail"),
    (Kind.AFFILIATE.value, "Affiliate"),
    (Kind.OTHER.value, "Other"),
    (Kind.DIRECT.value, "Direct"),
]


class TelephonyTrackingVisit(models.Model):
    """Somebody on a web site, from the first page until half an hour after the last.

    Written by `_receive` only, without the ORM, since every page of a web site does.
    Visits are shown by id, that is by their beginning, the last one first.
    """

    _name = "telephony.tracking.visit"
    _description = "Visit"
    _rec_name = "landing"
    _order = "id desc"
    _log_access = False

    key = fields.Char(required=True, groups="base.group_system")
    # The key of the first visit of the same browser, as far as it remembers.
    visitor_key = fields.Char(required=True, groups="base.group_system")
    site_id = fields.Many2one(
        "telephony.tracking.site", required=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True)
    start_date = fields.Datetime(required=True)
    seen_date = fields.Datetime(string="Last Seen", required=True)
    # A call, a lead or a conversion came of it, so it is kept.
    kept = fields.Boolean()

    host = fields.Char()
    landing = fields.Char(string="Landing Page", help="Path of the first page.")
    referrer = fields.Char(string="Came From", help="The page before, of another site.")
    page_ids = fields.One2many("telephony.tracking.visit.page", "visit_id", "Pages")
    lease_ids = fields.One2many("telephony.tracking.lease", "visit_id", "Numbers Shown")

    utm_source = fields.Char()
    utm_medium = fields.Char()
    utm_campaign = fields.Char()
    utm_term = fields.Char()
    utm_content = fields.Char()
    gclid = fields.Char("Google Click (gclid)")
    gbraid = fields.Char("Google Click in an App (gbraid)")
    wbraid = fields.Char("Google Click from an App (wbraid)")
    dclid = fields.Char("Display & Video Click (dclid)")
    gad_source = fields.Char("Google's Channel (gad_source)")
    msclkid = fields.Char("Microsoft Click (msclkid)")
    fbclid = fields.Char("Facebook Click (fbclid)")
    ttclid = fields.Char("TikTok Click (ttclid)")
    li_fat_id = fields.Char("LinkedIn Click (li_fat_id)")
    yclid = fields.Char("Yandex Click (yclid)")
    click_date = fields.Datetime(
        string="Clicked", help="When the visitor came with the click."
    )
    ga_client_id = fields.Char("Google Analytics Client")
    ga_session_id = fields.Char("Google Analytics Session")
    fbc = fields.Char("Meta Click (fbc)")
    fbp = fields.Char("Meta Browser (fbp)")

    consent_analytics = fields.Selection(SIGNALS, string="Analytics", required=True)
    consent_ads = fields.Selection(SIGNALS, string="Advertising", required=True)
    consent_source = fields.Char(string="Said By")
    consent_date = fields.Datetime(string="Said On")

    # What follows from all that, see `attribution.source`.
    kind = fields.Selection(KINDS, string="Came By")
    source = fields.Char()
    medium = fields.Char()
    campaign = fields.Char()
    keyword = fields.Char()
    # Only once a call or a lead is made.
    source_id = fields.Many2one(
        "utm.source", "UTM Source", index="btree_not_null", ondelete="set null"
    )
    medium_id = fields.Many2one(
        "utm.medium", "UTM Medium", index="btree_not_null", ondelete="set null"
    )
    campaign_id = fields.Many2one(
        "utm.campaign", "UTM Campaign", index="btree_not_null", ondelete="set null"
    )

    # Ids of the pools in which it found no number, so that each counts it once.
    refused = fields.Json()

    # A tap on a number that is not of a pool, or that is the visitor's no more; on
    # others see `telephony.tracking.lease`.
    tapped = fields.Char(string="Number Tapped")
    tap_date = fields.Datetime(string="Tapped On")

    _key_unique = models.UniqueIndex("(key)")
    _by_visitor = models.Index("(visitor_key) WHERE visitor_key != key")
    _by_time = models.Index("(site_id, start_date)")
    # Rows lie in the order of time: so small an index finds a month among years.
    _by_day = models.Index("USING brin (start_date)")
    _to_forget = models.Index("(site_id, start_date) WHERE kept IS NOT TRUE")
    _by_tap = models.Index("(tapped, tap_date) WHERE tapped IS NOT NULL")

    @api.depends("landing", "source", "campaign")
    def _compute_display_name(self):
        for visit in self:
            came = " / ".join(filter(None, (visit.source, visit.campaign)))
            visit.display_name = " · ".join(filter(None, (came, visit.landing)))

    def _keep(self):
        """Keep the visits: a call, a lead or a conversion came of them."""
        self.env.cr.execute(
            "UPDATE telephony_tracking_visit SET kept = TRUE "
            "WHERE id = ANY(%s) AND kept IS NOT TRUE",
            [self.ids],
        )
        self.invalidate_recordset(["kept"], flush=False)

    @api.model
    def _of_browsers(self, keys):
        """Return the domain of the visits of browsers.

        Only so does the database use the index, which is of those who came again.
        """
        keys = list(keys)

        def to_sql(model, alias, _query):
            return SQL(
                "((%(visitor)s = ANY(%(keys)s) AND %(visitor)s != %(key)s)"
                " OR %(key)s = ANY(%(keys)s))",
                visitor=SQL.identifier(alias, "visitor_key"),
                key=SQL.identifier(alias, "key"),
                keys=keys,
            )

        return Domain.custom(to_sql=to_sql)
