from odoo import api, fields, models, tools

from .telephony_pbx import ADMINISTRATOR


class TelephonyPbx(models.Model):
    """How those are called who ask for it: by whom, how soon, how often at most."""

    _inherit = "telephony.pbx"

    offer_calls = fields.Boolean(
        string="Offer Call-backs to Agents at Once",
        help="Who asks to be called back comes up on the agents' screens, and is "
        "called as soon as one accepts. Off: it is a call-back to make, as others.",
    )
    offer_first = fields.Selection(
        [
            ("responsible", "The responsible user, then the team"),
            ("team", "All of the team"),
        ],
        string="Offered To",
        required=True,
        default="responsible",
        help="Only to those who are at their screen and not on the phone.",
    )
    offer_seconds = fields.Integer(string="To the Responsible Alone (s)", default=15)
    offer_total_seconds = fields.Integer(
        string="Until Somebody Accepts (s)",
        default=60,
        help="If nobody does, it stays a call-back that is due, and the team is told.",
    )
    offer_retries = fields.Integer(
        string="Tried Again",
        default=2,
        help="How often it is offered again when the customer did not answer.",
    )
    offer_retry_minutes = fields.Integer(string="After (min)", default=10)
    offer_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Hours of Call-backs",
        check_company=True,
        help="Who asks outside of these hours is called when they begin. Empty: the "
        "company's working hours.",
    )
    offer_leads = fields.Selection(
        [
            ("none", "Not by themselves"),
            ("outside", "Those from web forms, mail and other systems"),
            ("all", "All, those entered by users too"),
        ],
        string="New Leads",
        required=True,
        default="none",
        help="A new lead with a phone number is called at once. Leads that are "
        "imported or made from a call never are.",
    )
    offer_lead_team_ids = fields.Many2many(
        "crm.team",
        "telephony_pbx_offer_team_rel",
        string="Of the Teams",
        check_company=True,
        help="Empty: of all teams.",
    )
    ask_number_day = fields.Integer(
        string="Per Number and Day",
        default=3,
        groups=ADMINISTRATOR,
        help="Each request counts for 24 hours, and on to the next full hour: for "
        "up to 25.",
    )
    ask_visitor_hour = fields.Integer(
        string="Per Visitor and Hour",
        default=3,
        groups=ADMINISTRATOR,
        help="Each request counts for an hour, and on to the next full one: for up "
        "to two.",
    )
    ask_prefix_hour = fields.Integer(
        string="Per Network and Hour",
        default=10,
        groups=ADMINISTRATOR,
        help="Of addresses in the internet that begin alike. Each request counts for "
        "an hour, and on to the next full one: for up to two.",
    )
    ask_country_day = fields.Integer(
        string="Per Country and Day",
        default=100,
        groups=ADMINISTRATOR,
        help="Numbers of one country that are called back in a day. Each request "
        "counts for 24 hours, and on to the next full hour: for up to 25.",
    )
    ask_country_minutes = fields.Integer(
        string="Minutes per Country and Day",
        default=600,
        groups=ADMINISTRATOR,
        help="Minutes that were talked in a day with those of one country who had "
        "asked to be called back. When they are used up, nobody else of that country "
        "is called.",
    )
    ask_pbx_day = fields.Integer(
        string="In All per Day",
        default=500,
        groups=ADMINISTRATOR,
        help="Each request counts for 24 hours, and on to the next full hour: for "
        "up to 25.",
    )

    _offer_lengths = models.Constraint(
        "CHECK (offer_seconds >= 0 AND offer_retry_minutes >= 1 "
        "AND offer_total_seconds BETWEEN offer_seconds + 5 AND 600 "
        "AND offer_retries BETWEEN 0 AND 10)",
        "A call-back is offered for up to ten minutes, longer than to the responsible "
        "user alone, and tried again ten times at most, a minute later at least.",
    )

    def _offers_calls(self):
        """Tell whether call-backs are offered on this PBX now."""
        self.ensure_one()
        return bool(self.active and self.offer_calls and self._can("originate"))

    def _for_lead(self, lead):
        """Return the PBX that calls a new lead at once, or none.

        Without a query where no PBX does so: leads are made by the thousand.
        """
        pbxs = self._calling_leads()
        if not pbxs:
            return self.browse()
        company = lead.company_id or lead.team_id.company_id or self.env.company
        for pbx_id, company_id, team_ids in pbxs:
            is_of_team = not team_ids or lead.team_id.id in team_ids
            if company_id == company.id and is_of_team:
                return self.browse(pbx_id)
        return self.browse()

    @api.model
    @tools.ormcache()
    def _calling_leads(self):
        """Return the PBXs that call new leads, from memory.

        :return: list of ``(pbx_id, company_id, team_ids)``; no teams: all
        """
        pbxs = self.sudo().search(
            [("offer_calls", "=", True), ("offer_leads", "!=", "none")]
        )
        return [
            (pbx.id, pbx.company_id.id, frozenset(pbx.offer_lead_team_ids.ids))
            for pbx in pbxs
        ]
