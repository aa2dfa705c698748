from datetime import timedelta

from odoo import fields, models

from ..pbx import adapter as pbx_adapter
from ..pbx.answers import plain
from ..tools.transaction import begin

# When it is asked for after the call: 15 s, 40 s, 2 min, 10 min, then every day.
WAITS = tuple(timedelta(seconds=seconds) for seconds in (15, 25, 80, 480))
SWEEP = timedelta(days=1)
# A call of which no sound has come by then will get none within minutes.
RECENT = timedelta(days=1)
# So long a PBX is left alone that does not answer or refuses the key.
PAUSE = timedelta(minutes=5)
# What does not get better by itself.
HOPELESS = ("large", "unable")


class TelephonyCallRecording(models.Model):
    """Why there is no sound, and when it is tried again."""

    _inherit = "telephony.call.recording"

    def _fail_with(self, error):
        """Keep what the PBX said, and when it is asked again.

        :param error: `pbx.adapter.PbxError`
        """
        refused = isinstance(error, pbx_adapter.Refused)
        self._fail(self._code_of(error), error.message if refused else "")

    def _code_of(self, error):
        """Return by which of the known reasons an error is told."""
        if isinstance(error, pbx_adapter.Refused):
            return "refused"
        codes = [code for code, _words in self._fields["error"].selection]
        return error.code if error.code in codes else "nonsense"

    def _fail(self, code, detail=""):
        """Keep why there is no sound, and say when it is tried again."""
        begin(self.env)
        self.invalidate_recordset()
        if not self.exists():
            return
        now = fields.Datetime.now()
        state, retry_at = "expired", False
        if code in HOPELESS:
            state = "failed"
        elif self.attempts < len(WAITS) and self.date > now - RECENT:
            state, retry_at = "waiting", now + WAITS[self.attempts]
        elif self.date > self._kept_since():
            state, retry_at = "failed", now + SWEEP
        self.write(
            {
                "state": state,
                "error": code,
                "error_detail": plain(detail),
                "retry_at": retry_at,
                "unfinished": 0,
            }
        )
        if retry_at:
            self._wake(retry_at)

    def _pause(self, error):
        """Ask this PBX for no recording for a while: it is not to be talked to.

        That is no fault of the recording, and none of its attempts; unless it goes on
        for days, or until the PBX has the recording no longer.

        :param error: one of `NONE_COMES`
        """
        begin(self.env)
        limited = isinstance(error, pbx_adapter.RateLimited)
        wait = timedelta(seconds=error.retry_after) if limited else PAUSE
        until = fields.Datetime.now() + wait
        self.env.cr.execute(
            "UPDATE telephony_pbx SET recordings_after = %s WHERE id = %s",
            [until, self.call_id.pbx_id.id],
        )
        self._wake(until)
        self.invalidate_recordset()
        is_old = self.date < fields.Datetime.now() - RECENT
        if self.date < self._kept_since() or (is_old and not limited):
            self._fail(self._code_of(error))
        else:
            code = False if limited else self._code_of(error)
            attempts = max(0, self.attempts - 1)
            vals = {"retry_at": until, "attempts": attempts, "error": code}
            self.write({**vals, "unfinished": 0})
