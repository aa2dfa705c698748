"""Ringostat's webhooks, whose fields the account's owner names.

Sources: help.ringostat.com 6559993 and 6313229 (by GET, POST, PUT or DELETE, as a form,
JSON or JSON-RPC; names are Latin without spaces, else they arrive as ``{{name}}``);
names met in public code. There is no signature: the secret address and the list of
allowed addresses carry all of it. A form lets the owner say which of their fields is
what; a `suggestion` fills it in, and `preview` shows what would be understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl

from . import clean, foreign
from .foreign import BadEvent, ForeignVisit

MAX_BODY = 65_536
#: Webhooks 2.0 nest some fields in these.
NESTED = ("additional_call_data",)
#: What a mapping is about, and names of theirs that it is suggested from. ``duration``
#: runs to hang-up, so it is not the talk.
TARGETS = {
    "call_ref": ("call_id", "uniqueid", "cdr_id"),
    "at": ("calldate", "call_date", "date"),
    "caller": ("caller_number", "caller", "E164"),
    "did": ("dst", "n_alias", "called_number"),
    "talk_seconds": ("billsec",),
    "how": ("insertion_type", "call_type", "pool_name"),
    "landing": ("landing", "landing_page", "url", "page"),
    "referrer": ("referrer", "referer"),
    "client_id": ("client_id", "ga_client_id", "clientId"),
    **{name: (name,) for name in (*clean.UTM, *clean.CLICK_IDS)},
}
#: "Insertion type", whatever it is called and written like.
KINDS = ("dynamic", "static", "callback")
#: Some accounts carry the click in ``utm_content``.
CLICK = "gclid_"


def fields(
    query: Mapping[str, str], body: bytes, content_type: str
) -> dict[str, object]:
    """Return the fields of a request by name, those of the body first.

    :param query: of the address; for JSON-RPC the body's ``params`` are the fields
    :raises BadEvent: when the body cannot be read
    """
    if len(body) > MAX_BODY:
        raise BadEvent("too long")
    kind = content_type.partition(";")[0].strip().lower()
    found: object = {}
    if body.strip():
        if kind.endswith("json") or body.lstrip()[:1] in (b"{", b"["):
            found = foreign.load(body)
            if isinstance(found, Mapping) and isinstance(
                found.get("params"), (dict, list)
            ):
                found = found["params"]
            if isinstance(found, list) and len(found) == 1:
                found = found[0]
        else:
            found = _form(body)
    if not isinstance(found, Mapping):
        raise BadEvent("no fields")
    return foreign.flat({**query, **found}, NESTED)


def _form(body):
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, max_num_fields=foreign.MAX_FIELDS
        )
    except ValueError as error:
        raise BadEvent("no form") from error
    return dict(pairs)


def suggestion(found: Mapping[str, object]) -> dict[str, str]:
    """Return which field of theirs is which of `TARGETS`, as far as names tell."""
    names = {name.lower(): name for name in found}
    return {
        target: next(names[name.lower()] for name in theirs if name.lower() in names)
        for target, theirs in TARGETS.items()
        if any(name.lower() in names for name in theirs)
    }


def read(
    found: Mapping[str, object], mapping: Mapping[str, str], tz: str, seen_at: datetime
) -> ForeignVisit:
    """Return what a request says.

    :param found: its `fields`
    :param mapping: which of `TARGETS` is which field of theirs
    :param tz: of the account
    :param seen_at: naive UTC, when it arrived
    """
    said = {
        target: foreign.value(found.get(name))
        for target, name in mapping.items()
        if target in TARGETS
    }
    host, landing, of_page = foreign.address(said.get("landing"))
    content = said.get("utm_content", "")
    if content.lower().startswith(CLICK):
        said["utm_content"] = ""
        said["gclid"] = said.get("gclid") or content[len(CLICK) :]
    used = set(mapping.values())
    return ForeignVisit(
        call_ref=said.get("call_ref", "")[:128],
        at=foreign.time(said.get("at"), tz, seen_at),
        caller=said.get("caller", "")[:40],
        did=said.get("did", "")[:40],
        talk_seconds=foreign.seconds(said.get("talk_seconds")),
        how=_how(said.get("how", "")),
        landing=landing,
        host=host,
        referrer=clean.referrer(said.get("referrer")),
        parameters={**of_page, **clean.parameters(said)},
        ids=clean.ids(said),
        extra={name: kept for name, kept in found.items() if name not in used},
    )


def _how(said):
    return next((kind for kind in KINDS if kind in said.lower()), "")


def preview(
    found: Mapping[str, object], mapping: Mapping[str, str], tz: str, seen_at: datetime
) -> list[tuple[str, str, str]]:
    """Return ``(target, what came, what is understood)`` of each mapped field.

    What is not understood has an empty third part.
    """
    visit = read(found, mapping, tz, seen_at)
    understood = {
        **visit.parameters,
        **visit.ids,
        "call_ref": visit.call_ref,
        "at": visit.at.isoformat(" ") if visit.at else "",
        "caller": visit.caller,
        "did": visit.did,
        "talk_seconds": "" if visit.talk_seconds is None else str(visit.talk_seconds),
        "how": visit.how,
        "landing": f"{visit.host}{visit.landing}",
        "referrer": visit.referrer,
    }
    return [
        (target, foreign.value(found.get(mapping[target])), understood.get(target, ""))
        for target in TARGETS
        if mapping.get(target)
    ]
