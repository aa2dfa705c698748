from markupsafe import escape

from odoo import fields, models
from odoo.tools import format_datetime

#: Who asks so, may be anybody, for any number.
BY_STRANGERS = ("widget", "form", "lead")


class TelephonyCallback(models.Model):
    """What somebody cannot do to a call-back that is due, by asking for it.

    Anybody can ask for any number, also for a customer's who waits for our call. So a
    request from outside has them called earlier at most, and what else it says is
    noted in the chatter.
    """

    _inherit = "telephony.callback"

    def _is_guarded(self, asked_by):
        """Tell whether it is open already, and a request comes from outside.

        Then it keeps whose it is, the name it has, and the time at which it is due.
        """
        return bool(self) and asked_by in BY_STRANGERS

    def _is_put_off_to(self, promised):
        """Tell whether it would be done later if it were done as promised now."""
        return promised > max(self.due_date, fields.Datetime.now())

    def _offer_besides(self, promised):
        """Offer it at the time that was promised, if it is still open then."""
        until = self.offer == "waiting" and self.offer_date
        if (not until or promised < until) and self.pbx_id._offers_calls():
            self.write({"offer": "waiting", "offer_date": promised})
            self._wake_offers(promised)

    def _earlier(self, vals, before):
        """Return values of an escalation that is no later than it was.

        :param before: when others were to be told; empty if not at all
        """
        if not (before and vals["escalate_date"]):
            return vals
        return {"escalate_date": min(before, vals["escalate_date"])}

    def _note_wish(self, asked_by, name, promised):
        """Note what a request says that changes nothing else.

        :param promised: when they want to be called, if that is not when it is due
        """
        env = self.with_context(lang=self.user_id.lang or self.env.lang).env
        _ = env._
        name = "" if name == self.asked_name else name
        words = []
        if promised:
            zone = self.pbx_id.tz
            words.append(
                _(
                    "Somebody has asked to be called at %(when)s (%(zone)s). It stays "
                    "due when it was, since anybody can ask for any number.",
                    when=format_datetime(env, promised, zone, dt_format="short"),
                    zone=zone,
                )
            )
        if name:
            words.append(_("The name that was given: %s", name))
        if words:
            by = dict(self._fields["asked_by"]._description_selection(env))
            self._message_log(body=escape(f"{by[asked_by]}: {' '.join(words)}"))
