import logging
import secrets
from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import NO_ACCESS

from odoo.addons.base.models.res_partner import _tz_get

from ..pbx import adapter as pbx_adapter
from ..pbx import addresses
from ..tools import mask, networks

_logger = logging.getLogger(__name__)

ADMINISTRATOR = "telephony_crm.group_telephony_administrator"
# What an event needs of its PBX: reading all of it took as long as storing the event.
EVENT_FIELDS = [
    "adapter",
    "company_id",
    "tz",
    "fallback_team_id",
    "route_to_responsible",
]


class Door(NamedTuple):
    """What a webhook needs to know before it lets anything in."""

    pbx_id: int
    adapter: str
    credentials: pbx_adapter.Credentials
    networks: tuple
    company_id: int
    tz: str


class TelephonyPbx(models.Model):
    """A configured connection to a PBX."""

    _name = "telephony.pbx"
    _description = "PBX"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    adapter = fields.Selection(
        selection="_selection_adapter",
        required=True,
        default="zadarma",
        string="System",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    country_id = fields.Many2one(
        "res.country",
        default=lambda self: self.env.company.country_id,
        help="Numbers without a country prefix are read as numbers of this country.",
    )
    tz = fields.Selection(
        selection="_selection_tz",
        string="Time Zone",
        required=True,
        default=lambda self: self.env.user.tz or "UTC",
        help="The time zone set in the account of the PBX. Its times are read in it.",
    )
    api_url = fields.Char(
        string="API Address",
        groups=ADMINISTRATOR,
        help="Of an Asterisk: its web address, such as https://pbx.example:8089, for "
        "what this Odoo asks of it. Empty: all that goes through the bridge. Without "
        "encryption, with http://, only within your own network.",
    )
    api_is_open = fields.Boolean(compute="_compute_api_is_open", groups=ADMINISTRATOR)
    api_key = fields.Char(
        string="API Key",
        copy=False,
        groups=ADMINISTRATOR,
    )
    api_secret = fields.Char(
        string="API Secret",
        compute="_compute_api_secret",
        inverse="_inverse_api_secret",
        copy=False,
        groups=ADMINISTRATOR,
        help="Can be written and replaced, but not read back.",
    )
    api_secret_stored = fields.Char(groups=NO_ACCESS, copy=False)
    setting_ids = fields.One2many(
        "telephony.pbx.setting", "pbx_id", string="Settings", groups=ADMINISTRATOR
    )
    webhook_token = fields.Char(
        copy=False,
        required=True,
        default=lambda self: secrets.token_urlsafe(24),
        groups=ADMINISTRATOR,
    )
    webhook_url = fields.Char(
        string="Webhook Address",
        compute="_compute_webhook_url",
        groups=ADMINISTRATOR,
    )
    allowed_ips = fields.Char(
        string="Allowed Addresses",
        groups=ADMINISTRATOR,
        help="Addresses or networks from which the PBX may post events and ask who "
        "calls, separated by commas. Empty: any address, the signature decides.",
    )
    fallback_user_id = fields.Many2one("res.users", check_company=True)
    fallback_team_id = fields.Many2one("crm.team", check_company=True)
    route_to_responsible = fields.Boolean(
        string="Connect Callers to Their Responsible User",
        help="A known caller is connected to the extension of the user who is "
        "responsible for the lead or the contact.",
    )
    min_talk_seconds = fields.Integer(
        string="Shortest Talk (s)",
        default=10,
        help="A shorter conversation does not count as having called back.",
    )
    allowed_country_ids = fields.Many2many(
        "res.country",
        string="Countries That May Be Dialled",
        groups=ADMINISTRATOR,
        help="Empty: the country of this PBX only.",
    )
    dial_user_minute = fields.Integer(
        string="Per User and Minute", default=6, groups=ADMINISTRATOR
    )
    dial_user_day = fields.Integer(
        string="Per User and Day", default=400, groups=ADMINISTRATOR
    )
    dial_pbx_minute = fields.Integer(
        string="Per PBX and Minute", default=60, groups=ADMINISTRATOR
    )
    dial_pbx_day = fields.Integer(
        string="Per PBX and Day", default=5000, groups=ADMINISTRATOR
    )
    extension_ids = fields.One2many("telephony.extension", "pbx_id")
    did_ids = fields.One2many("telephony.did", "pbx_id", string="Company Numbers")

    _webhook_token_unique = models.Constraint(
        "UNIQUE (webhook_token)", "Each PBX has a webhook address of its own."
    )
    _limits_not_negative = models.Constraint(
        "CHECK (LEAST(min_talk_seconds, dial_user_minute, dial_user_day, "
        "dial_pbx_minute, dial_pbx_day) >= 0)",
        "The shortest talk and the limits of dialling cannot be below zero.",
    )

    # -- selections and computes -------------------------------------------

    @api.model
    def _selection_adapter(self):
        return sorted(
            ((adapter.code, adapter.label) for adapter in pbx_adapter.all()),
            key=lambda item: item[1],
        )

    @api.model
    def _selection_tz(self):
        return _tz_get(self)

    @api.depends("api_url")
    def _compute_api_is_open(self):
        for pbx in self:
            pbx.api_is_open = addresses.is_overheard(pbx.api_url or "")

    @api.depends("api_secret_stored")
    def _compute_api_secret(self):
        for pbx in self:
            pbx.api_secret = mask.shown(pbx.sudo().api_secret_stored)

    def _inverse_api_secret(self):
        for pbx in self:
            if mask.is_new(pbx.api_secret):
                pbx.sudo().api_secret_stored = pbx.api_secret

    @api.depends("webhook_token")
    def _compute_webhook_url(self):
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        for pbx in self:
            pbx.webhook_url = f"{base}/telephony/webhook/{pbx.webhook_token}"

    # -- constraints ---------------------------------------------------------

    @api.constrains("allowed_ips")
    def _check_allowed_ips(self):
        for pbx in self:
            try:
                pbx._allowed_networks()
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "“%s” is not a list of addresses. Write for example "
                        "185.45.152.40/30, 192.0.2.1.",
                        pbx.allowed_ips,
                    )
                ) from error

    @api.constrains("api_url")
    def _check_api_url(self):
        """Refuse an address to which key and signatures would travel in the open."""
        for pbx in self.filtered("api_url"):
            if not addresses.is_safe(pbx.api_url):
                raise ValidationError(
                    self.env._(
                        "“%s” is no safe address. It has to begin with https://; with "
                        "http:// only for a PBX in your own network, by its private "
                        "address, such as http://192.168.1.10:8088, or a name that "
                        "ends with .local, .lan, .internal or .home.arpa.",
                        pbx.api_url,
                    )
                )

    # -- CRUD ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        pbxs = super().create(vals_list)
        pbxs._declare_settings()
        self.env.registry.clear_cache()
        return pbxs

    def write(self, vals):
        """Override to check the rights on the new company, too."""
        if "company_id" in vals:
            self.filtered(
                lambda pbx: pbx.company_id.id != vals["company_id"]
            )._check_movable()
        result = super().write(vals)
        if "company_id" in vals:
            self.check_access("write")
        if "adapter" in vals:
            self._declare_settings()
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _check_movable(self):
        """Refuse another company to a PBX whose calls are in the log of this one."""
        calls = self.env["telephony.call"].sudo()
        for pbx in self:
            if calls.search_count([("pbx_id", "=", pbx.id)], limit=1):
                raise ValidationError(
                    self.env._(
                        "%(pbx)s has calls, which stay in the log of %(company)s. "
                        "Archive it, and connect the PBX in the other company anew.",
                        pbx=pbx.name,
                        company=pbx.company_id.name,
                    )
                )

    # -- actions ---------------------------------------------------------------

    def action_new_webhook_token(self):
        """Give the webhook a new address; the old one stops to work at once."""
        self.check_access("write")
        for pbx in self:
            pbx.webhook_token = secrets.token_urlsafe(24)

    # -- the adapter and its world -----------------------------------------------

    def _adapter(self, raise_if_unknown=True):
        """Return the adapter of this PBX.

        :raises UserError: when no installed adapter has its code.
        """
        self.ensure_one()
        try:
            return pbx_adapter.get(self.adapter)
        except pbx_adapter.UnknownAdapter as error:
            if not raise_if_unknown:
                return None
            raise UserError(
                self.env._("No adapter is installed for “%s”.", self.adapter)
            ) from error

    def _adapter_settings(self):
        """Return the settings that the adapter declares, by key."""
        adapter = self._adapter(raise_if_unknown=False) if self else None
        return {setting.key: setting for setting in adapter.settings} if adapter else {}

    def _declare_settings(self):
        for pbx in self:
            known = set(pbx.setting_ids.mapped("key"))
            self.env["telephony.pbx.setting"].sudo().create(
                [
                    {
                        "pbx_id": pbx.id,
                        "sequence": sequence,
                        "key": setting.key,
                        "value": setting.default if not setting.secret else False,
                    }
                    for sequence, setting in enumerate(pbx._adapter_settings().values())
                    if setting.key not in known
                ]
            )

    def _credentials(self):
        """Return what the adapter signs and calls with. For sudo only."""
        self.ensure_one()
        return pbx_adapter.Credentials(
            api_url=self.api_url or self._adapter().default_api_url,
            api_key=self.api_key or "",
            api_secret=self.api_secret_stored or "",
            settings={
                setting.key: setting.secret_stored or setting.value or ""
                for setting in self.setting_ids
            },
        )

    @tools.ormcache("self.id")
    def _account(self):
        """Return how the payloads of this PBX are to be read."""
        self.ensure_one()
        return pbx_adapter.Account(
            tz=self.tz or "UTC", country=self.country_id.code or ""
        )

    def _countries(self):
        """Return the ISO codes by which national numbers are read, in order."""
        self.ensure_one()
        if isinstance(self.id, int):
            return self._stored_countries()
        return self._read_countries()  # a draft in a form

    @tools.ormcache("self.id")
    def _stored_countries(self):
        """Return `_countries` from memory, as each event asks for them.

        A company's country is its contact's, and takes several queries to find.
        """
        return self._read_countries()

    def _read_countries(self):
        codes = (self.country_id.code, self.company_id.country_id.code)
        return tuple(dict.fromkeys(code for code in codes if code))

    def _allowed_networks(self):
        """Return the networks from which the PBX may speak; none means any.

        :raises ValueError: when the list cannot be read.
        """
        return networks.read(self.allowed_ips)

    # -- the webhook's look at it -------------------------------------------------

    @api.model
    @tools.ormcache()
    def _doors(self):
        """Return what stands between a webhook's address and its PBX.

        Kept in memory, so that what is refused costs no query.

        :return: ``{token: Door}`` of all active PBXs
        """
        return {
            pbx.webhook_token: Door(
                pbx_id=pbx.id,
                adapter=pbx.adapter,
                credentials=pbx._credentials(),
                networks=pbx._allowed_networks(),
                company_id=pbx.company_id.id,
                tz=pbx.tz,
            )
            for pbx in self.sudo().search([])
            if pbx._adapter(raise_if_unknown=False)
        }

    def _for_events(self):
        """Return this PBX in the environment in which its events are applied.

        The public user of a webhook has neither company nor language nor time
        zone; the events belong to the company of the PBX.
        """
        self.ensure_one()
        self.fetch(EVENT_FIELDS)
        return self.sudo()._in_world_of(self.company_id.id, self.tz)

    def _in_world_of(self, company_id, tz):
        return self.with_user(SUPERUSER_ID).with_context(
            allowed_company_ids=[company_id], tz=tz, tracking_disable=True
        )
