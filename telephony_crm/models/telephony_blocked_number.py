from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..pbx import numbers
from ..tools.rights import check_fields

# What a person may say of a block. What is compared follows from the number.
WRITABLE = frozenset({"number", "company_id", "reason", "expires"})
# How long a block that has ended can still be seen in the list.
KEPT = timedelta(days=90)


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

    # -- CRUD ----------------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """Override since defaults, too, may set only what a person may."""
        return super().default_get([name for name in fields if name in WRITABLE])

    @api.model_create_multi
    def create(self, vals_list):
        check_fields(self, vals_list, WRITABLE)
        return super().create(vals_list)

    def write(self, vals):
        """Override to check the rights on the new company, too."""
        check_fields(self, vals, WRITABLE)
        result = super().write(vals)
        if "company_id" in vals:
            self.check_access("write")
        return result

    # -- blocking ------------------------------------------------------------------

    @api.model
    def _block(self, number, company, reason):
        """Block a number for good, unless it is blocked already.

        A block that has ended is used again, since a number has one for a company.

        :param str number: E.164
        :param company: record of `res.company` whose calls are refused
        """
        if self._is_blocked(number, company.id):
            return
        ended = self.search([("e164", "=", number), ("company_id", "=", company.id)])
        if ended:
            ended.write({"expires": False, "reason": reason})
        else:
            self.create({"number": number, "company_id": company.id, "reason": reason})

    @api.autovacuum
    def _gc_ended(self):
        """Delete blocks that ended long ago."""
        self.search([("expires", "<", fields.Datetime.now() - KEPT)]).unlink()

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
