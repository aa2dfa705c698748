"""The PBX's own records of calls: from its table, or as AMI has told them.

Rows have the names of the columns of ``asteriskcdrdb.cdr``; times are UTC by Odoo's
clock, whatever the PBX writes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from .cdr_store import Store
from .cdr_table import Table
from .outbox import Outbox
from .tracker_config import TrackerConfig, endpoint_of

#: Rows of one page, at most, and characters of a value.
LIMIT, LONGEST = 1000, 500
#: Seconds after its end that a record may be told: at once, or in a batch of the PBX's
#: (``time`` of ``cdr.conf``, 300 as it comes); more is a zone or clock of its own.
AT_ONCE, LATEST = 2.0, 600.0
#: Of so many channels it is remembered to which call they belong.
CHANNELS = 5_000
MOMENTS = ("start", "calldate", "answer", "end", "eventtime")
#: The headers of the event ``Cdr`` (``cdr/cdr_manager.c``) and their columns.
HEADERS = {
    "AccountCode": "accountcode",
    "Source": "src",
    "Destination": "dst",
    "DestinationContext": "dcontext",
    "CallerID": "clid",
    "Channel": "channel",
    "DestinationChannel": "dstchannel",
    "LastApplication": "lastapp",
    "LastData": "lastdata",
    "StartTime": "start",
    "AnswerTime": "answer",
    "EndTime": "end",
    "Duration": "duration",
    "BillableSeconds": "billsec",
    "Disposition": "disposition",
    "UniqueID": "uniqueid",
    "LinkedID": "linkedid",
    "Sequence": "sequence",
    "DID": "did",
}


class Cdr:
    """Where records come from.

    :param table: the PBX's own, if it can be read
    :param ahead: returns the seconds that the PBX's clock is ahead of Odoo's
    """

    def __init__(
        self,
        outbox: Outbox,
        config: TrackerConfig,
        table: Table | None = None,
        tz: str = "",
        ahead: Callable[[], float] = lambda: 0.0,
    ):
        self._table, self._config, self._ahead = table, config, ahead
        self._tz = ZoneInfo(tz) if tz else None
        self._linkedids: OrderedDict[str, str] = OrderedDict()
        self._store, self._outbox = Store(outbox), outbox

    @property
    def has_table(self) -> bool:
        """Whether the rows are all there are, and not those that were heard."""
        return bool(self._table)

    def watch(self, message: dict, at: float) -> None:
        """Learn from a message of AMI; to be called with each."""
        unique = message.get("Uniqueid")
        if isinstance(unique, str) and isinstance(message.get("Linkedid"), str):
            self._linkedids[unique] = message["Linkedid"]
            self._linkedids.move_to_end(unique)
            if len(self._linkedids) > CHANNELS:
                self._linkedids.popitem(last=False)
        elif message.get("Event") == "Cdr" and not self._table:
            row = self._row_of(message, at)
            began = _moment(row.get("start", ""))
            self._store.add(row, _unix(began) if began else at)

    def rows(self, start: datetime, end: datetime, skip: int, limit: int) -> list[dict]:
        """Return the rows of the calls that began in a period, in order.

        :param start: and ``end``, naive UTC
        :raises OSError: when the table cannot be read
        """
        limit = min(max(limit, 1), LIMIT)
        if not self._table:
            rows = self._store.rows(_unix(start), _unix(end), skip, limit)
            return [_shifted(row, ahead) for row, ahead in rows]
        ahead = timedelta(seconds=self._ahead())
        period = (self._local(start + ahead), self._local(end + ahead))
        return [
            self._named({name: self._text(row[name], ahead) for name in row})
            for row in self._table.rows(*period, skip, limit)
        ]

    def _local(self, utc):
        """Return a time as the table has it."""
        aware = utc.replace(tzinfo=timezone.utc).astimezone(self._tz)
        return aware.replace(tzinfo=None)

    def _text(self, value, ahead):
        if isinstance(value, datetime):
            aware = value if value.tzinfo else value.replace(tzinfo=self._tz)
            return _utc(aware.astimezone(timezone.utc) - ahead)
        return "" if value is None else str(value)[:LONGEST]

    def _named(self, row):
        """Add which extensions the channels are: a device may be called otherwise."""
        for name in ("channel", "dstchannel"):
            endpoint = endpoint_of(row.get(name, ""), self._config)
            if endpoint.extension:
                row[f"{name}_extension"] = endpoint.extension
        return row

    def _row_of(self, message, at):
        """Return the row that an event is, with times by our clock."""
        row = {
            column: str(message[header])[:LONGEST]
            for header, column in HEADERS.items()
            if message.get(header)
        }
        row.setdefault("linkedid", self._linkedids.get(row.get("uniqueid", ""), ""))
        ended = _moment(row.get("end", ""))
        if ended:
            at = self._ended_at(ended, at)
        for name in ("start", "answer", "end"):
            told = _moment(row.get(name, ""))
            row.pop(name, None)
            if told and ended:
                moment = datetime.fromtimestamp(at, timezone.utc) - (ended - told)
                row[name] = _utc(moment)
        return self._named(row)

    def _ended_at(self, told, came):
        """Return when a call ended, by our clock.

        It did when its record came, unless that came in a batch: then as the PBX says,
        if its zone is ours and its clock known.

        :param told: as the PBX writes it
        :param came: by our clock
        """
        aware = told.replace(tzinfo=self._tz).astimezone(timezone.utc)
        ours = (self._outbox.offset() or 0.0) - self._ahead()
        ended = aware.timestamp() + ours
        return ended if AT_ONCE < came - ended <= LATEST else came


def _shifted(row, ahead):
    """Return a row with its times by Odoo's clock, of which ours was ahead."""
    moments = {name: _moment(row.get(name, "")) for name in MOMENTS}
    return row | {
        name: _utc(moment - timedelta(seconds=ahead))
        for name, moment in moments.items()
        if moment and ahead
    }


def _moment(text):
    """Return a time like ``2026-01-15 10:15:00``; `None` for what is none."""
    try:
        return datetime.strptime(text[:19].replace("T", " "), "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return None


def _unix(moment):
    return moment.replace(tzinfo=timezone.utc).timestamp()


def _utc(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
