from datetime import timedelta

from markupsafe import Markup

from odoo import fields, models
from odoo.tools import format_datetime

from .telephony_pbx import ADMINISTRATOR

# What came of a call that leaves the customer waiting, as nobody has decided otherwise.
NOT_REACHED = ("no_answer", "busy", "failed")


class TelephonyCallback(models.Model):
    """Whether the customer was reached, and when it is tried again if not."""

    _inherit = "telephony.callback"

    def _last_wish(self):
        """Return what was dialled last for it, as superuser."""
        wishes = self.env["telephony.dial"].sudo()
        return wishes.search([("callback_id", "=", self.id)], order="id desc", limit=1)

    def _note_call(self, call):
        """Go by the end of the call that was made: a talk has closed it before.

        The caller is alone for the number. Told once more of the same call, it stays.
        """
        self.ensure_one()
        if self.state != "open" or self.offer != "accepted":
            return
        if call.state != "ended" or self._last_wish().call_id != call:
            return
        if call.disposition in NOT_REACHED:
            self._try_again()
        else:
            # They spoke too shortly, or the agent hung up: a person goes on from here.
            self.write({"offer": "over", "due_date": self._due_by_now()})

    def _try_again(self):
        """Have it offered again later, as often as the PBX is set; then leave it."""
        self.ensure_one()
        pbx, now = self.pbx_id, fields.Datetime.now()
        if self.state != "open" or self.offer != "accepted":
            return
        if self.tries > pbx.offer_retries or not pbx._offers_calls():
            self.write({"offer": "over", "due_date": self._due_by_now()})
            self._tell_screens(self.user_id)
            return
        again = now + timedelta(minutes=pbx.offer_retry_minutes)
        at = self._opening(pbx, again)
        self.write({"offer": "waiting", "offer_date": at, "due_date": at})
        self._wake_offers(at)

    def _due_by_now(self):
        return min(self.due_date, fields.Datetime.now())


class TelephonyCall(models.Model):
    """The calls that fulfil what was promised, and what their line says of it."""

    _inherit = "telephony.call"

    dial_ids = fields.One2many("telephony.dial", "call_id", groups=ADMINISTRATOR)

    def _promised(self):
        """Return the call-back that this call was made for, or none; as superuser."""
        return self.sudo().dial_ids.callback_id[:1]

    def _settle_callback(self):
        """Override to keep how long it took to ring, and to try again."""
        self.invalidate_recordset(["dial_ids"])  # SQL ties them
        callback = self._promised()
        if callback:
            callback._note_ring(self)
        super()._settle_callback()
        if callback and not self.doubtful:
            callback._note_call(self)

    def _line(self, own):
        """Override to tell when they had asked to be called, and how soon it rang."""
        line = super()._line(own)
        callback = self._promised()
        if callback.asked_date:
            line["asked"] = fields.Datetime.to_string(callback.asked_date)
            line["ring_seconds"] = callback.ring_date and callback.ring_seconds
        return line

    def _line_body(self):
        """Override to have it in the text, too."""
        body = super()._line_body()
        callback = self._promised()
        if not callback.asked_date:
            return body
        env = self.with_context(lang=self.company_id.partner_id.lang).env
        zone = self.company_id.partner_id.tz or self.pbx_id.tz
        asked = format_datetime(env, callback.asked_date, tz=zone, dt_format="short")
        words = env._("Asked to be called back: %s", asked)
        if callback.ring_date:
            words = env._(
                "Asked to be called back: %(when)s, rang after %(seconds)s s",
                when=asked,
                seconds=callback.ring_seconds,
            )
        return body + Markup("<p>%s</p>") % words
