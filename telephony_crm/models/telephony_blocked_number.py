from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..pbx import numbers


class TelephonyBlockedNumber(models.Model):
    """A number whose calls are refused."""

    _name = "telephony.blocked.number"
    _description = "Blocked Number"
    _order = "id desc"
    _rec_name = "number"

    number = fields.Char(required=True)
    e164 = fields.Char(
        compute="_compute_e164",
        store=True,
        precompute=True,
        string="International Number",
        help="The digits where the number cannot be read.",
    )
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        default=lambda self: self.env.company,
        help="Empty: blocked for all companies.",
    )
    reason = fields.Char()
    expires = fields.Datetime(help="Empty: blocked for good.")

    _number_unique = models.UniqueIndex(
        "(e164, COALESCE(company_id, 0))", "This number is blocked already."
    )

    @api.depends("number", "company_id")
    def _compute_e164(self):
        for blocked in self:
            number = numbers.parse(blocked.number, blocked._countries())
            blocked.e164 = number.e164 or number.digits or False

    @api.depends("number", "e164")
    def _compute_display_name(self):
        for blocked in self:
            blocked.display_name = numbers.international(blocked.e164) or blocked.number

    @api.constrains("number", "company_id")
    def _check_number(self):
        for blocked in self:
            if len(blocked.e164 or "") < 3:
                raise ValidationError(
                    self.env._(
                        "“%s” is not a phone number. Write it with its country, for "
                        "example +44 20 3769 1880.",
                        blocked.number,
                    )
                )

    def _countries(self):
        """Return the ISO codes by which a national spelling is read, in order."""
        company = self.company_id or self.env.company
        return self.env["telephony.number"]._countries_by_code(None, company.id)

    @api.model
    def _is_blocked(self, number, company_id):
        """Tell whether calls of a number are refused, in one indexed query.

        :param number: E.164, or what the PBX gave if that cannot be read
        :param company_id: the company that is called
        """
        if not number:
            return False
        if not number.startswith("+"):
            found = numbers.parse(number)
            number = found.e164 or found.digits
        self.flush_model()
        return bool(
            self.env.execute_query(
                SQL(
                    """
                    SELECT 1 FROM telephony_blocked_number
                     WHERE e164 = %s AND COALESCE(company_id, 0) IN (0, %s)
                       AND (expires IS NULL OR expires > %s)
                     LIMIT 1
                    """,
                    number,
                    company_id,
                    fields.Datetime.now(),
                )
            )
        )
