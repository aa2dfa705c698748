import secrets
from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from odoo.addons.telephony_crm.models.telephony_pbx import ADMINISTRATOR

from ..tools.domain import in_ascii
from .telephony_tracking_pool import Numbers

RULES = [
    ("all", "Every visitor"),
    ("paid", "Visitors who came by a paid advertisement"),
    ("source", "Visitors of certain sources"),
]


class Opening(NamedTuple):
    """What is known of a site before the database is asked for anything.

    :param sources: names in lower case, for the rule that goes by them
    :param pools: `Numbers` by the number, E.164, that stands on the pages
    :param per_site: visits that the site takes in a minute
    :param per_prefix: visits that a network may make in a minute
    :param numbers_per_prefix: different numbers that a network is shown on a day
    """

    site_id: int
    company_id: int
    domains: tuple[str, ...]
    consent_required: bool
    rule: str
    sources: frozenset[str]
    pools: dict[str, Numbers]
    per_site: int
    per_prefix: int
    numbers_per_prefix: int


class TelephonyTrackingSite(models.Model):
    """A web site whose visitors are shown numbers of their own."""

    _name = "telephony.tracking.site"
    _description = "Tracked Web Site"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    token = fields.Char(
        copy=False,
        required=True,
        default=lambda self: secrets.token_urlsafe(16),
        groups=ADMINISTRATOR,
    )
    domains = fields.Text(
        required=True,
        help="One a line, such as example.com; what is below it, such as "
        "shop.example.com, belongs to it. Pages elsewhere show the static number.",
    )
    consent_required = fields.Boolean(
        default=True,
        help="Without the visitor's consent nothing is kept and the static number is "
        "shown. Where the law asks for consent, as in the European Union, leave it on.",
    )
    rule = fields.Selection(
        RULES,
        string="Who Gets a Number",
        required=True,
        default="all",
        help="All others see the static number. Their visits are counted as well.",
    )
    rule_sources = fields.Char(
        string="Sources",
        help="Names of sources, as in utm_source, separated by commas.",
    )
    min_talk_seconds = fields.Integer(
        string="Shortest Qualified Talk (s)",
        default=60,
        help="A call counts as qualified when a person talked for at least that long.",
    )
    lookback_days = fields.Integer(
        string="Look Back (days)",
        default=90,
        help="Visits and calls of a customer that are older have no share.",
    )
    retention_days = fields.Integer(
        string="Keep Visits (days)",
        default=90,
        help="Visits that no call came of are deleted after that many days.",
    )
    # How far the job is that looks for visits which are kept for nothing.
    looked_through_date = fields.Datetime(copy=False)
    visits_per_minute = fields.Integer(
        string="Visits a Minute",
        default=1200,
        help="What comes beyond is shown the static number and not counted.",
    )
    visits_per_network = fields.Integer(
        string="Pages a Minute and Network",
        default=120,
        help="So many pages may be opened from one network (of 256 addresses).",
    )
    numbers_per_network = fields.Integer(
        string="Numbers a Day and Network",
        default=20,
        help="So many different numbers a network is shown on a day, so that nobody "
        "collects all of the pool.",
    )
    network_share = fields.Integer(
        string="Of a Pool at a Time (%)",
        default=20,
        help="Such a part of a pool, but two numbers at least, the visitors of one "
        "network have at a time; others of it see the static number. So nobody "
        "empties the pool alone. Raise it where many customers come from one network, "
        "such as that of a mobile operator; 100 is no limit.",
    )
    pool_ids = fields.One2many("telephony.tracking.pool", "site_id", string="Pools")

    _token_unique = models.Constraint(
        "UNIQUE (token)", "Each site has an address of its own."
    )
    _share_of_network = models.Constraint(
        "CHECK (network_share BETWEEN 0 AND 100)", "A part is between 0 and 100 %."
    )
    _lengths = models.Constraint(
        "CHECK (min_talk_seconds >= 0 AND lookback_days > 0 AND retention_days > 0 "
        "AND visits_per_minute >= 0 AND visits_per_network >= 0 "
        "AND numbers_per_network >= 0)",
        "Lengths and limits cannot be negative, and days not nought.",
    )

    @api.constrains("domains")
    def _check_domains(self):
        for site in self:
            lines = [line.strip() for line in (site.domains or "").splitlines()]
            wrong = [line for line in lines if line and not in_ascii(line)]
            if wrong or not any(lines):
                raise ValidationError(
                    self.env._(
                        "This is no domain: %s. Write one a line, without https:// "
                        "and without a path, such as example.com.",
                        ", ".join(wrong) or "–",
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        sites = super().create(vals_list)
        self.env.registry.clear_cache()
        return sites

    def write(self, vals):
        if vals.keys() == {"looked_through_date"}:
            return super().write(vals)  # nothing that the public addresses know
        if "company_id" in vals:
            self._check_unvisited(vals["company_id"])
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _check_unvisited(self, company_id):
        """Refuse to hand visitors over to another company."""
        moved = self.filtered(lambda site: site.company_id.id != company_id)
        visits = self.env["telephony.tracking.visit"].sudo()
        if moved and visits.search_count([("site_id", "in", moved.ids)], limit=1):
            raise UserError(
                self.env._(
                    "This site has visits already, which stay with its company. Make "
                    "another site for the other company."
                )
            )

    # -- actions -------------------------------------------------------------------

    def action_renew_token(self):
        """Have another address; pages with the one before show the static number."""
        for site in self:
            site.token = secrets.token_urlsafe(16)

    # -- what the public addresses know ----------------------------------------------

    @api.model
    @tools.ormcache()
    def _openings(self):
        """Return the sites by their tokens, from memory: who guesses costs no query.

        :return: ``{token: Opening}`` of all active sites
        """
        return {site.token: site._opening() for site in self.sudo().search([])}

    def _opening(self):
        self.ensure_one()
        return Opening(
            site_id=self.id,
            company_id=self.company_id.id,
            domains=self._domains(),
            consent_required=self.consent_required,
            rule=self.rule,
            sources=frozenset(
                name.strip().lower()
                for name in (self.rule_sources or "").split(",")
                if name.strip()
            ),
            pools={
                pool.stands_for_id.e164: pool._numbers()
                for pool in self.pool_ids
                if pool.stands_for_id.e164.startswith("+")
            },
            per_site=self.visits_per_minute,
            per_prefix=self.visits_per_network,
            numbers_per_prefix=self.numbers_per_network,
        )

    def _domains(self):
        """Return the domains of the site as the addresses of its pages have them."""
        self.ensure_one()
        found = (in_ascii(line) for line in (self.domains or "").splitlines())
        return tuple(filter(None, found))
