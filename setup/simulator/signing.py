"""Zadarma's two signatures: of a REST request, and of a webhook.

Sources: the vendor's PHP client (``lib/Client.php``, ``lib/Webhook/*.php``) and the
npm package ``zadarma`` 1.1.2 for the events whose ``result`` is signed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from urllib.parse import quote_plus, unquote_plus

DIALLED = ("caller_id", "called_did", "call_start")
SIGNED_FIELDS = {
    "NOTIFY_START": DIALLED,
    "NOTIFY_INTERNAL": DIALLED,
    "NOTIFY_INTERNAL_END": DIALLED,
    "NOTIFY_IVR": DIALLED,
    "NOTIFY_END": DIALLED,
    "NOTIFY_ANSWER": ("caller_id", "destination", "call_start"),
    "NOTIFY_OUT_START": ("internal", "destination", "call_start"),
    "NOTIFY_OUT_END": ("internal", "destination", "call_start"),
    "NOTIFY_RECORD": ("pbx_call_id", "call_id_with_rec"),
}


def parse_query(text: str) -> dict:
    """A query or form body as PHP reads it: ``a[b][]=x`` nests, the last one wins."""
    tree: dict = {}
    for pair in filter(None, text.split("&")):
        name, _, value = pair.partition("=")
        name, value = unquote_plus(name), unquote_plus(value)
        top, bracket, rest = name.partition("[")
        path = [top, *re.findall(r"\[([^\]]*)\]", bracket + rest)]
        _put(tree, path, value)
    return tree


def _put(tree, path, value):
    """Set ``value`` at ``path``; an empty part of it is the next free index."""
    for depth, part in enumerate(path):
        if not part and depth:
            taken = [int(key) for key in tree if key.isdigit()]
            part = str(max(taken, default=-1) + 1)
        if depth == len(path) - 1:
            tree[part] = value
        else:
            if not isinstance(tree.get(part), dict):
                tree[part] = {}
            tree = tree[part]


def build_query(params: dict) -> str:
    """The query as PHP's ``http_build_query`` writes it under RFC 1738."""
    return "&".join(f"{_quote(name)}={_quote(value)}" for name, value in _flat(params))


def _flat(params, prefix=""):
    for key, value in params.items():
        name = f"{prefix}[{key}]" if prefix else str(key)
        if isinstance(value, dict):
            yield from _flat(value, name)
        elif isinstance(value, (list, tuple)):
            yield from _flat({str(i): item for i, item in enumerate(value)}, name)
        else:
            yield name, str(value)


def _quote(text):
    """PHP's ``urlencode``; unlike Python's it encodes the tilde."""
    return quote_plus(text).replace("~", "%7E")


def sign_request(secret: str, path: str, params: dict) -> str:
    """The signature of a REST request.

    :param path: exactly as requested, from ``/v1/`` to the question mark
    :param params: as sent; only the top level is sorted
    """
    query = build_query(dict(sorted(params.items())))
    # MD5 and SHA-1 are the vendor's choice
    checksum = hashlib.md5(query.encode(), usedforsecurity=False).hexdigest()
    return _sign(secret, path + query + checksum, "hex")


def sign_event(secret: str, fields: dict, encoding: str) -> str:
    """The ``Signature`` header of a webhook with these fields.

    :param encoding: what base64 covers, ``hex`` text or ``raw`` digest
    """
    names = SIGNED_FIELDS.get(fields.get("event", ""), ("result",))
    return _sign(secret, "".join(fields.get(name, "") for name in names), encoding)


def _sign(secret, text, encoding):
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha1)
    covered = digest.hexdigest().encode() if encoding == "hex" else digest.digest()
    return base64.b64encode(covered).decode()


def same(left: str, right: str) -> bool:
    """Whether two signatures agree, in a time that tells nothing."""
    return hmac.compare_digest(left.encode(), right.encode())
