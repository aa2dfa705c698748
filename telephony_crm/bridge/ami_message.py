"""AMI as bytes: lines end with CR LF, a blank line ends a message.

What comes is bounded, whatever it is: a message that is too long is skipped up to its
end and counted, and what is no header line is left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

#: Bytes of a line and of a message; Asterisk's own are a hundredth of that.
MAX_LINE = 64 * 1024
MAX_MESSAGE = 1024 * 1024

#: Events that say nothing of who talks with whom, and are most of all there are. They
#: are left out before they are read: that is what a busy PBX costs.
SILENT = frozenset(
    b"Event: " + name.encode()
    for name in (
        "ChallengeSent ContactStatus DeviceStateChange DTMFBegin DTMFEnd "
        "ExtensionStatus HangupHandlerPop HangupHandlerPush HangupHandlerRun "
        "HangupRequest LocalBridge LocalOptimizationBegin LocalOptimizationEnd "
        "MessageWaiting MusicOnHoldStart MusicOnHoldStop NewAccountCode "
        "NewConnectedLine PeerStatus QueueMemberStatus RTCPReceived RTCPSent "
        "SoftHangupRequest SuccessfulAuth TestEvent VarSet"
    ).split()
)

_end = re.compile(rb"\r?\n")
_name = re.compile(r"[\w.() -]{1,80}", re.ASCII)


class Parser:
    """Cuts what a socket hands over into messages.

    :ivar dirt: how many messages were too long, or held no header at all
    """

    def __init__(self):
        self.dirt = 0
        self._rest = b""
        self._lines: list[bytes] = []
        self._size = 0
        self._skips_line = self._skips_message = False

    def feed(self, data: bytes) -> Iterator[dict]:
        """Yield the messages that are complete by now.

        A header that comes several times has a list for its value.
        """
        data = self._rest + data
        at = 0
        for found in _end.finditer(data):
            line, at = data[at : found.start()], found.end()
            if self._skips_line:
                self._skips_line = False
            elif line:
                self._add(line)
            elif message := self._take():
                yield message
        self._rest = data[at:]
        if len(self._rest) > MAX_LINE:
            # A CR that is left belongs to the end of the line.
            self._rest = b"\r" if self._rest.endswith(b"\r") else b""
            self._skips_line = self._skips_message = True

    def _add(self, line):
        self._size += len(line)
        if len(line) > MAX_LINE or self._size > MAX_MESSAGE:
            self._skips_message = True
        if self._skips_message:
            self._lines.clear()
        else:
            self._lines.append(line)

    def _take(self):
        """Return the message that is complete; `None` if it is none."""
        lines, self._lines, self._size = self._lines, [], 0
        if self._skips_message:
            self._skips_message = False
            self.dirt += 1
            return None
        if lines and lines[0] in SILENT:
            return None
        message = read(lines)
        if lines and not message:
            self.dirt += 1
        return message or None


def read(lines: list[bytes]) -> dict:
    """Return the headers of some lines; what is none is left out."""
    message: dict = {}
    for line in b"\n".join(lines).decode(errors="replace").split("\n"):
        name, colon, value = line.partition(":")
        if not colon or not (name.isidentifier() or _name.fullmatch(name)):
            continue
        value = value.strip()
        if name not in message:
            message[name] = value
        elif isinstance(message[name], list):
            message[name].append(value)
        else:
            message[name] = [message[name], value]
    return message


def action(name: str, fields: Mapping[str, str | list[str]]) -> bytes:
    """Return the bytes of an action.

    :raises ValueError: for a name or a value that would begin another header
    """
    lines = [("Action", name)]
    for key, value in fields.items():
        values = value if isinstance(value, (list, tuple)) else [value]
        lines += [(key, one) for one in values]
    text = ""
    for key, value in lines:
        if not _name.fullmatch(key):
            raise ValueError(f"no name of a header: {key[:40]!r}")
        if re.search(r"[\r\n\0]", str(value)):
            raise ValueError(f"{key}: line breaks are not allowed")
        text += f"{key}: {value}\r\n"
    return f"{text}\r\n".encode()


def as_text(message: Mapping) -> str:
    """Return a message as AMI itself writes it."""
    lines = []
    for name, value in message.items():
        values = value if isinstance(value, list) else [value]
        lines += [f"{name}: {one}\r\n" for one in values]
    return "".join(lines) + "\r\n"


def list_as_text(items: Iterable[Mapping], names: Collection[str]) -> str:
    """Return a list as AMI answers it, with these headers of its items only."""
    kept = [{name: item[name] for name in names if name in item} for item in items]
    begin = {"Response": "Success", "EventList": "start"}
    end = {"EventList": "Complete", "ListItems": len(kept)}
    return "".join(map(as_text, (begin, *kept, end)))
