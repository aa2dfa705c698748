import secrets
from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..phonebook.vendors import VENDORS
from ..tools import networks
from .telephony_pbx import ADMINISTRATOR


class Opening(NamedTuple):
    """What is known of a token before the database is asked for anything."""

    book_id: int
    networks: tuple
    company_id: int
    tz: str


class TelephonyPhonebook(models.Model):
    """Where phones find a phone book: an address with a secret in it."""

    _inherit = "telephony.phonebook"

    token = fields.Char(
        required=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(24),
        groups=ADMINISTRATOR,
    )
    allowed_ips = fields.Char(
        string="Allowed Addresses",
        groups=ADMINISTRATOR,
        help="Addresses or networks of the phones, separated by commas. Empty: "
        "whoever knows the address of the book.",
    )
    yealink_url = fields.Char(
        string="Yealink", compute="_compute_urls", groups=ADMINISTRATOR
    )
    grandstream_url = fields.Char(
        string="Grandstream", compute="_compute_urls", groups=ADMINISTRATOR
    )
    snom_url = fields.Char(
        string="Snom, mini browser", compute="_compute_urls", groups=ADMINISTRATOR
    )
    snom_directory_url = fields.Char(
        string="Snom, remote directory", compute="_compute_urls", groups=ADMINISTRATOR
    )
    cisco_url = fields.Char(
        string="Cisco", compute="_compute_urls", groups=ADMINISTRATOR
    )
    fanvil_url = fields.Char(
        string="Fanvil", compute="_compute_urls", groups=ADMINISTRATOR
    )

    _token_unique = models.Constraint(
        "UNIQUE (token)", "Each phone book has an address of its own."
    )

    # -- computes and constraints ------------------------------------------------

    @api.depends("token")
    def _compute_urls(self):
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        for book in self:
            for code in VENDORS:
                # The phone puts what is typed in the place of the word.
                typed = "?search=#SEARCH" if code == "yealink" else ""
                url = f"{base}/telephony/phonebook/{book.token}/{code}{typed}"
                book[f"{code.replace('-', '_')}_url"] = url

    @api.constrains("allowed_ips")
    def _check_allowed_ips(self):
        for book in self:
            try:
                networks.read(book.allowed_ips)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "“%s” is not a list of addresses. Write for example "
                        "192.168.1.0/24, 192.0.2.1.",
                        book.allowed_ips,
                    )
                ) from error

    # -- actions -----------------------------------------------------------------

    def action_new_token(self):
        """Give the book a new address; the old one stops to work at once."""
        self.check_access("write")
        for book in self:
            book.token = secrets.token_urlsafe(24)

    # -- who asks ----------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _openings(self):
        """Return who may read, from memory: whoever guesses costs no query.

        :return: ``{token: Opening}`` of the books of all active PBXs
        """
        return {
            book.token: Opening(
                book_id=book.id,
                networks=networks.read(book.allowed_ips),
                company_id=book.company_id.id,
                tz=book.pbx_id.tz,
            )
            for book in self.sudo().search([("pbx_id.active", "=", True)])
        }
