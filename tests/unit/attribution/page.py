"""A page that speaks to us, for the tests."""

import json

from telephony_crm_tracking.attribution.visit import parse

KEY = "q3Xz_9-kLm01"
VISIT = {
    "k": "",
    "u": "/boilers",
    "h": "Shop.Example.com:8080",
    "q": {"utm_source": "google", "utm_term": "boiler repair", "gclid": "Cj0K_a-1"},
    "r": "www.google.com/",
    "n": ["+44 20 3769 1880", "+442037691880"],
    "c": {"a": "granted", "d": "denied", "by": "tcf"},
    "g": {
        "client_id": "123.456",
        "session_id": "1700000000",
        "fbc": "fb.1.1554763741205.AbCdEf",
        "fbp": "fb.1.1596403881668.1116446470",
    },
    "p": "",
}


def said(**changes):
    """Return what the visit says with some of it changed."""
    return parse(json.dumps({**VISIT, **changes}).encode())
