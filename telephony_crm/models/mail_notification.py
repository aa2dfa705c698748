from odoo import fields, models

from odoo.addons.mail.tools.discuss import Store


class MailNotification(models.Model):
    """A text message that was not sent says in words why."""

    _inherit = "mail.notification"

    failure_type = fields.Selection(
        selection_add=[("telephony_refused", "Refused by the PBX")]
    )

    def _to_store_defaults(self, target):
        """Override to tell the reason as well, of text messages only."""
        return [
            *super()._to_store_defaults(target),
            Store.Attr(
                "failure_reason",
                predicate=lambda notification: notification.notification_type == "sms",
            ),
        ]
