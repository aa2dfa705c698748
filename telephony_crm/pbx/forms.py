"""The fields of a posted form, whoever has parsed it or not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from email import policy
from email.parser import BytesParser
from urllib.parse import parse_qsl

from .adapter import PayloadError, Request
from .text import UNSTORABLE

MAX_FIELDS = 200


def fields(request: Request) -> dict[str, str]:
    """Return the fields of a request's body, values exactly as received.

    A framework usually has parsed the body already; if it has not, this reads
    urlencoded and multipart bodies (RFC 7578). Of a repeated field the first counts.

    :raises PayloadError: when the body is broken, or holds what cannot be stored
    """
    if request.form:
        pairs = [(str(name), str(value)) for name, value in request.form.items()]
    elif not request.body:
        pairs = []
    else:
        kind = request.headers.get("content-type", "")
        is_multipart = kind.partition(";")[0].strip().lower() == "multipart/form-data"
        read = _multipart if is_multipart else _urlencoded
        try:
            pairs = read(request.body, kind)
        except (ValueError, LookupError) as error:
            raise PayloadError(message="The form cannot be read.") from error
    if len(pairs) > MAX_FIELDS:
        raise PayloadError(message="The form has too many fields.")
    found: dict[str, str] = {}
    for name, value in pairs:
        if UNSTORABLE.search(name) or UNSTORABLE.search(value):
            raise PayloadError(message="The form holds what is no text.")
        found.setdefault(name, value)
    return found


def _urlencoded(body, _kind):
    return parse_qsl(
        body.decode(),
        keep_blank_values=True,
        strict_parsing=True,
        max_num_fields=MAX_FIELDS,
    )


def _multipart(body, kind):
    head = f"Content-Type: {kind}\r\n\r\n".encode("ascii")
    message = BytesParser(policy=policy.HTTP).parsebytes(head + body)
    if not message.is_multipart() or message.defects:
        raise ValueError("no multipart body")
    pairs = []
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        if not isinstance(name, str):
            raise ValueError("a part without a name")
        pairs.append((name, part.get_payload(decode=True).decode()))
    return pairs


def key_of(found: Mapping[str, str]) -> str:
    """Return what is the same for every repeat of a notification and for no other."""
    text = json.dumps(sorted(found.items()), ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
