from odoo import api, models
from odoo.fields import Domain

from odoo.addons.mail.tools.discuss import Store

FIELD = "telephony_call"
# More lines of leads than anybody reads back in a contact's chatter.
LINES = 1000


class MailMessage(models.Model):
    """Messages that are the line of a call."""

    _inherit = "mail.message"

    def _to_store_defaults(self, target):
        return [*super()._to_store_defaults(target), FIELD]

    def _to_store(self, store: Store, fields, **kwargs):
        """Override to tell of the calls, all with the same few queries."""
        super()._to_store(store, [name for name in fields if name != FIELD], **kwargs)
        if FIELD in fields:
            is_reader = store.target.is_current_user(self.env)
            for message, line in self._telephony_lines(is_reader):
                store.add(message, {FIELD: line})

    def _telephony_lines(self, is_reader):
        """Return these messages' calls as the chatter shows them.

        :param is_reader: it is the user of the environment to whom they are shown
        :return: list of ``(message, line)``, see `telephony.call._line`
        """
        messages = self.filtered(
            lambda message: (
                message.message_type == "notification"
                and message.model in ("crm.lead", "res.partner")
            )
        )
        if not messages:
            return []
        # Who reads the message may know of the call what the message says.
        calls = self.env["telephony.call"].sudo()
        calls = calls.search([("message_id", "in", messages.ids)])
        own = calls.sudo(False)._filtered_access("read") if is_reader else ()
        return [
            (
                self.browse(call.message_id.id),
                call._line(
                    call.sudo(False) if call in own else self.env["telephony.call"]
                ),
            )
            for call in calls
        ]

    @api.model
    def _message_fetch(self, domain, *, thread=None, search_term=None, **options):
        """Override to list in a contact's chatter the calls of its leads, too."""
        if thread and thread._name == "res.partner" and not search_term:
            lines = self._telephony_lines_of_leads(thread)
            if lines:
                of_thread = (
                    Domain("res_id", "=", thread.id)
                    & Domain("model", "=", thread._name)
                    & Domain("message_type", "!=", "user_notification")
                )
                domain = Domain(True if domain is None else domain)
                domain &= of_thread | Domain("id", "in", lines)
                thread = None
        return super()._message_fetch(
            domain, thread=thread, search_term=search_term, **options
        )

    @api.model
    def _telephony_lines_of_leads(self, partner):
        """Return the ids of the lines that stand with leads of a contact.

        Only of leads that the user may see. As ids, since the database cannot use an
        index for one message among all for a condition on another table.
        """
        Lead = self.env["crm.lead"].with_context(active_test=False)
        if not Lead.has_access("read"):
            return []
        calls = self.env["telephony.call"].sudo()
        calls = calls.search_fetch(
            [
                ("partner_id", "=", partner.id),
                ("lead_id", "!=", False),
                ("message_id", "!=", False),
            ],
            ["lead_id", "message_id"],
            order="start_date desc",
            limit=LINES,
        )
        readable = Lead.search([("id", "in", calls.lead_id.ids)])
        return [
            call.message_id.id for call in calls if call.lead_id.id in readable._ids
        ]
