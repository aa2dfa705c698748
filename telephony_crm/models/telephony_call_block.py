from odoo import api, fields, models
from odoo.exceptions import UserError

from .telephony_call_recording import SUPERVISOR


class TelephonyCall(models.Model):
    """Refusing the calls of an unknown caller from now on."""

    _inherit = "telephony.call"

    number_blocked = fields.Boolean(
        string="Blocked Now",
        compute="_compute_number_blocked",
        help="Calls from this number are refused.",
    )
    can_block = fields.Boolean(compute="_compute_number_blocked")
    can_unblock = fields.Boolean(compute="_compute_number_blocked")

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("number_e164", "company_id", "match_reason", "partner_id", "lead_id")
    def _compute_number_blocked(self):
        """Say what the buttons of the form are for; for the one call in it."""
        for call in self:
            blocks = call._blocks()
            call.number_blocked = bool(blocks)
            call.can_block = not blocks and call._can_block()
            # `sudo` has shown that there are some, not that they may be lifted.
            own = blocks.sudo(False)
            call.can_unblock = bool(own) and own.has_access("write")

    @api.model
    def card_block(self, call_id):
        """Block the number of an unknown caller: it is refused from now on.

        For the company that was called. To lift the block is for supervisors.
        """
        self._check_agent()
        call = self._for_card(call_id)
        call._block()
        return call._card()

    def action_block(self):
        """Do the same as `card_block`, from the call's form."""
        self._check_agent()
        for call in self:
            self._for_card(call.id)._block()
        return True

    def action_unblock(self):
        """Have the number of the call ring again, as far as the user may lift it."""
        for call in self:
            call.check_access("read")
            call._blocks().sudo(False).write({"expires": fields.Datetime.now()})
        return True

    def _block(self):
        if not self._can_block():
            raise UserError(
                self.env._("Only an unknown caller with a number can be blocked.")
            )
        self.env["telephony.blocked.number"].sudo()._block(
            self.number_e164,
            self.company_id,
            self.env._("Blocked from a call by %s", self.env.user.name),
        )
        callbacks = self.env["telephony.callback"].sudo()
        callbacks = callbacks._open_of(self.company_id, self.number_e164)
        if callbacks:
            callbacks._close(user=self.env.user)

    def _blocks(self):
        """Return the blocks that hold for the number of the call, all of them."""
        blocks = self.env["telephony.blocked.number"].sudo()
        call = self.sudo()
        if not call.number_e164:
            return blocks
        now = fields.Datetime.now()
        return blocks.search(
            [
                ("e164", "=", call.number_e164),
                ("company_id", "in", [False, call.company_id.id]),
                "|",
                ("expires", "=", False),
                ("expires", ">", now),
            ]
        )

    def _can_block(self):
        """Tell whether the user may block the caller: an unknown one with a number.

        Contacts and leads count that the user may not read, too, and those that came
        after the call. Where several have the number it takes a person who says that
        it is none of them; whose it is for certain, only a supervisor can block.
        """
        call = self.sudo()
        own = self.env["telephony.did"]._own_numbers(call.company_id.id)
        if (
            call.direction != "inbound"
            or not call.number_e164
            or call.number_e164 in own
            or call.match_reason in ("own", "ambiguous")
            or call.partner_id
            or call.lead_id
        ):
            return False
        match = self.env["telephony.number"].sudo()._match(call.number, call.pbx_id)
        if match.reason == "none":
            return True
        if call.match_reason != "refused":
            return False
        return match.reason == "ambiguous" or self.env.user.has_group(SUPERVISOR)
