"""Google Ads: a file that takes back cancelled sales, or says what others are worth.

By order id, whichever road the conversion took. The file says ``RETRACT`` and
``RESTATE`` where the API says ``RETRACTION`` and ``RESTATEMENT``; a conversion is
adjustable from 24 hours until 54 days after it. Of several restatements the one with
the latest time holds, and nothing more is done to what was taken back.
"""

from __future__ import annotations

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
TYPES = {Event.RETRACT: "RETRACT", Event.RESTATE: "RESTATE"}


class GoogleAdjustments(Destination):
    """Taking back twice is the same as once."""

    kind = "google_adjustments"
    family = google_clicks.FAMILY
    title = "Google Ads: file of cancelled sales"
    how = "file"
    batch = 2000
    deduplicates = True
    events = frozenset(TYPES)
    adjusts_until = google_clicks.ADJUSTED_UNTIL
    settings = google_clicks.action_settings("Name of the conversion action")

    def unfit(self, conversion, settings, now):
        """See `Destination.unfit` and `google_clicks.unfit_adjustment`."""
        if not google_clicks.action(conversion, settings):
            return Refusal("no_action")
        return google_clicks.unfit_adjustment(conversion, now)

    def file(self, conversions, settings, test=False):
        """See `Destination.file`. For a test, Google's "Preview" applies nothing."""
        rows = [_row(own, google_clicks.action(own, settings)) for own in conversions]
        return google_clicks.table([("Parameters:TimeZone=+0000",), HEADERS, *rows])


def _row(own, action):
    is_worth = own.event == Event.RESTATE
    return (
        own.original,
        action,
        f"{own.at:%Y-%m-%d %H:%M:%S}",
        TYPES[own.event],
        google_clicks.value(own.amount) if is_worth else "",
        own.currency if is_worth else "",
    )


DESTINATION = GoogleAdjustments()
