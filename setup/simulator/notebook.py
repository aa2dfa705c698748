"""Takes the events of a call as a ``Poster`` does, and posts none of them."""

from __future__ import annotations

from datetime import datetime


class Notebook:
    """For calls of the past, and for those whose events a test delivers by itself.

    :param keep: note each event in the call's ``deliveries``
    """

    def __init__(self, keep: bool = True):
        self.keep = keep

    def post(self, call, fields: dict, at: datetime) -> dict:
        """Note an event; nobody replies to it."""
        if self.keep:
            call.deliveries.append(
                {
                    "event": fields["event"],
                    "at": at.isoformat(),
                    "fields": fields,
                    "fate": "noted",
                    "status": None,
                }
            )
        return {}

    def finish(self, call):
        """Nothing is on its way."""
