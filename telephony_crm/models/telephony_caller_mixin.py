from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .telephony_number import OWNERS

AGENT = "telephony_crm.group_telephony_agent"


class TelephonyCallerMixin(models.AbstractModel):
    """What contacts and leads have in common: numbers, and calls."""

    _name = "telephony.caller.mixin"
    _description = "Somebody Who Calls"

    telephony_call_count = fields.Integer(
        string="Calls", compute="_compute_telephony_calls", groups=AGENT
    )
    telephony_last_call_date = fields.Datetime(
        string="Last Call", compute="_compute_telephony_calls", groups=AGENT
    )
    telephony_callback_due = fields.Boolean(
        string="To Call Back",
        compute="_compute_telephony_calls",
        groups=AGENT,
        help="They rang in vain, and nobody has talked with them since.",
    )
    telephony_earlier_call_count = fields.Integer(
        string="Earlier Calls",
        compute="_compute_telephony_earlier_call_count",
        groups=AGENT,
        help="Calls with one of these numbers that belong to nobody yet.",
    )

    # -- computes ----------------------------------------------------------------------

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("telephony_call_ids")
    def _compute_telephony_calls(self):
        """Count with one grouped query, under the rights of the user."""
        self.telephony_call_count = 0
        self.telephony_last_call_date = False
        self.telephony_callback_due = False
        if not self.env["telephony.call"].has_access("read"):
            return
        for record, count, last_date in self.env["telephony.call"]._read_group(
            self._telephony_call_domain(),
            [OWNERS[self._name]],
            ["__count", "start_date:max"],
        ):
            for holder in self._telephony_call_holders(record):
                holder.telephony_call_count += count
                dates = filter(None, (holder.telephony_last_call_date, last_date))
                holder.telephony_last_call_date = max(dates, default=False)
        # Whoever may see the record may know that its people wait for a call.
        waiting = self.env["telephony.callback"].sudo()
        for (record,) in waiting._read_group(
            Domain(self._telephony_call_domain())
            & Domain("state", "=", "open")
            & Domain("company_id", "in", self.env.companies.ids),
            [OWNERS[self._name]],
        ):
            holders = self._telephony_call_holders(record.with_env(self.env))
            holders.telephony_callback_due = True

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("telephony_number_ids.e164")
    def _compute_telephony_earlier_call_count(self):
        """Count what the user may see: else everybody could ask who calls whom."""
        self.telephony_earlier_call_count = 0
        if not self.env["telephony.call"].has_access("read"):
            return
        counts = {
            (e164, company.id): count
            for e164, company, count in self.env["telephony.call"]._read_group(
                self._telephony_earlier_domain(),
                ["number_e164", "company_id"],
                ["__count"],
            )
        }
        for record in self:
            numbers = set(record.sudo().telephony_number_ids.mapped("e164"))
            companies = record.sudo().company_id or self.env.companies
            record.telephony_earlier_call_count = sum(
                count
                for (e164, company_id), count in counts.items()
                if e164 in numbers and company_id in companies._ids
            )

    # -- CRUD --------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env["telephony.number"]._sync(records, new=True)
        return records

    def write(self, vals):
        result = super().write(vals)
        if self._telephony_number_triggers() & set(vals):
            self.env["telephony.number"]._sync(self)
        if "user_id" in vals:
            self.env["telephony.call"]._move_owner_of(self)
            self.env["telephony.callback"]._hand_over_of(self)
        return result

    def unlink(self):
        calls = self.env["telephony.call"].sudo()
        calls = calls.search(Domain(OWNERS[self._name], "in", self.ids))
        callbacks = self.env["telephony.callback"].sudo()
        callbacks = callbacks.search(
            Domain(OWNERS[self._name], "in", self.ids) & Domain("state", "=", "open")
        )
        result = super().unlink()
        if calls:
            calls._move_owner(SQL("c.id = ANY(%s)", calls.ids))
            calls.invalidate_recordset()  # the database has let go of the record
            calls.filtered(lambda call: call.state == "ended")._follow_up_later()
        if callbacks:
            callbacks.invalidate_recordset()
            callbacks._hand_over()
            callbacks._mirror()
        return result

    @api.model
    def _telephony_number_triggers(self):
        """Return the fields a change of which may change a phone field."""
        return set(self.env["telephony.number"]._source_fields(self._name))

    # -- actions -----------------------------------------------------------------------

    def action_view_telephony_calls(self):
        """Open the calls that the smart button counts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "telephony_crm.action_telephony_call"
        )
        return {
            **action,
            "domain": self._telephony_call_domain(),
            "context": {"create": False},
        }

    def action_link_earlier_calls(self):
        """Link the calls with one of these numbers that belong to nobody yet.

        Only those that the user may see: who is responsible for the contact sees its
        calls, and everybody can make a contact of their own with any number. Those of
        the colleagues are for them to link, or for a dispatcher or supervisor.
        """
        self.ensure_one()
        self.check_access("write")
        self.env["telephony.call"].check_access("read")
        calls = self.env["telephony.call"].search(self._telephony_earlier_domain())
        calls.sudo().write({**self._telephony_call_values(), "match_reason": "exact"})
        self.env["telephony.call"]._move_owner_of(self)
        return True

    # -- calls -------------------------------------------------------------------------

    def _telephony_call_domain(self):
        """Return which calls are those of these records."""
        return [(OWNERS[self._name], "in", self.ids)]

    def _telephony_call_holders(self, record):
        """Return who of ``self`` counts the calls of ``record``."""
        return record & self

    def _telephony_call_values(self):
        """Return the values that link a call to this record."""
        raise NotImplementedError

    def _telephony_earlier_domain(self):
        """Return which calls could be those of these records, and are nobody's."""
        companies = self.sudo().company_id | self.env.companies
        if len(self) == 1 and self.sudo().company_id:
            companies = self.sudo().company_id
        e164s = self.sudo().telephony_number_ids.mapped("e164")
        return [
            ("number_e164", "in", list(filter(None, e164s))),
            ("partner_id", "=", False),
            ("lead_id", "=", False),
            # Somebody has said that the call is with none of those.
            ("match_reason", "!=", "refused"),
            ("direction", "!=", "internal"),
            ("company_id", "in", companies.ids),
        ]
