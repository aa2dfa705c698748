from datetime import timedelta

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..pbx import numbers
from ..tools.rights import check_fields

# What a person may say of a block. What is compared follows from the number.
WRITABLE = frozenset({"number", "company_id", "reason", "expires"})
# How long a block that has ended can still be seen in the list.
KEPT = timedelta(days=90)
# So many are known from memory, since every call that comes in asks.
FEW = 1000


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
        self.env.registry.clear_cache()
        for vals in vals_list:
            self._make_room(self.new(vals))
        return super().create(vals_list)

    def write(self, vals):
        """Override to check the rights on the new company, too."""
        check_fields(self, vals, WRITABLE)
        self.env.registry.clear_cache()
        result = super().write(vals)
        if "company_id" in vals:
            self.check_access("write")
        return result

    def unlink(self):
        """Override to forget what is known from memory."""
        self.env.registry.clear_cache()
        return super().unlink()

    # -- blocking ------------------------------------------------------------------

    @api.model
    def _block(self, number, company, reason):
        """Block a number for good, unless it is blocked already.

        :param str number: E.164
        :param company: record of `res.company` whose calls are refused
        """
        if not self._is_blocked(number, company.id):
            self.create({"number": number, "company_id": company.id, "reason": reason})

    @api.model
    def _make_room(self, blocked):
        """Delete the block of this number that has ended: a number has one."""
        self.search(
            [
                ("e164", "=", blocked.e164),
                ("company_id", "=", blocked.company_id.id),
                ("expires", "<=", fields.Datetime.now()),
            ]
        ).unlink()

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
        """Tell whether calls of a number are refused: from memory, or in one query.

        :param number: E.164, or what the PBX gave if that cannot be read
        :param company_id: the company that is called
        """
        if not number:
            return False
        if not number.startswith("+"):
            found = numbers.parse(number)
            number = found.e164 or found.digits
        ends = self._few_blocked(company_id)
        if ends is None:
            ends = dict(self._blocked(company_id, number))
        now = fields.Datetime.now()
        return number in ends and (ends[number] is None or ends[number] > now)

    @api.model
    @tools.ormcache("company_id")
    def _few_blocked(self, company_id):
        """Return ``{number: end}`` of all that a company has blocked.

        :return: `None` when they are too many to be kept in memory
        """
        found = self._blocked(company_id)
        return dict(found) if len(found) <= FEW else None

    @api.model
    def _blocked(self, company_id, number=None):
        """Return what is blocked for a company, few more than `FEW` of them.

        :param number: only this one
        :return: list of ``(number, end)``; `None` is no end. Of one number that is
            blocked twice, for a company and for all, the later end comes last.
        """
        self.flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT e164, expires FROM telephony_blocked_number
                 WHERE COALESCE(company_id, 0) IN (0, %s) AND e164 IS NOT NULL %s
                 ORDER BY expires NULLS LAST
                 LIMIT %s
                """,
                company_id,
                SQL("AND e164 = %s", number) if number else SQL(),
                FEW + 1,
            )
        )
