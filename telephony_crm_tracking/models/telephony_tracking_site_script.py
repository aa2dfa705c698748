import hashlib
from typing import NamedTuple

import phonenumbers
from phonenumbers import phonenumberutil

from odoo import api, fields, models, tools

from odoo.addons.telephony_crm.models.telephony_pbx import ADMINISTRATOR

from ..tools import page_script


class Script(NamedTuple):
    """A script as it is served."""

    text: str
    etag: str


class TelephonyTrackingSite(models.Model):
    """The script of a site, and the line that its pages load it with."""

    _inherit = "telephony.tracking.site"

    script_url = fields.Char(
        string="Script", compute="_compute_script_url", groups=ADMINISTRATOR
    )
    snippet = fields.Char(
        string="Line for the Pages",
        compute="_compute_script_url",
        groups=ADMINISTRATOR,
        help="Put it into the head of every page of the site.",
    )

    @api.depends("token")
    def _compute_script_url(self):
        for site in self:
            address = site._address() if site.token else ""
            site.script_url = address and f"{address}.js"
            site.snippet = address and self._line(address)

    def _address(self):
        """Return what the public addresses of the site begin with."""
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        return f"{base}{self._path()}"

    def _path(self):
        """Return what they begin with on any host at which this Odoo is reached."""
        self.ensure_one()
        return f"/telephony/tracking/{self.sudo().token}"

    @staticmethod
    def _line(address):
        """Return the line that has a page load the script, and ask there."""
        return (
            f'<script async src="{address}.js" data-telephony-url="{address}"></script>'
        )

    @tools.ormcache("self.id")
    def _script(self):
        """Return the script of a site, from memory.

        :rtype: Script
        """
        return _stamped(page_script.core(self.sudo()._script_config()))

    @tools.ormcache("self.id", "lang", "hour")
    def _callback_script(self, lang, hour):
        """Return the module of the callback widget of a site, from memory.

        :param lang: code of the language of its words, an installed one
        :param hour: any text that is another one in each hour, as it knows the hours
            in which somebody is there
        :return: `Script`, or `None` when the site has no widget
        """
        config = self.sudo().with_context(lang=lang)._callback_config()
        if not config:
            return None
        return _stamped(page_script.callback(config))

    def _script_config(self):
        """Return what the script has to know of the site; the public reads it.

        See `tools.page_script`. Whoever adds to the script adds here what it needs.
        """
        self.ensure_one()
        return {
            "url": self._address(),
            "numbers": [_spelling(number) for number in self._opening().pools],
            "domains": list(self._domains()),
            "consentRequired": self.consent_required,
        }

    def _callback_config(self):
        """Return what the callback widget has to know; nothing where there is none."""
        return {}


def _stamped(text):
    digest = hashlib.sha256(text.encode()).hexdigest()[:32]
    return Script(text, f'"{digest}"')


def _spelling(e164):
    """Return what a script needs to find a number in any spelling.

    :return: ``cc``, the country code, and ``trunk``, what is dialled before the
        number within the country, or ``""``
    """
    number = phonenumbers.parse(e164)
    # A number that is none of a country's yet is still spelled as the others there.
    region = phonenumbers.region_code_for_number(
        number
    ) or phonenumbers.region_code_for_country_code(number.country_code)
    trunk = phonenumberutil.ndd_prefix_for_region(region, True)
    return {"e164": e164, "cc": str(number.country_code), "trunk": trunk or ""}
