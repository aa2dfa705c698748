"""A Zadarma account on this machine: statistics, extensions, numbers, webhooks."""

from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from odoo import fields

from .common import CUSTOMER
from .test_dial import DialCase

FORMAT = "%Y-%m-%d %H:%M:%S"


class AccountCase(DialCase):
    """The PBX answers as an account with calls and extensions of its own does."""

    def setUp(self):
        super().setUp()
        self.rows = []  # of the statistics, as the vendor's OpenAPI file has them
        self.limit = 1000
        self.longest = None  # a longer period begins later, as the answer says
        self.answers = {}  # what is answered to a path instead
        self.server.during = self._answer
        self.age = timedelta(days=2)  # since when the PBX is entered
        self._end_pause()
        self.commits = []
        self.patch(
            type(self.env["ir.cron"]),
            "_commit_progress",
            lambda _self, processed=0, **_kw: self.commits.append(processed) or 60.0,
        )

    # -- what the account answers ----------------------------------------------

    def _answer(self):
        asked = urlsplit(self.server.asked[-1][0])
        query = {name: value for name, [value] in parse_qs(asked.query).items()}
        self.server.status, self.server.headers = 200, {}
        path = asked.path.rstrip("/")
        answer = self.answers.get(path)
        if callable(answer):
            answer = answer(query)
        if isinstance(answer, int):
            self.server.status, answer = answer, {"status": "error", "message": "No"}
        if answer is None:
            known = {
                "/v1/statistics/pbx": self._statistics,
                "/v1/info/timezone": self._zone,
            }
            answer = known[path](query) if path in known else {}
        self.server.body = {"status": "success", **answer}

    def _statistics(self, query):
        start, end = query["start"], query["end"]
        first, last = (datetime.strptime(at, FORMAT) for at in (start, end))
        if self.longest and last - first > self.longest:
            start = (last - self.longest).strftime(FORMAT)
        found = [row for row in self.rows if start <= row["callstart"] <= end]
        found.sort(key=lambda row: row["callstart"])
        skip = int(query.get("skip", 0))
        return {
            "start": start,
            "end": end,
            "stats": found[skip : skip + self.limit],
            "version": 2,
        }

    def _zone(self, _query):
        return {"timezone": "UTC+0", "unixtime": 0, "datetime": ""}

    def _asked(self, path):
        """Return the parameters of each request for this path."""
        found = []
        for asked, _headers in self.server.asked:
            url = urlsplit(asked)
            if url.path.rstrip("/") == path:
                query = parse_qs(url.query)
                found.append({name: value for name, [value] in query.items()})
        return found

    # -- calls -----------------------------------------------------------------

    def _row(self, call_ref, started, seconds=60, answered=True, **values):
        """Add a row of the statistics: a leg of a call that came in to 100."""
        row = {
            "call_id": f"1458313316.{len(self.rows):06}",
            "sip": "100",
            "callstart": started.strftime(FORMAT),
            "clid": CUSTOMER[1:],
            "destination": "100",
            "disposition": "answered" if answered else "no answer",
            "seconds": seconds if answered else 0,
            "is_recorded": "false",
            "pbx_call_id": call_ref,
            **values,
        }
        self.rows.append(row)
        return row

    def _heard(self, call_ref, started, *events, seconds=60, **values):
        """Have the PBX post what happened in a call, when it happened.

        :param events: of START, INTERNAL, ANSWER and END; all of them if none is named
        """
        for event in events or ("START", "INTERNAL", "ANSWER", "END"):
            common = {"call_ref": call_ref, **values}
            if event == "INTERNAL":
                common["internal"] = "100"
            if event == "END":
                common.update(
                    internal="100", duration=str(seconds), disposition="answered"
                )
            after = {"START": 0, "INTERNAL": 1, "ANSWER": 5, "END": 5 + seconds}[event]
            self._tell(f"NOTIFY_{event}", started=started, after=after, **common)
        self._age_call(call_ref, started)

    def _age_call(self, call_ref, started):
        """Have the call be in the log since it began: PostgreSQL's clock is real."""
        self.env.cr.execute(
            "UPDATE telephony_call SET create_date = %s, write_date = %s "
            "WHERE call_ref = %s",
            [started, started, call_ref],
        )
        self.env.invalidate_all()

    # -- comparing -------------------------------------------------------------

    def _compare(self, **period):
        """Have the log compared until that is done; return the run."""
        runs = self.env["telephony.pbx.reconciliation"]
        run = runs._begin_repair(self.pbx)
        if period:
            run.write(period)
        self._work()
        return run

    def _work(self, turns=20):
        """Run the job as often as it wants to run, as if its pauses were over."""
        runs = self.env["telephony.pbx.reconciliation"]
        for _turn in range(turns):
            self._end_pause()
            runs._cron_reconcile()
            if not runs.search_count([("state", "in", ("waiting", "running"))]):
                break
        self.env.invalidate_all()

    def _age_run(self, run, **length):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE telephony_pbx_reconciliation SET create_date = %s WHERE id = %s",
            [self._before(**length), run.id],
        )
        self.env.invalidate_all()

    def _end_pause(self):
        self.pbx.sudo().flush_recordset()
        self.env.cr.execute(
            "UPDATE telephony_pbx SET statistics_after = NULL, create_date = %s",
            [fields.Datetime.now() - self.age],
        )
        self.env.invalidate_all()

    def _enter_pbx(self, **length):
        """Have the PBX be entered so long ago."""
        self.age = timedelta(**length)
        self.env.flush_all()
        self._end_pause()

    @staticmethod
    def _before(**length):
        """Return a moment ago, to the second, naive UTC."""
        return datetime.now().replace(microsecond=0) - timedelta(**length)
