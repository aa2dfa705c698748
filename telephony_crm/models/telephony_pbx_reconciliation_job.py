import logging
import time
from datetime import timedelta

from odoo import api, fields, models

from ..pbx import adapter as pbx_adapter
from ..tools import transaction
from .telephony_pbx_reconciliation import OPEN

_logger = logging.getLogger(__name__)

EVERY = timedelta(minutes=55)
#: What is read again each time: rows may appear late, and calls may be long.
OVERLAP = timedelta(hours=2)
DAY = timedelta(hours=25)
LONGEST_GAP = timedelta(days=62)
NIGHT = range(1, 5)  # hours in which a whole day is read again
MAX_ATTEMPTS = 8
KEEP = timedelta(days=90)
#: Seconds after which a turn of the job asks no PBX any more. A worker is killed
#: after two minutes, and one answer may take 20 seconds.
TURN = 40.0


class TelephonyPbxReconciliation(models.Model):
    """When PBXs are asked for their records, and how a period is read to its end."""

    _inherit = "telephony.pbx.reconciliation"

    # -- what is due ---------------------------------------------------------------

    @api.model
    def _schedule(self):
        """Begin the regular comparisons that are due."""
        for pbx in self.env["telephony.pbx"].sudo().search([]):
            if not pbx._has_statistics():
                continue
            last = self.search(
                [("pbx_id", "=", pbx.id), ("kind", "=", "repair")], limit=1
            )
            if not last or last.create_date <= fields.Datetime.now() - EVERY:
                self._begin_repair(pbx)

    @api.model
    def _begin_repair(self, pbx):
        """Compare what is new since the last time, unless that is under way.

        :return: the run that is under way now
        """
        pbx.ensure_one()
        with transaction.exclusive(self.env, "reconciliation", pbx.id):
            of_pbx = [("pbx_id", "=", pbx.id), ("kind", "=", "repair")]
            run = self.sudo().search([*of_pbx, ("state", "in", OPEN)], limit=1)
            if not run:
                start, end = self._period(pbx)
                run = self.sudo().create(
                    {"pbx_id": pbx.id, "start_date": start, "end_date": end}
                )
        return run

    @api.model
    def _period(self, pbx):
        """Return from when until when the log is to be compared.

        Since the last comparison that came to its end, and some time before; if none
        did, since the beginning. Once in a day, at night where the PBX is, a whole day
        again; and whatever call is still without an end. Never from before the PBX was
        entered here: that is history, and is imported when somebody asks for it.
        """
        now = fields.Datetime.now()
        end = now - self._settle()
        done = self.sudo().search(
            [
                ("pbx_id", "=", pbx.id),
                ("kind", "=", "repair"),
                ("state", "=", "done"),
            ],
            limit=1,
        )
        start = done.end_date - OVERLAP if done else pbx.create_date
        if done and self._is_day_due(pbx, now):
            start = min(start, end - DAY)
        earliest = max(pbx.create_date, end - LONGEST_GAP)
        oldest = self.env["telephony.call"].search(
            [
                ("pbx_id", "=", pbx.id),
                ("state", "!=", "ended"),
                ("start_date", ">=", earliest),
            ],
            order="start_date",
            limit=1,
        )
        if oldest:
            start = min(start, oldest.start_date - timedelta(minutes=1))
        return min(max(start, earliest), end), end

    @api.model
    def _is_day_due(self, pbx, now):
        """Tell whether it is time to read a whole day again."""
        self.env.cr.execute(
            """
            SELECT max(end_date) FROM telephony_pbx_reconciliation
             WHERE pbx_id = %s AND kind = 'repair' AND state = 'done'
               AND end_date - start_date >= %s
            """,
            [pbx.id, DAY],
        )
        [[last]] = self.env.cr.fetchall()
        if not last or last < now - timedelta(hours=30):
            return True
        local = fields.Datetime.context_timestamp(pbx.with_context(tz=pbx.tz), now)
        return last < now - timedelta(hours=12) and local.hour in NIGHT

    @api.model
    def _settle(self):
        """Return how old what a PBX records must be, to be believed complete."""
        parameters = self.env["ir.config_parameter"]
        minutes = parameters._telephony_number("statistics_settle_minutes")
        return timedelta(minutes=minutes)

    # -- the job -------------------------------------------------------------------

    @api.model
    def _cron_reconcile(self):
        """Read the next pages of all comparisons whose PBX may be asked now.

        Never waits: when the pause of a PBX is over, the job runs again.
        """
        self._close_forgotten()
        self._schedule()
        deadline = time.monotonic() + TURN
        self.env["ir.cron"]._commit_progress(remaining=0)
        open_runs = self.search([("state", "in", OPEN)])
        for pbx in open_runs.pbx_id.filtered("active"):
            try:
                self._turn(pbx, deadline)
            except Exception:  # noqa: BLE001 - one PBX does not hold up the others
                self.env.cr.rollback()
                _logger.warning("PBX %s cannot be compared", pbx.id, exc_info=True)
                self._next(pbx)._postpone(self.env._("Something went wrong here."))
            self.env["ir.cron"]._commit_progress(1, remaining=0)
        self._plan()

    @api.model
    def _turn(self, pbx, deadline):
        """Ask one PBX as often as it may be asked without a pause."""
        run = self._next(pbx)
        while run and run._is_read() and time.monotonic() <= deadline:
            run._read_page()  # what is left of it needs no request
            run = self._next(pbx)
        if not run or time.monotonic() > deadline:
            return
        transaction.begin(self.env)
        if not pbx._claim_statistics():
            return
        for _request in range(pbx._statistics_burst()):
            run = self._next(pbx)
            if not run or not run._read_page() or time.monotonic() > deadline:
                break

    @api.model
    def _next(self, pbx):
        """Return what is to be read next of a PBX: the present before the past."""
        return self.search(
            [
                ("pbx_id", "=", pbx.id),
                ("state", "in", OPEN),
                "|",
                ("retry_at", "=", False),
                ("retry_at", "<=", fields.Datetime.now()),
            ],
            order="kind desc, id",
            limit=1,
        )

    @api.model
    def _plan(self):
        """Have the job run again when the first PBX may be asked."""
        moments = [
            max(
                run.pbx_id.sudo().statistics_after or fields.Datetime.now(),
                run.retry_at or fields.Datetime.now(),
            )
            for run in self.search([("state", "in", OPEN)])
            if run.pbx_id.active
        ]
        if moments:
            self._wake_job(min(moments))

    # -- one request ------------------------------------------------------------------

    def _read_page(self):
        """Ask for the next rows, store them, and apply what is new of them.

        Nothing is locked while the PBX is asked. The rows and how far it came are
        committed together, so after a crash it goes on where it was.

        :return: whether the PBX may be asked once more at once
        """
        self.ensure_one()
        pbx = self.pbx_id._for_events()
        if self._is_read():
            transaction.begin(self.env)
            self._take_rest(pbx)
            return True
        adapter, account = pbx._adapter(), pbx._account()
        start, end = self._window(adapter)
        position = (self.read_until, self.skip)
        asked = adapter.statistics(pbx._credentials(), account, start, end, self.skip)
        pbx._keep_statistics_turn()
        transaction.end(self.env)
        try:
            answer = adapter.answer(pbx._send(asked))
            rows = adapter.statistics_rows(answer)
            told = adapter.statistics_period(answer, account, start, end)
            more = adapter.statistics_more(answer, len(rows))
            changes = self._progress(len(rows), more, (start, end), told)
        except pbx_adapter.PbxError as error:
            transaction.begin(self.env)
            self._note_failure(pbx, error)
            return False
        transaction.begin(self.env)
        if not self._advance(position, changes):
            return False  # somebody cancelled it
        self._take(pbx, rows, more=not self._is_read())
        if self._is_read() and not self.sudo().held:
            self._finish(pbx)
        return True

    def _take_rest(self, pbx):
        """Take what was read and held back, as much as a page; end when that is all."""
        if self.sudo().held:
            self._take(pbx, [])
        if not self.sudo().held:
            self._finish(pbx)

    def _is_read(self):
        return bool(self.read_until and self.read_until >= self.end_date)

    def _window(self, adapter):
        """Return the part of the period that the next request is about."""
        start = self.read_until or self.start_date
        longest = start + timedelta(days=adapter.statistics_days)
        return start, min(self.ask_until or self.end_date, longest, self.end_date)

    def _progress(self, count, more, asked, told):
        """Return how far an answer has brought it.

        :param count: how many rows the answer has
        :param more: others of the same period are still to be asked for
        :param asked: ``(start, end)`` of the request
        :param told: ``(start, end)`` of what the answer is about
        :raises pbx.adapter.PbxError: when it would be asked the same for ever
        """
        start, end = asked
        if told[0] > start:
            if told[0] >= end:
                raise pbx_adapter.PbxError("nonsense", pbx_adapter.NONSENSE)
            return {"skip": 0, "ask_until": told[0]}
        if more:
            return {"skip": self.skip + count}
        if told[1] <= start < end:
            raise pbx_adapter.PbxError("nonsense", pbx_adapter.NONSENSE)
        return {"skip": 0, "read_until": told[1], "ask_until": False}

    def _advance(self, position, changes):
        """Note how far it came, unless somebody else has done so or stopped it."""
        self.invalidate_recordset()
        self.env.cr.execute(
            "SELECT 1 FROM telephony_pbx_reconciliation WHERE id = %s FOR UPDATE",
            [self.id],
        )
        if self.state not in OPEN or (self.read_until, self.skip) != position:
            return False
        self.write(
            {
                "state": "running",
                "attempts": 0,
                "retry_at": False,
                "error": False,
                **changes,
            }
        )
        return True

    def _finish(self, pbx):
        """Close or mark what the PBX knows nothing of, and end."""
        closed = self._close_unknown(pbx)
        unproven = self._mark_unknown(pbx) if self.kind == "repair" else 0
        self.write(
            {
                "state": "done",
                "finish_date": fields.Datetime.now(),
                "closed_count": self.closed_count + closed,
                "unproven_count": self.unproven_count + unproven,
            }
        )

    # -- what goes wrong -----------------------------------------------------------

    def _note_failure(self, pbx, error):
        """Try again later: soon when the PBX asks for patience, else less and less."""
        _logger.info("PBX %s: statistics: %s", pbx.id, error.code)
        self.invalidate_recordset()
        if isinstance(error, pbx_adapter.RateLimited):
            pbx._keep_statistics_turn(timedelta(seconds=error.retry_after))
            self.error = pbx._in_words(error)
            return
        self._postpone(pbx._in_words(error))

    def _postpone(self, words):
        """Try again after a pause that doubles each time; in the end give up."""
        if not self or self.state not in OPEN:
            return
        attempts = self.attempts + 1
        vals = {
            "attempts": attempts,
            "error": words,
            "retry_at": fields.Datetime.now() + timedelta(minutes=2**attempts / 2),
        }
        if attempts >= MAX_ATTEMPTS:
            vals.update(state="failed", finish_date=fields.Datetime.now())
        self.write(vals)

    @api.autovacuum
    def _gc_reconciliations(self):
        """Remove regular comparisons that found nothing after a week, else later."""
        self.env.cr.execute(
            """
            DELETE FROM telephony_pbx_reconciliation r
             WHERE kind = 'repair' AND state NOT IN ('waiting', 'running')
               AND (create_date < %(long)s
                 OR create_date < %(short)s AND state IN ('done', 'failed')
                    AND call_count + end_count + result_count + leg_count
                      + recording_count + closed_count + unproven_count = 0)
               AND EXISTS (
                   SELECT FROM telephony_pbx_reconciliation later
                    WHERE later.pbx_id = r.pbx_id AND later.kind = 'repair'
                      AND later.state = 'done' AND later.id > r.id)
            """,
            {
                "long": fields.Datetime.now() - KEEP,
                "short": fields.Datetime.now() - timedelta(days=7),
            },
        )
