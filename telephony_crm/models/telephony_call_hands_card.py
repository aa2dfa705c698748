from datetime import timedelta

from odoo import fields, models

# What each of these ends, the last of them tells how the part of an agent stands.
STANDS = ("hold", "resume", "consult", "complete", "back", "transfer")


class TelephonyCall(models.Model):
    """What the card shows of what can be done with a call."""

    _inherit = "telephony.call"

    control_ids = fields.One2many(
        "telephony.call.control",
        "call_id",
        string="Interventions",
        groups="telephony_crm.group_telephony_supervisor",
    )

    def _card(self):
        """Override to say what the PBX can be asked to do with the call."""
        return {**super()._card(), "control": self._card_control()}

    def _card_control(self):
        """Return what the user can do with the call by way of the PBX.

        :return: `False` when nothing; else ``can`` with a flag for each button,
            ``held``, ``recording``, ``consultation`` (`False` or who is being asked,
            and whether they talk) and ``responsible`` (`False` or name and extension,
            to transfer to)
        """
        self.ensure_one()
        pbx = self.pbx_id.sudo()
        if self.state == "ended" or not pbx._can("hangup"):
            return False
        leg = self.sudo().leg_ids.filtered(
            lambda one: (
                one.user_id == self.env.user
                and one.kind == "agent"
                and one.state != "ended"
            )
        )[:1]
        if not self._channel_of(leg):
            return False
        noted = self._controls_of(leg)
        stands = noted.filtered(lambda one: one.kind in STANDS)[:1]
        talking = leg.state == "in_progress" and self.state == "in_progress"
        held = talking and stands.kind == "hold"
        asking = talking and self._consultation_of(stands, leg)
        free = talking and not held and not asking
        return {
            "can": {
                "decline": leg.state == "ringing" and self.direction == "inbound",
                # Who hangs up while asking leaves the two to each other.
                "hang_up": not asking
                and (leg.state == "in_progress" or self.direction != "inbound"),
                "hold": (free or held) and pbx._can("hold"),
                "keypad": free and pbx._can("keypad"),
                "transfer": free and pbx._can("transfer"),
                "consult": free and pbx._can("consult"),
                "record": free and pbx._can("record"),
            },
            "held": bool(held),
            "recording": self._is_being_recorded(),
            "consultation": asking,
            "responsible": self._card_responsible(),
        }

    def _controls_of(self, leg):
        """Return what was done with the part of a leg's user, the last first."""
        return (
            self.env["telephony.call.control"]
            .sudo()
            .search(
                [
                    ("call_id", "=", self.id),
                    ("agent_id", "=", leg.user_id.id),
                    ("state", "=", "done"),
                    ("kind", "!=", "press"),
                ],
                limit=20,
            )
        )

    def _consultation_of(self, control, leg):
        """Return who is being asked by the user of ``leg``, `False` if nobody is.

        Who does not pick up, or hangs up, leaves the user with the caller again.
        """
        if control.kind != "consult":
            return False
        since = control.date - timedelta(seconds=1)
        rung = self.sudo().leg_ids.filtered(
            lambda one: (
                one != leg
                and one.kind in ("agent", "external")
                and one.ring_date
                and one.ring_date >= since
            )
        )
        live = rung.filtered(lambda one: one.state != "ended")
        if rung and not live:
            return False
        number, _dot, name = (control.target or "").partition(" · ")
        talking = any(live.mapped("is_asked"))
        return {"number": number, "name": name, "talking": talking}

    def _card_responsible(self):
        """Return the responsible user, if the call can be transferred there."""
        owner = self.sudo().owner_id
        if not owner or owner == self.env.user:
            return False
        extension = self.env["telephony.extension"].sudo()
        extension = extension.search(
            [("pbx_id", "=", self.pbx_id.id), ("user_id", "=", owner.id)], limit=1
        )
        return bool(extension) and {"name": owner.name, "number": extension.number}
