from odoo import api, fields, models, tools

from .telephony_tracking_touch import CHANNELS

SOURCES = ("source_id", "medium_id", "campaign_id")
#: What Odoo itself puts there says how somebody came, and not why.
NO_MEDIUM, NO_SOURCE = "utm.utm_medium_website", "crm_livechat.utm_source_livechat"


class CrmLead(models.Model):
    """How a lead reached us, and what had brought it."""

    _inherit = "crm.lead"

    tracking_channel = fields.Selection(
        CHANNELS,
        string="Channel",
        copy=False,
        index="btree_not_null",
        help="How the lead reached us; its source is why.",
    )
    touch_ids = fields.One2many(
        "telephony.tracking.touch",
        "lead_id",
        string="Touches",
        readonly=True,
        groups="telephony_crm.group_telephony_agent",
    )
    # Visits known otherwise than by a call, such as that of a web form.
    tracking_visit_ids = fields.Many2many(
        "telephony.tracking.visit",
        "telephony_tracking_lead_visit_rel",
        "lead_id",
        "visit_id",
        copy=False,
        groups="telephony_crm.group_telephony_supervisor",
    )
    # When the first of the leads that were merged came about; empty: as it says.
    tracking_date = fields.Datetime(copy=False)
    tracking_won_date = fields.Datetime(
        string="Won On",
        compute="_compute_tracking_won_date",
        store=True,
        copy=False,
        help="Odoo's own closing date moves when a lead is archived.",
    )

    @api.depends("won_status")
    def _compute_tracking_won_date(self):
        """Keep the moment of winning until it is taken back."""
        for lead in self:
            if lead.won_status != "won":
                lead.tracking_won_date = False
            elif not lead.tracking_won_date:
                lead.tracking_won_date = lead.date_closed or fields.Datetime.now()

    @api.model_create_multi
    def create(self, vals_list):
        visits = [self._visit_of(vals) for vals in vals_list]
        leads = super().create(
            [
                self._vals_with_origin(vals, visit)
                for vals, visit in zip(vals_list, visits, strict=True)
            ]
        )
        for lead, visit in zip(leads, visits, strict=True):
            if visit:
                lead.sudo().tracking_visit_ids = visit
        leads._sync_touches()
        return leads

    # -- why -----------------------------------------------------------------------

    def _has_source(self):
        """Tell whether it is known why the lead came; that it came by a form is not."""
        self.ensure_one()
        lead = self.sudo()
        return self._says_source({name: lead[name].id for name in SOURCES})

    @api.model
    def _says_source(self, vals):
        """Tell whether values say why a lead comes."""
        nothing = self._no_sources()
        return any(
            vals.get(name) and vals[name] != nothing.get(name) for name in SOURCES
        )

    @api.model
    @tools.ormcache()
    def _no_sources(self):
        """Return the ids that say nothing of why a lead comes, by field."""
        xmlids = {"medium_id": NO_MEDIUM, "source_id": NO_SOURCE}
        of_data = self.env["ir.model.data"].sudo()
        return {name: of_data._xmlid_to_res_id(xmlid) for name, xmlid in xmlids.items()}

    def _give_source(self, vals):
        """Have a lead without a source have these, all three together."""
        self.ensure_one()
        if any(vals.get(name) for name in SOURCES) and not self._has_source():
            self.write({name: vals.get(name) or False for name in SOURCES})

    # -- how -----------------------------------------------------------------------

    @api.model
    def _visit_of(self, vals):
        """Return the visit of a new lead, as superuser; none of another company."""
        visit = self.env["telephony.tracking.visit"].sudo()
        visit = visit._of_key(vals.get("telephony_visit"))
        company_id = vals.get("company_id")
        is_ours = not company_id or company_id == visit.company_id.id
        return visit if is_ours else visit.browse()

    @api.model
    def _vals_with_origin(self, vals, visit):
        """Return the values of a new lead with its channel, and its visit's source."""
        vals = dict(vals)
        key = vals.pop("telephony_visit", None)
        if not vals.get("tracking_channel"):
            vals["tracking_channel"] = self._channel_of(vals, key)
        if visit:
            visit._keep()
            found = visit._resolve_utm()
            if any(found.values()) and not self._says_source(vals):
                vals.update(found)
        return vals

    @api.model
    def _channel_of(self, vals, key):
        """Return how a new lead reaches us."""
        if chosen := self.env.context.get("default_tracking_channel"):
            return chosen
        if self.env.context.get("telephony_of_call"):
            return "call"
        if vals.get("origin_channel_id"):  # of Odoo's live chat
            return "chat"
        return "form" if key or self._is_web_form() else "other"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Override since what comes to a mail address comes by mail."""
        custom_values = {"tracking_channel": "mail", **(custom_values or {})}
        return super().message_new(msg_dict, custom_values)
