"""Google Ads: a file of conversions that a person uploads.

First line ``Parameters:TimeZone=…``, times ``yyyy-MM-dd HH:mm:ss`` in that zone without
``T``, ``Z`` or offset: reports disagree about every other spelling. The zone is written
as the offset ``+0000``, which has no hour twice in autumn.
"""

from __future__ import annotations

from datetime import timedelta

from .. import google_clicks, google_rows
from ..destination import Destination


def _written(at):
    return f"{at:%Y-%m-%d %H:%M:%S}"


class GoogleUpload(Destination):
    """Google counts an order id once, so a file may be uploaded again."""

    kind = "google_upload"
    family = google_clicks.FAMILY
    title = "Google Ads: file to upload"
    how = "file"
    batch = 2000
    deduplicates = True
    oldest = timedelta(days=google_clicks.MAX_WINDOW_DAYS)
    settings = (
        *google_clicks.action_settings("Name of the conversion action"),
        google_clicks.WINDOW,
        google_clicks.ONE_PER_CLICK,
        google_clicks.CONTACTS,
    )

    def unfit(self, conversion, settings, now):
        """See `google_clicks.unfit`."""
        return google_clicks.unfit(conversion, settings, now)

    def file(self, conversions, settings, test=False):
        """See `Destination.file`. For a test, Google's "Preview" applies nothing."""
        rows = google_rows.rows(conversions, settings, _written)
        return google_clicks.table(
            [("Parameters:TimeZone=+0000",), google_rows.headers(settings), *rows]
        )


DESTINATION = GoogleUpload()
