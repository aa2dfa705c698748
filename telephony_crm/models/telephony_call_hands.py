import logging

from odoo import api, models
from odoo.exceptions import AccessError

from ..pbx import adapter as pbx_adapter
from ..tools import transaction
from .telephony_call_recording import SUPERVISOR
from .telephony_pbx import ADMINISTRATOR

_logger = logging.getLogger(__name__)

# What can be asked for, and the capability of the PBX that it takes.
CAPABILITIES = {
    "hang_up": "hangup",
    "hold": "hold",
    "resume": "hold",
    "transfer": "transfer",
    "consult": "consult",
    "complete": "consult",
    "back": "consult",
    "press": "keypad",
    "record": "record",
    "unrecord": "record",
}
WITH_TARGET = ("transfer", "consult")
# Begins the names that are no channel: those of legs that the PBX has no id of.
UNNAMED = ("agent:", "external:", "customer:", "queue:", "ivr:", "voicemail:")


class TelephonyCall(models.Model):
    """What the PBX is asked to do with a call that goes on: the buttons of the card.

    For who takes part in it, and for supervisors of its team.
    """

    _inherit = "telephony.call"

    @api.model
    def control_call(self, call_id, action, target=""):
        """Have the PBX do something with the part of the user, or of the agent.

        :param action: one of `CAPABILITIES`
        :param target: number or extension to transfer to, or the keys to be pressed
        :return: the card as it is now; its ``problem`` is a sentence that says why
            it was not done, or empty
        :raises AccessError: for who neither takes part nor is a supervisor
        """
        self._check_agent()
        call = self._for_card(call_id)
        leg = call._part_in_hand()
        problem = call._control(leg, action, str(target or ""))
        return {**call._card(), "problem": problem}

    def _control(self, leg, action, target=""):
        """Do it, note it and return why it could not be done, or ``""``."""
        self.ensure_one()
        pbx = self.pbx_id.sudo()
        if not leg:
            return self.env._("The call is over.")
        channel = self._channel_of(leg)
        capability = CAPABILITIES.get(action, "")
        if not channel or not pbx._can(capability):
            return self.env._("%s cannot do this with this call.", pbx.name)
        number = target
        if action in WITH_TARGET:
            number, problem = self._may_call(leg, target)
            if problem:
                return problem
        noted = self._note_control(leg, action, number)
        try:
            ref = pbx._converse(self._steps(pbx, channel, action, number, noted))
        except pbx_adapter.PbxError as error:
            _logger.info("Call %s: %s failed: %s", self.id, action, error.code)
            transaction.begin(self.env)
            problem = pbx._in_words(error)
            noted.write({"state": "failed", "message": problem})
            return problem
        # The PBX may tell of it at this very moment: were what follows to collide with
        # that, Odoo would do all of it again, and the PBX be asked twice.
        transaction.begin(self.env)
        noted.write({"state": "done", "ref": isinstance(ref, str) and ref})
        self._after_change()
        if action == "unrecord":  # at last: nothing is written after its transaction
            self._expect_recorded()
        return ""

    def _steps(self, pbx, channel, action, number, noted):
        """Return the conversation with the PBX, see `pbx.call_control.CallControl`."""
        adapter, key = pbx._adapter(), pbx._credentials()
        if action == "record":
            # Not the call's reference, of which the PBX does not promise its letters.
            return adapter.start_recording(key, channel, f"odoo-{self.id}-{noted.id}")
        if action == "press":
            return adapter.press(key, channel, number)
        if action in WITH_TARGET:
            return getattr(adapter, action)(key, channel, number)
        method = {
            "hang_up": adapter.hang_up,
            "hold": adapter.hold,
            "resume": adapter.resume,
            "complete": adapter.complete_consult,
            "back": adapter.cancel_consult,
            "unrecord": adapter.stop_recording,
        }[action]
        return method(key, channel)

    # -- whose part it is --------------------------------------------------------------

    def _part_in_hand(self):
        """Return the leg that the user may act on: the own one, else the agent's.

        :raises AccessError: for who neither takes part nor is a supervisor
        """
        self.ensure_one()
        live = self.sudo().leg_ids.filtered(
            lambda leg: leg.user_id and leg.kind == "agent" and leg.state != "ended"
        )
        live = live.sorted(lambda leg: leg.state != "in_progress")
        mine = live.filtered(lambda leg: leg.user_id == self.env.user)
        if mine or (self.env.user in self.sudo().leg_ids.user_id and not live):
            return mine[:1]
        if not self._is_supervised():
            raise AccessError(
                self.env._(
                    "Only who takes part in a call, or a supervisor of its team, can "
                    "do this."
                )
            )
        return live[:1]

    def _is_supervised(self):
        """Tell whether the user is a supervisor of this call's team.

        Of a call of no team, as that of an extension without one, all supervisors may
        read: it is a team's only by who talks. With nobody in a team it is left to
        administrators.
        """
        self.ensure_one()
        user = self.env.user
        if user.has_group(ADMINISTRATOR):
            return self.has_access("read")
        if not user.has_group(SUPERVISOR) or not self.has_access("read"):
            return False
        call = self.sudo()
        live = call.leg_ids.filtered(
            lambda leg: leg.kind == "agent" and leg.user_id and leg.state != "ended"
        )
        teams = call.team_id or live.extension_id.team_id | live.user_id.crm_team_ids
        return user in teams.user_id | teams.member_ids

    def _channel_of(self, leg):
        """Return the PBX's id of the leg; empty when it is not known.

        A leg of which some events do not tell it has a name of ours: then the others
        do. Who has just placed the call has its first channel, whose id is the call's.
        """
        ref = leg.sudo().leg_ref or ""
        if not ref.startswith(UNNAMED):
            return ref
        self.env["telephony.pbx.event"].flush_model()
        self.env.cr.execute(
            """
            SELECT CASE WHEN payload->>'extension' = %(extension)s
                        THEN payload->>'leg_ref' ELSE call_ref END
              FROM telephony_pbx_event
             WHERE pbx_id = %(pbx)s AND call_ref = %(call_ref)s
               AND (payload->>'extension' = %(extension)s
                    AND payload->>'leg_ref' != ''
                    OR kind = 'started' AND payload->>'dialled_by' = %(extension)s)
             ORDER BY kind = 'started', id DESC
             LIMIT 1
            """,
            {
                "pbx": self.pbx_id.id,
                "call_ref": self.call_ref,
                "extension": leg.sudo().extension_id.number,
            },
        )
        found = self.env.cr.fetchone()
        return found[0] if found else ""

    # -- whom it goes to ---------------------------------------------------------------

    def _may_call(self, leg, target):
        """Tell whom a transfer goes to, and why it must not, counted as dialling.

        :return: an extension or E.164, and ``""`` or a sentence
        """
        dial = self.env["telephony.dial"]._forward(self, leg.extension_id, target)
        return dial.e164, "" if dial.state == "tied" else dial.message

    # -- the trace ---------------------------------------------------------------------

    def _name_of(self, number):
        """Return whom a number belongs to, as far as Odoo knows, or ``""``."""
        extensions = self.env["telephony.extension"].sudo()
        if known := extensions._by_number(self.pbx_id.id).get(number):
            return extensions.browse(known[0]).user_id.name or ""
        found = self.env["telephony.number"]._match(number, self.pbx_id.sudo())
        partner = self.env["res.partner"].sudo().browse(found.partner_id or [])
        lead = self.env["crm.lead"].sudo().browse(found.lead_id or [])
        return partner.name or lead.name or ""

    def _note_control(self, leg, kind, target=""):
        """Note what is about to be asked of the PBX, and never which keys.

        :return: `telephony.call.control` as superuser; empty for one's own keys
        """
        Control = self.env["telephony.call.control"].sudo()
        if kind == "press":
            if leg.user_id == self.env.user:
                return Control
            target = ""
        name = self._name_of(target) if target else ""
        whom = " · ".join(part[:64] for part in (target, name) if part)
        return Control.create(
            {
                "call_id": self.id,
                "user_id": self.env.uid,
                "agent_id": leg.user_id.id,
                "kind": kind,
                "target": whom or False,
            }
        )
