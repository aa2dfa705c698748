"""Google Ads: the same conversions as a file that Google's Data Manager fetches.

Over HTTPS with a Basic password of its own; the first line must be the headers, so
there is none for the zone, and times carry theirs: ISO 8601 with offset. Source:
support.google.com/google-ads-data-manager 14184381.
"""

from __future__ import annotations

from .. import google_clicks, google_rows
from .google_upload import GoogleUpload


def _written(at):
    return f"{at:%Y-%m-%dT%H:%M:%S}+00:00"


class GoogleFeed(GoogleUpload):
    """The address answers with all rows of late each time; Google sorts out repeats."""

    kind = "google_feed"
    title = "Google Ads: feed to fetch"
    how = "feed"

    def file(self, conversions, settings, test=False):
        """See `Destination.file`."""
        rows = [] if test else google_rows.rows(conversions, settings, _written)
        return google_clicks.table([google_rows.headers(settings), *rows])


DESTINATION = GoogleFeed()
