import logging

from psycopg2 import OperationalError

from odoo import api, models
from odoo.exceptions import ConcurrencyError

from ..pbx import numbers
from ..tools.transaction import lock
from .telephony_did import CREATES

_logger = logging.getLogger(__name__)


class TelephonyCall(models.Model):
    """Contacts and leads that unknown callers become by themselves.

    Once for a number, however many of its calls arrive at the same moment: who looks
    for the number's record, and makes one where there is none, is alone for the number
    until what was made is there for all to see.
    """

    _inherit = "telephony.call"

    @api.model
    def _lock_for_creation(self, pbx, state):
        """Be alone for the number, before the call is read, if it may become somebody.

        :param state: `pbx.call_state.CallState`
        """
        if not pbx._ever_creates():
            return
        number = numbers.parse(state.number or "", pbx._countries()).e164
        if number:
            lock(self.env.cr, "number", pbx.company_id.id, number)

    def _try_to_create(self):
        """Create what the policy asks for; whatever fails there, the call stays.

        What fails is tried again when the call has ended. The caller is alone for the
        number.

        :return: whether the call belongs to somebody now whom it did not belong to
        """
        try:
            return self._create_if_wanted()
        except (OperationalError, ConcurrencyError):
            raise
        except Exception:
            _logger.exception("Call %s: nothing was created for its caller", self.id)
            return False

    def _create_if_wanted(self):
        """Create what the policy asks for, all of it or nothing.

        :return: see `_try_to_create`
        """
        self.ensure_one()
        if not self._is_to_be_created():
            return False
        with self.env.cr.savepoint():
            self._create_by_policy()
        return True

    def _is_to_be_created(self):
        """Tell whether the policy wants a record for this caller, and now.

        Never for who hides the number, is blocked, is one of ours, could be several,
        or was said to be none of them; nor for a call that was found only later, which
        brings about a call-back and nothing else.
        """
        policy, create_on = self.pbx_id._creation_of(self.did_id.id)
        if policy not in CREATES or self.imported or self.blocked or self.hidden:
            return False
        if self.partner_id or self.lead_id or self.match_reason != "none":
            return False
        if not self._was_heard_live():
            return False
        if not self.number_e164 or self.direction == "internal":
            return False
        if self.direction == "outbound" and not self.pbx_id.create_outbound:
            return False
        if create_on == "answer":
            return self.answered_by == "person"
        return create_on == "start" or self.state == "ended"

    def _create_by_policy(self):
        """Tie the call to the record that its number has got meanwhile, or make one."""
        pbx = self.pbx_id
        vals = self._vals_of_number(
            pbx,
            {
                "direction": self.direction,
                "hidden": self.hidden,
                "number": self.number,
                "number_e164": self.number_e164,
            },
            self.user_id.id,
        )
        if vals["match_reason"] == "none" and not vals.get("blocked"):
            vals = {**self._vals_of_created(), "match_reason": "created"}
        self._update(vals)

    def _vals_of_created(self):
        """Create contact, lead or both; return whose the call is then."""
        policy, _create_on = self.pbx_id._creation_of(self.did_id.id)
        call = self.with_context(lang=self.company_id.partner_id.lang)
        user = self._user_of_created()
        # Who has just answered need not be told of it by mail.
        quiet = self.with_context(
            mail_auto_subscribe_no_notify=user == self.user_id, telephony_of_call=True
        )
        partner, lead = quiet.env["res.partner"], quiet.env["crm.lead"]
        if policy in ("contact", "both"):
            partner = partner.create(call._vals_of_created_partner(user))
        if policy in ("lead", "both"):
            lead = lead.create(call._vals_of_created_lead(user, partner))
        return {
            "partner_id": partner.id or lead.partner_id.id,
            "lead_id": lead.id,
            "owner_id": user.id,
        }

    def _user_of_created(self):
        """Return who becomes responsible: the number's user, else who answered."""
        works_for = self.env["telephony.callback"]._works_for
        answered = self.user_id if self.answered_by == "person" else self.user_id[:0]
        for user in (self.did_id.user_id, answered):
            if user and works_for(user, self.company_id):
                return user
        return self.env["res.users"]

    def _vals_of_created_partner(self, user):
        phone = numbers.international(self.number_e164)
        return {
            "name": phone,
            "phone": phone,
            "user_id": user.id,
            "company_id": False,
        }

    def _vals_of_created_lead(self, user, partner):
        phone = numbers.international(self.number_e164)
        name = self.env._("Call from %s", phone)
        if self.direction == "outbound":
            name = self.env._("Call to %s", phone)
        is_lead = self.env.user.has_group("crm.group_use_lead")
        vals = {
            "name": " · ".join(filter(None, (name, self.did_id.name))),
            "phone": phone,
            "partner_id": partner.id,
            "type": "lead" if is_lead else "opportunity",
            "user_id": user.id,
            "company_id": self.company_id.id,
            "source_id": self.source_id.id,
            "medium_id": self.medium_id.id,
            "campaign_id": self.campaign_id.id,
        }
        if self.team_id:
            vals["team_id"] = self.team_id.id
        return vals
