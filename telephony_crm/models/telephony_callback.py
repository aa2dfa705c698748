from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..pbx import numbers
from ..tools.rights import check_fields
from ..tools.text import as_title

# What a person may say of a call-back; all else follows from the calls.
WRITABLE = frozenset({"user_id", "team_id", "due_date"})


class TelephonyCallback(models.Model):
    """A promise to ring somebody: who was missed, or was told so.

    A number has at most one that is open in a company, however often it rings. It is
    mirrored by an activity on the lead, else on the contact, else on itself.
    """

    _name = "telephony.callback"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Call-back"
    _order = "due_date, id"
    _rec_names_search = ("e164", "partner_id")
    _check_company_auto = True
    _mail_post_access = "read"

    e164 = fields.Char(string="International Number", required=True)
    company_id = fields.Many2one("res.company", required=True)
    pbx_id = fields.Many2one("telephony.pbx", required=True, ondelete="cascade")
    kind = fields.Selection(
        [("missed", "Missed"), ("promised", "Promised")],
        required=True,
        default="missed",
    )
    state = fields.Selection(
        [("open", "To do"), ("done", "Done")], required=True, default="open"
    )
    due_date = fields.Datetime(string="Due", required=True, default=fields.Datetime.now)
    waiting_date = fields.Datetime(
        string="Waiting since",
        required=True,
        default=fields.Datetime.now,
        help="When they rang first.",
    )
    last_date = fields.Datetime(string="Rang last")
    attempts = fields.Integer(string="Rang", help="How often they rang in vain.")
    user_id = fields.Many2one(
        "res.users",
        string="For",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who is to ring back: the user of the lead, else of the contact, else of "
        "the company number that was called, else of the PBX.",
    )
    team_id = fields.Many2one("crm.team", check_company=True)
    did_id = fields.Many2one("telephony.did", string="Company Number")
    partner_id = fields.Many2one(
        "res.partner", string="Contact", index="btree_not_null"
    )
    lead_id = fields.Many2one("crm.lead", string="Lead", index="btree_not_null")
    escalate_date = fields.Datetime(help="When others are told if it is still open.")
    escalated = fields.Boolean(help="It was not done in time, and others know it.")
    told_ids = fields.Many2many(
        "res.users",
        "telephony_callback_told_rel",
        string="Told",
        copy=False,
        help="Who was told that it was not done in time, and may take it.",
    )
    call_ids = fields.One2many("telephony.call", "callback_id", string="Calls")
    done_date = fields.Datetime(string="Done at")
    done_call_id = fields.Many2one(
        "telephony.call", string="Done by Call", index="btree_not_null"
    )
    done_user_id = fields.Many2one("res.users", string="Done by")
    activity_id = fields.Many2one(
        "mail.activity",
        string="Activity",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
    )

    number_shown = fields.Char(string="Number", compute="_compute_number_shown")
    who = fields.Char(
        compute="_compute_who", help="Empty when only the number is known."
    )
    refusal = fields.Char(
        string="Why Not",
        compute="_compute_refusal",
        help="Why this number may not be rung back.",
    )

    _open_unique = models.UniqueIndex(
        "(company_id, e164) WHERE state = 'open'",
        "Somebody is to ring this number back already.",
    )
    _open_due = models.Index("(due_date, id) WHERE state = 'open'")
    _open_of_user = models.Index("(user_id, due_date, id) WHERE state = 'open'")
    _by_user = models.Index("(user_id, due_date)")
    _to_escalate = models.Index(
        "(escalate_date) WHERE state = 'open' AND escalated IS NOT TRUE"
    )

    # -- computes ----------------------------------------------------------------------

    @api.depends("e164")
    def _compute_number_shown(self):
        for callback in self:
            callback.number_shown = numbers.international(callback.e164 or "")

    @api.depends(
        "partner_id.display_name", "lead_id.contact_name", "lead_id.name", "asked_name"
    )
    @api.depends_context("uid")
    def _compute_who(self):
        partners = self.partner_id._filtered_access("read")
        leads = self.lead_id._filtered_access("read")
        for callback in self:
            lead = callback.lead_id & leads
            callback.who = (
                (callback.partner_id & partners).display_name
                or ", ".join(filter(None, (lead.partner_name, lead.contact_name)))
                or callback.asked_name
                or lead.name
            )

    @api.depends("who", "number_shown")
    @api.depends_context("uid", "lang")
    def _compute_display_name(self):
        for callback in self:
            number = as_title(self.env, callback.number_shown)
            callback.display_name = callback.who or number

    @api.depends("e164", "pbx_id")
    def _compute_refusal(self):
        for callback in self:
            reason = callback.pbx_id.sudo()._never_dials(callback.e164)
            callback.refusal = reason and self.env["telephony.dial"]._in_words(
                reason, callback.pbx_id, callback.number_shown
            )

    # -- CRUD --------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Override since nobody but a call asks for a call-back."""
        if not self.env.su:
            raise AccessError(
                self.env._("Call-backs come from calls. Schedule an activity instead.")
            )
        quiet = self.with_context(
            mail_create_nolog=True, mail_create_nosubscribe=True, tracking_disable=True
        )
        return super(TelephonyCallback, quiet).create(vals_list).with_env(self.env)

    def write(self, vals):
        """Override to let the activity follow who is to ring, and when."""
        check_fields(self, vals, WRITABLE)
        if vals.get("user_id"):
            self._check_works_there(self.env["res.users"].browse(vals["user_id"]))
        result = super().write(vals)
        if "due_date" in vals and "escalate_date" not in vals:
            self.sudo()._put_off_escalation()
        if not {"user_id", "due_date", "partner_id", "lead_id"}.isdisjoint(vals):
            self.sudo()._mirror()
        if "user_id" in vals and not self.env.su:
            handed = self.sudo().filtered(lambda one: one.user_id != self.env.user)
            handed._tell()
        return result

    def _check_works_there(self, user):
        """Raise unless that user is there to ring back for the companies of these."""
        for company in self.sudo().company_id:
            if not self._works_for(user, company):
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work for %(company)s, so this call-back "
                        "cannot be theirs. Choose a user of that company.",
                        user=user.sudo().name,
                        company=company.name,
                    )
                )
