#!/usr/bin/env python3
"""Sends one event to Odoo and prints the answer. See pbx/event.schema.json.

    TELEPHONY_URL=https://odoo.example/telephony/webhook/… TELEPHONY_SECRET=… \
        send_event.py event.json        (or - for standard input)

Needs nothing but Python 3. A program of yours can import `send`.
"""

import hashlib
import hmac
import json
import os
import secrets
import sys
import time
import urllib.error
import urllib.request


def send(url, secret, event, timeout=10):
    """Send an event; return Odoo's answer, an object of JSON.

    What fails may be sent again for as long as it takes: each attempt is signed anew,
    and the event's own ``id`` tells Odoo that it is the same.

    :param event: an object as in ``event.schema.json``
    :raises urllib.error.HTTPError: 400 with what is wrong with the event, 403 when the
        signature or the clock is wrong, 5xx when it was not stored
    """
    body = json.dumps(event).encode()
    sent_at, nonce = str(int(time.time())), secrets.token_hex(16)
    signed = f"{sent_at}.{nonce}.".encode() + body
    request = urllib.request.Request(
        url,
        data=body,
        headers={
            "Content-Type": "application/json",
            "X-Telephony-Time": sent_at,
            "X-Telephony-Nonce": nonce,
            "X-Telephony-Signature": hmac.new(
                secret.encode(), signed, hashlib.sha256
            ).hexdigest(),
        },
    )
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        return json.load(answer)


def main():
    """Send the event that the first argument names."""
    path = sys.argv[1] if len(sys.argv) > 1 else "-"
    with sys.stdin if path == "-" else open(path, encoding="utf-8") as source:
        event = json.load(source)
    try:
        answer = send(
            os.environ["TELEPHONY_URL"], os.environ["TELEPHONY_SECRET"], event
        )
    except urllib.error.HTTPError as error:
        sys.exit(f"{error.code}: {error.read().decode(errors='replace')}")
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
