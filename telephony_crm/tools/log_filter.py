"""Keep secrets and telephone numbers that stand in addresses out of the logs.

The addresses of PBXs, phones and web sites hold a token, and some a caller's number.
Every server that prints what was asked for would print both.
"""

import logging
import re

#: The server's threads and workers; its evented process; requests of our own.
LOGGERS = ("werkzeug", "longpolling", "urllib3.connectionpool")

# Recordings are asked for by their id, which is no secret.
_token = re.compile(
    r"(/websocket/+telephony/+|/telephony/+(?!recording/)[\w-]+/+)[^/\s?#\"'.]+",
    re.IGNORECASE,
)
# A decoded address may hold quotes and blanks, so all is dropped up to the protocol.
_query = re.compile(r"(/telephony/[^\s?\"]*\?)(?:.*(?= HTTP/\d)|.*)", re.IGNORECASE)
_outgoing = re.compile(r"(/[^\s?\"]*\?)[^\s\"]+")


def redact(text):
    """Return ``text`` with the tokens and parameters of our addresses blotted out."""
    if "/telephony/" not in text.lower():
        return text
    return _query.sub(r"\1***", _token.sub(r"\1***", text))


def redact_outgoing(text):
    """Return ``text`` without the parameters of the address that was asked for."""
    return _outgoing.sub(r"\1***", text)


class AddressFilter(logging.Filter):
    """Redacts the addresses in a record before any handler sees it."""

    def filter(self, record):
        """Override to change the record; all records pass."""
        try:
            text = record.getMessage()
        except (TypeError, ValueError):  # the handler says what is wrong with it
            return True
        clean = redact_outgoing(text) if record.name == LOGGERS[-1] else redact(text)
        if clean != text:
            record.msg, record.args = clean, ()
        return True


def install():
    """Have the loggers redact; once, however often the addon is loaded."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(known, AddressFilter) for known in logger.filters):
            logger.addFilter(AddressFilter())
