"""A PBX that posts what a test wants it to, many notifications at once."""

import base64
import hashlib
import hmac
import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

import requests

SECRET = b"testsecret"
DID = "442037691881"
_numbers = itertools.count(442079460000)


def caller():
    """Return a number that nobody has called from yet."""
    return str(next(_numbers))


class Pbx:
    """Zadarma, as far as its signed notifications go.

    :param url: the webhook's whole address
    """

    def __init__(self, url):
        self.url = url

    def fields(self, event, call_ref, number, **more):
        """Return the fields of a notification of an inbound call."""
        now = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
        common = {
            "event": event,
            "call_start": now,
            "pbx_call_id": call_ref,
            "caller_id": number,
        }
        third = "destination" if event == "NOTIFY_ANSWER" else "called_did"
        return {**common, third: DID, **more}

    def post(self, fields, timeout=60):
        """Post signed fields; return the response."""
        third = "destination" if fields["event"] == "NOTIFY_ANSWER" else "called_did"
        text = fields["caller_id"] + fields[third] + fields["call_start"]
        digest = hmac.new(SECRET, text.encode(), hashlib.sha1).hexdigest()
        signature = base64.b64encode(digest.encode()).decode()
        return requests.post(
            self.url, data=fields, headers={"Signature": signature}, timeout=timeout
        )

    def post_at_once(self, notifications):
        """Post all at the same moment; return the responses in their order."""
        with ThreadPoolExecutor(len(notifications)) as pool:
            return list(pool.map(self.post, notifications))
