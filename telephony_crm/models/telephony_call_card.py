from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_amount

from ..pbx import numbers
from ..tools.text import as_id

LEADS = 3
CANDIDATES = 4


class TelephonyCall(models.Model):
    """What the card on the screen shows and does; always as its own user."""

    _inherit = "telephony.call"

    # -- reading ---------------------------------------------------------------

    @api.model
    @api.readonly
    def get_cards(self):
        """Return the cards of all calls that concern the user right now.

        :return: list of cards, see `_card`, newest first
        """
        self._check_agent()
        user = self.env.user
        calls = self._in_all_companies().search(
            [
                ("state", "!=", "ended"),
                ("stale", "=", False),
                ("blocked", "=", False),
                "|",
                (
                    "leg_ids",
                    "any",
                    [("user_id", "=", user.id), ("state", "!=", "ended")],
                ),
                "&",
                ("owner_id", "=", user.id),
                ("leg_ids", "not any", [("user_id", "!=", False)]),
            ],
            limit=10,
        )
        return [call._card() for call in calls]

    @api.model
    @api.readonly
    def get_card(self, call_id):
        """Return the card of one call, or `False` when the user may not see it."""
        self._check_agent()
        call = self._for_card(call_id, raise_if_not=False)
        return call._card() if call else False

    # -- helpers -----------------------------------------------------------------

    def _check_agent(self):
        if not self.env.user.has_group("telephony_crm.group_telephony_agent"):
            raise AccessError(
                self.env._("Calls are for users with the telephony role.")
            )

    @api.model
    def _for_card(self, call_id, raise_if_not=True):
        """Return the call if the user may see it, at work in its company."""
        call = self._in_all_companies().browse(as_id(call_id)).exists()
        if call and call.has_access("read"):
            return call.with_company(call.company_id)
        if raise_if_not:
            raise AccessError(self.env._("This call is not one of yours."))
        return self.browse()

    @api.model
    def _in_all_companies(self):
        """Return self at work in all companies of the user.

        A phone rings whichever of them are ticked on the screen.
        """
        ids = [*self.env.companies.ids, *self.env.user._get_company_ids()]
        return self.with_context(allowed_company_ids=list(dict.fromkeys(ids)))

    # -- the card --------------------------------------------------------------------

    def _card(self):
        """Return all that the card shows, with the rights of its user.

        Times are UTC strings; ``now`` lets the screen reckon with its own clock.
        """
        self.ensure_one()
        call = self
        e164 = call.number_e164 or ""
        my_legs = call.leg_ids.filtered(lambda leg: leg.user_id == self.env.user)
        partner, lead, leads, lead_count = call._card_people()
        did = call.sudo().did_id
        candidates = call._card_candidates()
        agent = call.user_id.sudo()
        owner = call.owner_id.sudo()
        return {
            "id": call.id,
            "version": call.version,
            "state": call.state,
            "stale": call.stale,
            "direction": call.direction,
            "disposition": call.disposition or "",
            "answered_by": call.answered_by,
            "hidden": call.hidden,
            "number": call.number or "",
            "e164": e164,
            "number_formatted": numbers.international(e164)
            if e164
            else call.number or "",
            "number_national": numbers.national(e164) if e164 else "",
            "region": numbers.region(e164, self.env.lang or "en") if e164 else "",
            "colleague": call.direction == "internal" and call._colleague() or "",
            "did": bool(did)
            and {
                "id": did.id,
                "name": did.name or "",
                "number": numbers.international(did.e164) if did.e164 else did.number,
                "source": call.source_id.name or "",
            },
            "start_date": fields.Datetime.to_string(call.start_date),
            "answer_date": fields.Datetime.to_string(call.answer_date),
            "end_date": fields.Datetime.to_string(call.end_date),
            "talk_seconds": call.talk_seconds,
            "now": fields.Datetime.to_string(fields.Datetime.now()),
            "my_leg": next(
                (
                    state
                    for state in ("in_progress", "ringing", "ended")
                    if state in my_legs.mapped("state")
                ),
                "",
            ),
            "rings_others": bool(call.leg_ids.user_id) and not my_legs,
            "agent": bool(agent) and {"id": agent.id, "name": agent.name},
            "pbx_id": call.pbx_id.id,
            "call_ref": call.call_ref,
            "match_reason": call._match_words(),
            "ambiguous": call.match_reason == "ambiguous",
            "archived": bool(partner and not partner.active),
            "partner": bool(partner) and call._card_partner(partner),
            "lead": lead.id,
            "leads": leads,
            "lead_count": lead_count,
            "candidates": candidates,
            "responsible": owner.name or "",
            "history": call._card_history(),
            "note": call.note or "",
            "outcome_id": call.outcome_id.id,
            "outcomes": self.env["telephony.call.outcome"].search_read(
                [("company_id", "in", [False, call.company_id.id])],
                ["name"],
                limit=20,
            ),
            "blocked": call.blocked,
            "offer": call.sudo().pbx_id._creation_of(did.id)[0] != "none",
            "can": {
                "create_partner": not call.hidden
                and self.env["res.partner"].has_access("create"),
                "create_lead": self.env["crm.lead"].has_access("create"),
                "block": call._can_block(),
                "dial": bool(e164) and not call._never_rung_back(),
            },
        }

    def _match_words(self):
        """Say in the user's words why the call belongs to its record."""
        return dict(self._fields["match_reason"]._description_selection(self.env)).get(
            self.match_reason, ""
        )

    def _card_people(self):
        """Return contact, lead, open leads and their number, as far as readable."""
        partner = self.partner_id.with_context(active_test=False)
        if partner and not partner.has_access("read"):
            partner = partner.browse()
        lead = self.lead_id
        if not lead.has_access("read"):
            lead = lead.browse()
        if not (partner or lead) or not self.env["crm.lead"].has_access("read"):
            return partner, lead, [], 0
        domain = Domain("id", "=", lead.id)
        if partner:
            domain |= Domain("partner_id", "=", partner.id) & Domain(
                "won_status", "=", "pending"
            )
        found = self.env["crm.lead"].search(domain, limit=31)
        user = self.env.user
        leads = found.sorted(
            lambda item: (item != lead, item.user_id != user, -item.id)
        )
        return (
            partner,
            lead,
            [self._card_lead(item) for item in leads[:LEADS]],
            len(found),
        )

    def _card_partner(self, partner):
        company = partner.parent_id._filtered_access("read")
        return {
            "id": partner.id,
            "name": partner.name or partner.display_name,
            "company": company.name or partner.company_name or "",
            "function": partner.function or "",
            "image": f"/web/image/res.partner/{partner.id}/avatar_128",
            "email": partner.email or "",
        }

    def _card_candidates(self):
        """Return whom else the number could belong to, as far as readable."""
        if self.hidden or self.direction == "internal":
            return []
        if self.state == "ended" and self.match_reason != "ambiguous":
            return []
        match = (
            self.env["telephony.number"].sudo()._match(self.number, self.pbx_id.sudo())
        )
        candidates = []
        for model, res_id in match.candidates:
            record = self.env[model].browse(res_id)
            if len(candidates) == CANDIDATES or not record.has_access("read"):
                continue
            if record in (self.partner_id, self.lead_id):
                continue
            if model == "crm.lead":
                name, company = record.contact_name, record.partner_name
                lead = record.name if name else ""
            else:
                name = record.name
                company = "" if record.is_company else record.commercial_company_name
                lead = self._card_open_lead(record)
            candidates.append(
                {
                    "model": model,
                    "id": res_id,
                    "name": name or record.display_name,
                    "company": company or "",
                    "lead": lead,
                }
            )
        return candidates

    def _card_history(self):
        """Return the earlier calls with this caller in figures, two queries."""
        if self.partner_id:
            domain = [("partner_id", "=", self.partner_id.id)]
        elif self.number_e164:
            domain = [("number_e164", "=", self.number_e164)]
        else:
            return {"count": 0}
        domain += [("id", "!=", self.id), ("start_date", "<=", self.start_date)]
        count = self.search_count(domain, limit=100)
        last = self.search(domain, limit=1)
        return {
            "count": count,
            "last_date": fields.Datetime.to_string(last.start_date),
            "last_talk_seconds": last.talk_seconds,
            "last_disposition": last.disposition or "",
            "last_direction": last.direction or "",
            "last_agent": last.user_id.sudo().name or "",
        }

    def _card_lead(self, lead):
        """Return what the card shows of a lead."""
        activity = lead.activity_ids[:1]
        revenue = ""
        if lead.expected_revenue and lead.company_currency:
            revenue = format_amount(
                self.env, lead.expected_revenue, lead.company_currency
            )
        return {
            "id": lead.id,
            "name": lead.name,
            "contact": lead.contact_name or "",
            "company": lead.partner_name or "",
            "stage": lead.stage_id.name or "",
            "revenue": revenue,
            "user": lead.user_id.sudo().name or "",
            "mine": lead.user_id == self.env.user,
            "next_activity": bool(activity)
            and {
                "summary": activity.summary or activity.activity_type_id.name or "",
                "date": fields.Date.to_string(activity.date_deadline),
            },
        }

    def _card_open_lead(self, partner):
        """Return the name of a candidate's newest open lead, or an empty string."""
        domain = [("partner_id", "=", partner.id), ("won_status", "=", "pending")]
        lead = self.env["crm.lead"].search(domain, order="id desc", limit=1)
        return lead.name or ""
