from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_date

#: A feed is fetched every day; a file is uploaded by people.
UNFETCHED, UNUPLOADED = timedelta(days=2), timedelta(days=7)


class TelephonyTrackingDestination(models.Model):
    """Whether feeds are fetched, and files uploaded."""

    _inherit = "telephony.tracking.destination"

    def _health_findings(self):
        """Override to say that nobody takes what is there."""
        more = [self._finding_of_feed(), self._finding_of_file()]
        return [*super()._health_findings(), *filter(None, more)]

    def _finding_of_feed(self):
        if self.how != "feed":
            return None
        if not self.password_stored:
            return self._finding(
                "error",
                "no_password",
                self.env._("The feed is closed until it has a password."),
                "action_new_password",
                self.env._("Make a password"),
            )
        now = fields.Datetime.now()
        if (self.fetch_date or self.create_date) > now - UNFETCHED:
            return None
        if not self.fetch_date:
            words = self.env._(
                "Nobody has fetched the feed yet. Enter its address, user and password "
                "as a connection of the kind HTTPS."
            )
        else:
            words = self.env._(
                "The feed was last fetched on %s. Look there whether the connection "
                "still works.",
                format_date(self.env, self.fetch_date),
            )
        return self._finding("warning", "unfetched", words)

    def _finding_of_file(self):
        """Say that nobody has uploaded for long, since clicks grow too old."""
        if self.how != "file":
            return None
        before = fields.Datetime.now() - UNUPLOADED
        count = self.env["telephony.tracking.conversion"].search_count(
            [
                ("destination_id", "=", self.id),
                ("state", "=", "waiting"),
                ("create_date", "<", before),
            ]
        )
        if not count:
            return None
        return self._finding(
            "warning",
            "not_uploaded",
            self.env._(
                "Conversions that have waited for more than a week to be uploaded, and "
                "grow too old: %s.",
                count,
            ),
            "action_get_file",
            self.env._("Get the file"),
        )
