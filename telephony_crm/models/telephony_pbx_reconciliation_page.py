from datetime import timedelta

from odoo import fields, models

from ..pbx import adapter as pbx_adapter
from ..tools import transaction
from .telephony_pbx_reconciliation import OPEN


class TelephonyPbxReconciliation(models.Model):
    """How a period is read to its end, page by page."""

    _inherit = "telephony.pbx.reconciliation"

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
            changes["is_partial"] = self.is_partial or not adapter.statistics_whole(
                answer
            )
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
