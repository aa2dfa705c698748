from datetime import timedelta

from markupsafe import Markup, escape

from odoo import fields, models

from odoo.addons.mail.tools.discuss import Store

from ..pbx import numbers

# A line of a call that is older than this tells when the call was.
LATE_LINE = timedelta(minutes=10)


class TelephonyCall(models.Model):
    """The line of a call in the chatter of its lead, else of its contact.

    One a call, brought up to date when the call changes. On the screen it is shown from
    the call itself, see `mail.message`; its text is what is searched and printed.
    """

    _inherit = "telephony.call"

    message_id = fields.Many2one(
        "mail.message",
        string="Line in the Chatter",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
    )

    def _write_line(self):
        """Have the chatter say of this call what is known now, in one line."""
        self.ensure_one()
        record = self.lead_id or self.partner_id
        if self.direction == "internal" or self.imported or not record:
            self.message_id.unlink()
            return
        author = self._line_author()
        vals = {
            "model": record._name,
            "res_id": record.id,
            "body": self._line_body(),
            "author_id": author.id,
        }
        message = self.message_id
        if message:
            message.write(
                {
                    name: value
                    for name, value in vals.items()
                    if message._fields[name].convert_to_write(message[name], message)
                    != value
                }
            )
        else:
            message = self.message_id = record._message_log(
                body=vals["body"],
                author_id=author.id,
                email_from=author.email_formatted,
            )
        if self.start_date < message.date - LATE_LINE:
            message.date = self.start_date
        self._tell_line()

    def _line_author(self):
        """Return whose line it is: who talked or dialled, else the caller."""
        agent = self._line_agent().partner_id
        return agent or self.partner_id or self.env.ref("base.partner_root")

    def _line_agent(self):
        """Return who of ours spoke or dialled, or nobody."""
        if self.disposition == "answered" or self.direction == "outbound":
            return self.user_id
        return self.env["res.users"]

    def _line_body(self):
        """Return the line as text, in the company's language; never as markup."""
        call = self.with_context(lang=self.company_id.partner_id.lang)
        _ = call.env._
        number = numbers.international(self.number_e164 or "") or self.number
        length = "{}:{:02}".format(*divmod(self.talk_seconds, 60))
        dispositions = dict(
            self._fields["disposition"]._description_selection(call.env)
        )
        parts = [
            _("Outgoing call") if self.direction == "outbound" else _("Incoming call"),
            number or _("Hidden number"),
            length if self.talk_seconds else dispositions.get(self.disposition),
            self._line_agent().name,
            call.outcome_id.name,
        ]
        line = Markup("<p>%s</p>") % " · ".join(filter(None, parts))
        for paragraph in (self.note or "").splitlines():
            line += Markup("<p>%s</p>") % escape(paragraph)
        return line

    def _line(self, own):
        """Return what the screen shows of the call in the chatter.

        Who sees the chatter sees this much; the call itself and its sound are for who
        may see the call.

        :param own: this call as its reader may see it; empty when not at all
        """
        return {
            "id": own.id,
            "direction": self.direction,
            "disposition": self.disposition or "",
            "talk_seconds": self.talk_seconds,
            "number": numbers.international(self.number_e164 or "")
            or self.number
            or "",
            "line": self.did_id.name or "",
            "outcome": self.outcome_id.name or "",
            "note": self.note or "",
            "sounds": own.sounds or [],
        }

    def _tell_line(self):
        """Bring the chatters up to date that those who took part have open."""
        message = self.message_id
        self.env.flush_all()
        for user in self.participant_ids:
            if not self._works_here(user):
                continue
            own = message.with_user(user).with_context(lang=user.lang)
            if not own.has_access("read"):
                continue
            store = Store(bus_channel=user)
            store.add(own, ["body", "telephony_call"]).bus_send()
            user._bus_send(
                "telephony.call/line", {"model": message.model, "id": message.res_id}
            )

    def _works_here(self, user):
        return self.env["telephony.callback"]._works_for(user, self.company_id)
