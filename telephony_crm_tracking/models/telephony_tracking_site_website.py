import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.telephony_crm.models.telephony_pbx import ADMINISTRATOR


class TelephonyTrackingSite(models.Model):
    """Odoo's own web site needs no line that somebody puts into its pages.

    It may not be installed, so nothing here names its model before it was looked for.
    """

    _inherit = "telephony.tracking.site"

    has_website = fields.Boolean(compute="_compute_has_website")
    website = fields.Selection(
        selection="_selection_website",
        string="Odoo Web Site",
        copy=False,
        groups=ADMINISTRATOR,
        help="The line is put into the head of its pages, and taken out again.",
    )

    @api.constrains("website", "active")
    def _check_website(self):
        """Refuse a second site for one web site: each page would have two scripts."""
        for site in self.filtered(lambda one: one.active and one.website):
            others = self.sudo().search([("website", "=", site.website)])
            if others - site:
                raise ValidationError(
                    self.env._(
                        "Another tracked site has its line in the pages of this Odoo "
                        "web site already. Take it out there first."
                    )
                )

    @api.model
    def _selection_website(self):
        if "website" not in self.env:
            return []
        websites = self.env["website"].sudo().search([])
        return [(str(website.id), website.name) for website in websites]

    def _compute_has_website(self):
        self.has_website = "website" in self.env

    @api.model_create_multi
    def create(self, vals_list):
        sites = super().create(vals_list)
        sites._put_line()
        return sites

    def write(self, vals):
        done = super().write(vals)
        if vals.keys() & {"website", "token", "active"}:
            self._put_line()
        return done

    def unlink(self):
        self._put_line(remove=True)
        return super().unlink()

    def _put_line(self, remove=False):
        """Have the line in the pages of the chosen web site, and in no others.

        Between two comments by which it is found again; all else there stays as it is.
        It names no host: visitors of each domain ask where their page came from, and
        not at the address by which the last administrator happened to log in, which
        Odoo keeps as its own.
        """
        if "website" not in self.env:
            return
        websites = self.env["website"].sudo().search([])
        for site in self.sudo():
            name = f"telephony {site.id}"
            begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
            ours = re.compile(rf"\n?{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
            is_in_use = site.active and not remove
            for website in websites:
                before = website.custom_code_head or ""
                code = ours.sub("", before)
                if is_in_use and site.website == str(website.id):
                    code = f"{code}\n{begin}{site._line(site._path())}{end}"
                if code != before:
                    website.custom_code_head = code
