import secrets
from typing import NamedTuple

from odoo import api, fields, models, tools

from ..pbx import lookup, numbers
from ..tools.limit import Limit
from .telephony_pbx import ADMINISTRATOR

# Seconds. The dialplan waits for two; an answer that comes later comes too late.
PATIENCE = 1.5
PURPOSES = ("lookup", "route")


class Opening(NamedTuple):
    """What is known of a token before the database is asked for anything."""

    pbx_id: int
    networks: tuple
    company_id: int
    tz: str
    latin: bool


class TelephonyPbx(models.Model):
    """A PBX that asks, with the caller on the line, who it is and whom to ring.

    By tokens of their own: a PBX that may ask for a name can post no event with it, and
    one address is taken back without the other.
    """

    _inherit = "telephony.pbx"

    lookup_token = fields.Char(copy=False, groups=ADMINISTRATOR)
    route_token = fields.Char(copy=False, groups=ADMINISTRATOR)
    lookup_url = fields.Char(
        string="Name of a Caller", compute="_compute_lookup_urls", groups=ADMINISTRATOR
    )
    route_url = fields.Char(
        string="Name and Route", compute="_compute_lookup_urls", groups=ADMINISTRATOR
    )
    latin_names = fields.Boolean(
        string="Names in Latin Letters",
        groups=ADMINISTRATOR,
        help="Names are transliterated, for desk phones that show no other letters.",
    )

    _lookup_token_unique = models.Constraint(
        "UNIQUE (lookup_token)", "Each PBX has an address of its own to ask for names."
    )
    _route_token_unique = models.Constraint(
        "UNIQUE (route_token)", "Each PBX has an address of its own to ask for a route."
    )

    @api.depends("lookup_token", "route_token")
    def _compute_lookup_urls(self):
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        for pbx in self:
            for purpose in PURPOSES:
                token = pbx[f"{purpose}_token"]
                url = f"{base}/telephony/{purpose}/{token}" if token else False
                pbx[f"{purpose}_url"] = url

    # -- actions ---------------------------------------------------------------

    def action_open_lookup(self):
        """Have an address to ask for names at; the one before ends."""
        self._give_token("lookup_token")

    def action_close_lookup(self):
        """Answer nobody who asks for a name any more."""
        self.write({"lookup_token": False})

    def action_open_route(self):
        """Have an address to ask for routes at; the one before ends."""
        self._give_token("route_token")

    def action_close_route(self):
        """Answer nobody who asks for a route any more."""
        self.write({"route_token": False})

    def _give_token(self, fname):
        for pbx in self:
            pbx[fname] = secrets.token_urlsafe(24)

    # -- who asks ----------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _openings(self):
        """Return who may ask, from memory: whoever guesses costs no query.

        :return: ``{(purpose, token): Opening}`` of all active PBXs
        """
        return {
            (purpose, pbx[f"{purpose}_token"]): Opening(
                pbx_id=pbx.id,
                networks=pbx._allowed_networks(),
                company_id=pbx.company_id.id,
                tz=pbx.tz,
                latin=pbx.latin_names,
            )
            for pbx in self.sudo().search([])
            for purpose in PURPOSES
            if pbx[f"{purpose}_token"]
        }

    # -- answers -----------------------------------------------------------------

    def _name_of_caller(self, raw_number):
        """Return who has a number, in any letters; ``""`` if unknown.

        :param raw_number: as the PBX shows it
        :raises Exception: of the database, when it takes too long
        """
        self.ensure_one()
        with Limit(self.env.cr, PATIENCE) as limit:
            match = self.env["telephony.number"]._match(raw_number, self)
            limit.step()
            return self._matched_name(match)

    def _route_of_caller(self, raw_number, raw_did=""):
        """Return who has a number, and what to do with the call.

        The extension is that of the user of the lead, else of the contact, else of the
        company number that was called. It is rung first where the PBX is set up so.

        :param raw_number: as the PBX shows it
        :param raw_did: the company number that was called, if known
        :rtype: pbx.lookup.Answer
        :raises Exception: as `_name_of_caller`
        """
        self.ensure_one()
        number = numbers.parse(raw_number, self._countries())
        with Limit(self.env.cr, PATIENCE) as limit:
            blocked = self.env["telephony.blocked.number"]._is_blocked(
                number.e164 or number.digits, self._company_known()
            )
            if blocked:
                return lookup.Answer(action="reject")
            limit.step()
            match = self.env["telephony.number"]._match(raw_number, self)
            if match.reason == "own":
                return lookup.Answer()
            limit.step()
            name = self._matched_name(match)
            limit.step()
            user_id = match.owner_id or self._user_of_did(raw_did)
            extension = self._extension_of(user_id)
        redirects = extension and self.route_to_responsible
        return lookup.Answer(name, extension, "redirect" if redirects else "continue")

    def _company_known(self):
        """Return the id of the company from memory: the whole PBX is much to read."""
        return self.env["telephony.number"]._pbx_settings(self.id)[0]

    def _matched_name(self, match):
        """Return the name of whom a number was found to be of."""
        partner = self.env["res.partner"].browse(match.partner_id or ())
        partner.fetch(["name", "company_id", "parent_id"])
        # The contact of a lead of ours may be another company's.
        if partner.company_id.id in (False, self._company_known()):
            if name := partner.name or partner.parent_id.name:
                return name
        lead = self.env["crm.lead"].browse(match.lead_id or ())
        return lead.contact_name or lead.partner_name or ""

    def _user_of_did(self, raw_did):
        """Return the id of the user whose company number was called, if any."""
        did = numbers.parse(raw_did, self._countries())
        dids = self.env["telephony.did"]._by_e164(self.id)
        found = dids.get(did.e164 or did.digits)
        return found[2] if found else False

    def _extension_of(self, user_id):
        if not user_id:
            return ""
        user = self.env["res.users"].browse(user_id)
        return self.env["telephony.extension"]._of_user(user, self).number or ""
