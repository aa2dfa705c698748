"""Google Ads: a file that takes back conversions of sales that were cancelled.

By order id, whichever road the conversion took. The file says ``RETRACT`` where the API
says ``RETRACTION``; a conversion is adjustable from 24 hours until 54 days after it.
"""

from __future__ import annotations

from datetime import timedelta

from .. import google_clicks
from ..conversion import Event, Refusal
from ..destination import Destination

HEADERS = (
    "Order ID",
    "Conversion Name",
    "Adjustment Time",
    "Adjustment Type",
    "Adjusted Value",
    "Adjusted Value Currency",
)
EARLIEST = timedelta(hours=24)
LATEST = timedelta(days=54)


class GoogleAdjustments(Destination):
    """Taking back twice is the same as once."""

    kind = "google_adjustments"
    family = google_clicks.FAMILY
    title = "Google Ads: file of cancelled sales"
    how = "file"
    batch = 2000
    deduplicates = True
    events = frozenset((Event.RETRACT,))
    settings = google_clicks.action_settings("Name of the conversion action")

    def unfit(self, conversion, settings, now):
        """See `Destination.unfit`. Codes: ``no_action, no_original, too_recent, …``."""
        if not google_clicks.action(conversion, settings):
            return Refusal("no_action")
        if not conversion.original or conversion.original_at is None:
            return Refusal("no_original")
        if now - conversion.original_at > LATEST:
            return Refusal("too_old")
        if now - conversion.original_at < EARLIEST:
            return Refusal("too_recent", until=conversion.original_at + EARLIEST)
        return None

    def file(self, conversions, settings, test=False):
        """See `Destination.file`. For a test, Google's "Preview" applies nothing."""
        rows = [
            (
                own.original,
                google_clicks.action(own, settings),
                f"{own.at:%Y-%m-%d %H:%M:%S}",
                "RETRACT",
                "",
                "",
            )
            for own in conversions
        ]
        return google_clicks.table([("Parameters:TimeZone=+0000",), HEADERS, *rows])


DESTINATION = GoogleAdjustments()
