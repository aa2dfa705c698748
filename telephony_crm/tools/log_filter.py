"""Keep secrets and telephone numbers out of what others log.

The addresses of PBXs, phones and web sites hold a token, and some a caller's number.
Every server that prints what was asked for would print both. And Odoo prints each
statement that fails with all that it was to write.
"""

import logging
import re

from .mask import COLUMNS

# Recordings are asked for by their id, which is no secret.
_token = re.compile(
    r"(/websocket/+telephony/+|/telephony/+(?!recording/)[\w-]+/+)[^/\s?#\"'.]+",
    re.IGNORECASE,
)
# A decoded address may hold quotes and blanks, so all is dropped up to the protocol.
_query = re.compile(r"(/telephony/[^\s?\"]*\?)(?:.*(?= HTTP/\d)|.*)", re.IGNORECASE)
_outgoing = re.compile(r"(/[^\s?\"]*\?)[^\s\"]+")
# A look-up that takes too long is cut off, as a matter of course, with its number. The
# last one is of the addon that tracks calls, and there is one filter for all.
_lookups = (
    "telephony_number_find",
    "telephony_blocked_number",
    "telephony_tracking_candidates",
)
_secret = re.compile(rf"\b({'|'.join(sorted(COLUMNS.union(_lookups)))})\b")
_literal = re.compile(r"'(?:[^']|'')*(?:'|$)")


def redact(text):
    """Return ``text`` with the tokens and parameters of our addresses blotted out."""
    if "/telephony/" not in text.lower():
        return text
    return _query.sub(r"\1***", _token.sub(r"\1***", text))


def redact_outgoing(text):
    """Return ``text`` without the parameters of the address that was asked for."""
    return _outgoing.sub(r"\1***", text)


def redact_statement(text):
    """Return an SQL statement and its error without values, if some are not for logs.

    What the database says beyond one line quotes the statement and the whole row.
    """
    if "telephony_" not in text or not _secret.search(text):
        return text
    statement, error, words = text.partition("\nERROR: ")
    return _literal.sub("'***'", statement) + error + words.split("\n", 1)[0]


#: What cleans each log: that of the server's threads and workers, of its evented
#: process, of requests of our own, and of the database.
LOGGERS = {
    "werkzeug": redact,
    "longpolling": redact,
    "urllib3.connectionpool": redact_outgoing,
    "odoo.sql_db": redact_statement,
}


class RedactingFilter(logging.Filter):
    """Cleans a record before any handler sees it."""

    def filter(self, record):
        """Override to change the record; all records pass."""
        try:
            text = _text(record)
        except (TypeError, ValueError):  # the handler says what is wrong with it
            return True
        clean = LOGGERS[record.name](text)
        if clean != text:
            record.msg, record.args = clean, ()
        return True


def _text(record):
    """Return what is logged; statements come as bytes, whose quotes look different."""
    if not isinstance(record.args, tuple) or not record.args:
        return record.getMessage()
    return str(record.msg) % tuple(
        part.decode(errors="replace") if isinstance(part, bytes) else part
        for part in record.args
    )


def install():
    """Have the loggers redact; once, however often the addon is loaded."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(known, RedactingFilter) for known in logger.filters):
            logger.addFilter(RedactingFilter())
