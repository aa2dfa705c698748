from odoo import api, fields, models
from odoo.fields import Domain

from ..pbx import numbers
from ..tools.text import as_title


class TelephonyCall(models.Model):
    """What the views show of a call beyond its fields, and how they find one."""

    _inherit = "telephony.call"

    number_shown = fields.Char(
        string="Phone", compute="_compute_number_shown", search="_search_number_shown"
    )
    refusal = fields.Char(
        compute="_compute_refusal",
        help="Why this number is not rung back; empty if it may be.",
    )
    who = fields.Char(
        compute="_compute_who", help="Empty when only the number is known."
    )
    owner_reason = fields.Char(string="Why This One", compute="_compute_owner_reason")

    @api.depends("number", "number_e164")
    def _compute_number_shown(self):
        for call in self:
            e164 = call.number_e164
            call.number_shown = numbers.international(e164) if e164 else call.number

    @api.depends("direction", "number", "number_e164", "pbx_id")
    def _compute_refusal(self):
        for call in self:
            reason = call._never_rung_back()
            call.refusal = reason and self.env["telephony.dial"]._in_words(
                reason, call.pbx_id, call.number_shown
            )

    @api.depends(
        "partner_id.display_name",
        "lead_id.contact_name",
        "lead_id.partner_name",
        "direction",
        "number",
        "hidden",
        "leg_ids.user_id",
    )
    @api.depends_context("uid")
    def _compute_who(self):
        partners = self.partner_id._filtered_access("read")
        leads = self.lead_id._filtered_access("read")
        for call in self:
            lead = call.lead_id & leads
            call.who = (
                (call.partner_id & partners).display_name
                or ", ".join(filter(None, (lead.partner_name, lead.contact_name)))
                or (call.direction == "internal" and call._colleague())
                or (call.hidden and self.env._("Hidden number"))
            )

    @api.depends("partner_id.name", "who", "number_shown", "call_ref")
    @api.depends_context("uid", "lang")
    def _compute_display_name(self):
        partners = self.partner_id._filtered_access("read")
        for call in self:
            # Not the contact's display name, which begins with the company.
            name = (call.partner_id & partners).name
            number = as_title(self.env, call.number_shown)
            call.display_name = name or call.who or number or call.call_ref

    @api.depends("owner_id", "lead_id.user_id", "partner_id.user_id")
    def _compute_owner_reason(self):
        for call in self:
            # Of records that the user may not read it is told only whose they are.
            lead, partner = call.sudo().lead_id, call.sudo().partner_id
            owner = call.owner_id
            if not owner:
                call.owner_reason = False
            elif lead.user_id == owner:
                call.owner_reason = self.env._("responsible for the lead")
            elif partner.user_id == owner:
                call.owner_reason = self.env._("responsible for the contact")
            elif partner.commercial_partner_id.user_id == owner:
                call.owner_reason = self.env._("responsible for the company")
            else:
                call.owner_reason = self.env._("was responsible when it rang")

    def _never_rung_back(self):
        """Tell why nobody rings the other party back from here; ``""`` if they may.

        :return: a reason, see `telephony.dial`
        """
        self.ensure_one()
        number = self.number_e164 or self.number
        if not number or self.direction == "internal":
            return ""
        return self.pbx_id.sudo()._never_dials(number)

    def _colleague(self):
        """Return the name of the colleague on the other end of an internal call.

        For who was called that is who calls.
        """
        number = numbers.internal_extension(self.number or "")
        extensions = self.env["telephony.extension"]._by_number(self.pbx_id.id)
        user_id = extensions.get(number, (False, False))[1]
        user = self.env["res.users"].browse(user_id).sudo()
        if user == self.env.user:
            user = (self.user_id | self.leg_ids.user_id).sudo() - user
        return user[:1].name

    @api.onchange("lead_id")
    def _onchange_lead_id(self):
        if self.lead_id.partner_id:
            self.partner_id = self.lead_id.partner_id

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        if self.lead_id.partner_id not in (self.partner_id, self.env["res.partner"]):
            self.lead_id = False

    @api.model
    def _search_display_name(self, operator, value):
        """Find calls by whom they are with, by number and by the PBX's reference.

        Only by contacts and leads that the user may read, as their names show.
        """
        if operator == "ilike" and isinstance(value, str):
            if not value:
                return Domain.TRUE
            return (
                Domain("partner_id", "ilike", value)
                | Domain(
                    "lead_id",
                    "any",
                    Domain.OR(
                        Domain(name, "ilike", value)
                        for name in ("name", "contact_name", "partner_name")
                    ),
                )
                | Domain("number_shown", "ilike", value)
                | Domain("call_ref", "=", value)
            )
        if operator == "in":
            names = [one for one in value if isinstance(one, str)]
            return (
                Domain("partner_id.name", "in", names)
                | Domain("number_e164", "in", [numbers.parse(n).e164 for n in names])
                | Domain("call_ref", "in", names)
            )
        return NotImplemented

    @api.model
    def _search_number_shown(self, operator, value):
        """Find numbers in whatever spelling somebody types them."""
        if operator != "ilike" or not isinstance(value, str):
            return NotImplemented
        number = numbers.parse(value, (self.env.company.country_id.code or "",))
        if number.e164:
            return [("number_e164", "=", number.e164)]
        digits = "".join(char for char in value if char.isdigit())
        if not digits:
            return [("number", "ilike", value)]
        return ["|", ("number_e164", "like", digits), ("number", "like", digits)]


class TelephonyCallLeg(models.Model):
    """What the views show of a leg."""

    _inherit = "telephony.call.leg"

    party = fields.Char(string="Who", compute="_compute_party")
    place = fields.Json(
        string="Place in the Call",
        compute="_compute_place",
        help="Seconds of the call before it, of its ringing and of its talk.",
    )

    @api.depends("kind", "extension_id", "user_id", "number")
    def _compute_party(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for leg in self:
            number = numbers.international(leg.number or "") or leg.number
            if leg.kind == "agent":
                parts = [leg.user_id.name, leg.extension_id.number or number]
            elif leg.kind in ("customer", "external"):
                parts = [kinds[leg.kind], number]
            else:
                parts = [kinds.get(leg.kind), leg.number]
            leg.party = " · ".join(part for part in parts if part)

    @api.depends(
        "call_id.start_date",
        "call_id.end_date",
        "ring_date",
        "ring_seconds",
        "talk_seconds",
        "hold_seconds",
    )
    def _compute_place(self):
        """Place the legs of a call that has ended side by side with each other."""
        for leg in self:
            start, end = leg.call_id.start_date, leg.call_id.end_date
            total = int((end - start).total_seconds()) if start and end else 0
            if total <= 0 or not leg.ring_date:
                leg.place = False
                continue
            before = min(max(int((leg.ring_date - start).total_seconds()), 0), total)
            ring = min(leg.ring_seconds, total - before)
            talk = min(leg.talk_seconds + leg.hold_seconds, total - before - ring)
            leg.place = {"before": before, "ring": ring, "talk": talk, "total": total}
