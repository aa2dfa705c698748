"""``/v1/statistics/…``: what became of the calls, in pages of at most 1,000 rows."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from .book import Book
from .settings import Settings
from .statistics_rows import leg_rows, paid_row, received_row

MOST = 1000  # rows a request
LONGEST = timedelta(days=31)
FORMAT = "%Y-%m-%d %H:%M:%S"
CALL_TYPES = {"in": ("inbound",), "out": ("outbound", "internal")}


class Statistics:
    """Rows of the calls in the book. ``params`` are start and end (in the account's
    zone), skip and limit; a method names what else it takes.

    Every method raises ValueError where one of them cannot be read.
    """

    def __init__(self, settings: Settings, book: Book):
        self.settings = settings
        self.book = book
        self._known: tuple = ()
        self._lines: list = []

    def legs(self, params: dict) -> dict:
        """One row a leg. Further params: version, call_type."""
        kinds = CALL_TYPES.get(params.get("call_type", ""))
        start, end = self._period(params)
        lines = [
            line
            for line in self._all()
            if start <= line[0] <= end and (not kinds or line[1].direction in kinds)
        ]
        return {
            **self._said(start, end),
            "version": int(params.get("version") or 2),
            "stats": [
                make(self.settings, call, leg)
                for _at, call, make, leg in _page(lines, params)
            ],
        }

    def overall(self, params: dict) -> dict:
        """Outgoing calls and their cost. Further params: cost_only."""
        start, end, calls = self._calls(params, "outbound")
        rows = [paid_row(self.settings, call) for call in calls]
        if params.get("cost_only") in ("1", "true"):
            total = {
                "cost": round(sum(row["billcost"] for row in rows), 4),
                "currency": "EUR",
                "seconds": sum(row["billseconds"] for row in rows),
            }
            return {**self._said(start, end), "stats": [total]}
        return {**self._said(start, end), "stats": _page(rows, params)}

    def incoming(self, params: dict) -> dict:
        """One row a call that came in; what stands for a hidden caller is not known,
        so those are left out."""
        start, end, calls = self._calls(params, "inbound")
        rows = [received_row(self.settings, call) for call in calls if not call.hidden]
        return {**self._said(start, end), "stats": _page(rows, params)}

    def widget(self, params: dict) -> dict:
        """Sessions of the call-back widget: there are none."""
        return {**self._said(*self._period(params)), "stats": []}

    def _period(self, params):
        now = datetime.now(self.settings.zone()).replace(tzinfo=None, microsecond=0)
        end = _moment(params.get("end")) or now
        start = _moment(params.get("start")) or end.replace(
            day=1, hour=0, minute=0, second=0
        )
        if end - start > LONGEST:
            start = end - timedelta(days=30)  # the vendor shortens without a word
        return start, end

    def _said(self, start, end):
        return {"start": start.strftime(FORMAT), "end": end.strftime(FORMAT)}

    def _over(self):
        """The calls that have entered the statistics."""
        late = timedelta(seconds=self.settings.statistics_delay)
        until = datetime.now(timezone.utc) - late
        return [
            call
            for call in self.book.all()
            if call.state == "ended" and (not late or call.end <= until)
        ]

    def _calls(self, params, direction):
        start, end = self._period(params)
        calls = [
            call
            for call in self._over()
            if call.direction == direction
            and start <= self.settings.naive(call.start) <= end
        ]
        return start, end, sorted(calls, key=lambda call: call.start)

    def _all(self):
        """All legs as ``(local time, call, how to make the row, leg)``, in order.

        Kept until a call has come or ended, so that a page of many costs little.
        """
        calls = self._over()
        serials = sum(call.ordinal for call in calls)
        known = (len(calls), serials, self.settings.callback_legs)
        if known != self._known:
            self._lines = sorted(
                (line for call in calls for line in leg_rows(self.settings, call)),
                key=lambda line: line[0],
            )
            self._known = known
        return self._lines


def _page(lines, params):
    skip = int(params.get("skip") or 0)
    limit = min(int(params.get("limit") or MOST), MOST)
    return lines[skip : skip + limit]


def _moment(text):
    """A moment without zone; None for nothing; ValueError for nonsense."""
    return datetime.strptime(text, FORMAT) if text else None
