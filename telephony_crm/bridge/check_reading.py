"""Which events the PBX lets a user of AMI have: ``read=`` of ``manager.conf``.

No answer to a login or to any other action tells it, and no record of a call comes
without a call. So the PBX is asked for what it knows of the user, or for what its file
says of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from .errors import PbxError

#: As manager.conf calls what the tracker and the records of calls are made of: without
#: agents no queue is seen. Menus and mailboxes are seen by the steps of the dialplan,
#: or else by the records.
CALLS, AGENTS, RECORDS, STEPS = "call", "agent", "cdr", "dialplan"
LOOPBACK = ("localhost", "::1")

_shown = re.compile(r"\s*read perm:\s*(.*)", re.IGNORECASE)
_written = re.compile(r"\s*read\s*=>?\s*(.*)", re.IGNORECASE)


def needed(has_table: bool) -> dict[str, Collection[str]]:
    """Return which classes calls need, each with those that do instead of it.

    :param has_table: the records are read from the PBX's table
    """
    return {CALLS: (), AGENTS: (), RECORDS: (STEPS,) if has_table else ()}


def lacking(
    client,
    allowed: Collection[str],
    asterisk,
    needed: Mapping[str, Collection[str]],
):
    """Return which of the classes that are needed a user is not told of.

    :param client: a connection to AMI
    :param allowed: names of the actions that it may take, in lower case
    :param asterisk: `config_sections.AsteriskConfig`
    :param needed: as the function of this name returns it
    :return: names, or ``None`` when the PBX does not say
    """
    try:
        found = _told(client, allowed, asterisk)
    except (PbxError, ValueError):
        found = None
    if found is None:
        return None
    names = {name.strip().lower() for name in found.split(",")}
    return [name for name in needed if not names & {name, "all", *needed[name]}]


def _told(client, allowed, asterisk):
    """Return the classes as the PBX writes them; ``None``: it does not say."""
    user = asterisk.ami_user
    if "command" in allowed:
        answer = client.action("Command", Command=f"manager show user {user}")
        found = _last(_shown, answer.get("Output"))
        if found is not None:
            return found
    # The file says the secret as well, which else does not go over the line.
    if "getconfig" not in allowed or not _is_private(asterisk):
        return None
    answer = client.action("GetConfig", Filename="manager.conf", Category=user)
    if not any(name.lower().startswith("category-") for name in answer):
        return None  # it stands somewhere else
    lines = [text for name, text in answer.items() if name.lower().startswith("line-")]
    return _last(_written, lines) or ""


def _is_private(asterisk):
    """Tell whether nobody learns the secret who could not hear it at the login."""
    host = asterisk.ami_host.lower()
    is_here = host in LOOPBACK or host.startswith("127.")
    return bool(asterisk.ami_url or asterisk.ami_tls or is_here)


def _last(shape, lines):
    """Return what the last of some lines says that has this shape."""
    lines = [lines] if isinstance(lines, str) else lines or []
    found = [match[1] for line in lines if (match := shape.fullmatch(str(line)))]
    return found[-1] if found else None
