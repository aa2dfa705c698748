from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..pbx import numbers
from ..tools.text import as_id, clean

# Characters of a note: many pages, and no more than a card and a timeline can show.
MOST_NOTED = 20_000
# A second press, from another tab or after a lost answer, is of the same creation.
SAME_PRESS = timedelta(minutes=1)


class TelephonyCall(models.Model):
    """What can be done on the card of a call; always as its own user.

    Each returns the card as it is then.
    """

    _inherit = "telephony.call"

    @api.model
    def card_choose(self, call_id, model, res_id):
        """Say whom this call is with; the choice is remembered for the number.

        :return: the card as it is now
        """
        call = self._for_card(call_id)
        if model not in ("res.partner", "crm.lead"):
            raise UserError(self.env._("A call belongs to a contact or to a lead."))
        call._link(call.env[model].browse(as_id(res_id)), "chosen")
        return call._card()

    @api.model
    def card_none(self, call_id):
        """Say that the call is with none of the candidates.

        What was chosen for the number before is forgotten.
        """
        call = self._for_card(call_id)
        call.sudo()._update(
            {
                "match_reason": "refused",
                "partner_id": False,
                "lead_id": False,
                "owner_id": False,
                "chooser_id": self.env.uid,
            }
        )
        if call.number_e164:
            call.env["telephony.number"]._forget(call.number_e164, call.company_id)
        call._after_change()
        return call._card()

    @api.model
    def card_create(self, call_id, kind, values):
        """Create a contact, a company or a lead with the number of the call.

        Created with the user's own rights. Where a colleague was rung, too, and has
        just created one, or the PBX's settings did, the call already has it: then
        nothing is created, and the card shows it.

        :param kind: ``partner``, ``company`` or ``lead``
        :param values: dict of text: ``name``, ``company``, ``email``
        :raises UserError: when there is neither a name nor a number
        """
        call = self._for_card(call_id)
        values = values if isinstance(values, dict) else {}
        text = {
            name: " ".join(clean(values.get(name)).split())[:200]
            for name in ("name", "company", "email")
        }
        phone = (
            numbers.international(call.number_e164) if call.number_e164 else call.number
        )
        if not (phone or text["name"] or text["company"]):
            raise UserError(
                self.env._("The caller hides the number. Please write a name.")
            )
        if kind not in ("lead", "partner", "company"):
            raise UserError(self.env._("Choose a contact, a company or a lead."))
        if call._has_new("lead_id" if kind == "lead" else "partner_id", text):
            return call._card()
        if kind == "lead":
            record = call._create_lead(text, phone)
        else:
            record = call._create_partner(text, phone, kind == "company")
        call._link(record, "chosen")
        return call._card()

    def _has_new(self, name, text):
        """Tell whether the call's lead or contact was created for it.

        By somebody else; or by this user just now, unless another name is typed.
        """
        record = self.sudo()[name]
        if not record or record.create_date < self.create_date:
            return False
        if record.create_uid != self.env.user:
            return True
        typed = text["name"] or text["company"]
        is_same = not typed or typed in _names_of(record)
        return is_same and record.create_date > fields.Datetime.now() - SAME_PRESS

    @api.model
    def card_note(self, call_id, note):
        """Keep what the user has typed so far.

        The call may have become part of another while he typed; see `_merged_note`.
        """
        call, note = self._merged_note(call_id, clean(note)[:MOST_NOTED])
        if (call.note or "") != note:
            call.sudo().write({"note": note})
            call._after_change()
        return call._card()

    @api.model
    def card_outcome(self, call_id, outcome_id):
        """Set what came of the call; the same one again takes it back."""
        call = self._for_card(call_id)
        outcome = call.env["telephony.call.outcome"].browse(as_id(outcome_id)).exists()
        outcome.check_access("read")
        call._check_same_company(outcome)
        call.sudo().outcome_id = outcome if outcome != call.outcome_id else False
        call._after_change()
        return call._card()

    def _create_lead(self, text, phone):
        self.ensure_one()
        self.env["crm.lead"].check_access("create")
        name = text["name"] or text["company"] or phone
        vals = {
            "name": self.env._("Call from %s", name),
            "contact_name": text["name"],
            "partner_name": text["company"],
            "email_from": text["email"],
            "phone": phone,
            "type": "opportunity",
            "user_id": self.env.user.id,
            "company_id": self.company_id.id,
            "source_id": self.source_id.id,
            "medium_id": self.medium_id.id,
            "campaign_id": self.campaign_id.id,
        }
        if self.team_id:
            vals["team_id"] = self.team_id.id
        if self.partner_id:
            vals["partner_id"] = self.partner_id.id
        of_call = self.env["crm.lead"].with_context(telephony_of_call=True)
        return of_call.create(vals).with_env(self.env)

    def _create_partner(self, text, phone, is_company):
        self.ensure_one()
        vals = {
            "name": text["name"] or text["company"] or phone,
            "email": text["email"],
            "phone": phone,
            "is_company": is_company,
            "company_id": False,
        }
        if not is_company and text["company"]:
            vals["company_name"] = text["company"]
        return self.env["res.partner"].create(vals)

    def _link(self, record, reason):
        """Tie the call to a contact or lead that the user may read."""
        self.ensure_one()
        record.check_access("read")
        self._check_same_company(record)
        lead = record if record._name == "crm.lead" else self.env["crm.lead"]
        partner = (lead.partner_id if lead else record).sudo()
        self.sudo()._update(
            {
                "match_reason": reason,
                "partner_id": partner.id,
                "lead_id": lead.id,
                "owner_id": lead.user_id.id or partner.user_id.id,
                "chooser_id": self.env.uid,
            }
        )
        if self.number_e164:
            self.env["telephony.number"].sudo()._remember(
                self.number_e164, record, self.company_id
            )
        self._after_change()

    def _check_same_company(self, record):
        """Refuse a contact, lead or outcome of another company than was called."""
        company = record.sudo().company_id
        if company and company != self.company_id:
            raise UserError(self.env._("This record belongs to another company."))

    def _after_change(self):
        """Let the other tabs and people know."""
        call = self.sudo()
        call.version += 1
        call._sync_participants()
        call._notify()


def _names_of(record):
    """Return the names that were typed when a lead or contact was created."""
    if record._name == "crm.lead":
        return record.contact_name, record.partner_name
    return record.name, record.company_name
