from datetime import timedelta
from statistics import median

from odoo import fields, models

from ..pbx import adapter as pbx_adapter
from ..pbx.event import EventKind

WEEK = timedelta(days=7)
#: A silence is unusual when in the same hours of this many of the last weeks there
#: were calls, and that many each.
WEEKS, MOST_WEEKS, CALLS = 3, 4, 5
SHORTEST_SILENCE = timedelta(minutes=30)
#: Of so many of the latest events, so many starts tell of a wrong time zone; zones are
#: a quarter of an hour apart.
LATEST, STARTS, ZONES = 40, 2, timedelta(minutes=14)
#: Of a call that rings or is talked nothing is heard for that long at most.
RINGING, TALKING = timedelta(minutes=10), timedelta(hours=4)


class TelephonyPbx(models.Model):
    """What the calls of a PBX tell of its health: silence, and calls without end."""

    _inherit = "telephony.pbx"

    def _health_findings(self):
        findings = super()._health_findings()
        findings += [
            self._finding_of_zone(),
            self._finding_of_silence(),
            self._finding_of_open_calls(),
        ]
        return [finding for finding in findings if finding]

    def _finding_of_zone(self):
        """Say that every call seems to have begun hours before, or after, it is told.

        Then the time zone is not the account's, and no call is taken for one of now:
        no card comes up, and no caller is connected.
        """
        delays = self._delays_of_starts()
        if len(delays) < STARTS:
            return None
        usual = median(delays)
        if abs(usual) < ZONES or any(abs(one - usual) > ZONES / 2 for one in delays):
            return None
        return self._finding(
            "error",
            "zone",
            self.env._(
                "Calls seem to begin %(hours)s hours %(when)s they are told, so no "
                "card comes up. The time zone below is not that of the PBX's account.",
                hours=f"{abs(usual) / timedelta(hours=1):.2g}",
                when=self.env._("before") if usual > ZONES else self.env._("after"),
            ),
            "action_set_up" if self.can_set_up else False,
            self.env._("Read it from the PBX") if self.can_set_up else False,
        )

    def _delays_of_starts(self):
        """Return how long after their begin the latest calls were told."""
        adapter = self._adapter(raise_if_unknown=False)
        delays = []
        for payload, received_at in self._latest_heard(LATEST) if adapter else ():
            try:
                told = adapter.events(payload, self._account(), received_at)
            except pbx_adapter.PayloadError:
                continue
            delays += [
                received_at - one.started_at
                for one in told
                if one.kind is EventKind.STARTED and one.started_at
            ]
        return delays

    def _finding_of_silence(self):
        """Say that the PBX posts nothing, where at this time it usually does.

        Simple and honest: the same hours of the last weeks are looked at, and nothing
        is said before there are weeks to look at.
        """
        last, now = self._last_heard(), fields.Datetime.now()
        if not last or now - last < SHORTEST_SILENCE:
            return None
        if now - last < WEEK and not self._had_calls_in_weeks_before(last, now):
            return None
        return self._finding(
            "warning",
            "silence",
            self.env._(
                "Nothing was heard of the PBX since %s, and in the same hours of the "
                "last weeks there were calls. Check whether it still posts its events.",
                self._in_relative_words(last),
            ),
            "action_check_webhook" if self.can_set_up else False,
            self.env._("Ask the PBX") if self.can_set_up else False,
        )

    def _had_calls_in_weeks_before(self, since, until):
        calls = self.env["telephony.call"].sudo()
        busy = 0
        for weeks in range(1, MOST_WEEKS + 1):
            busy += CALLS == calls.search_count(
                [
                    ("pbx_id", "=", self.id),
                    ("start_date", ">", since - weeks * WEEK),
                    ("start_date", "<", until - weeks * WEEK),
                ],
                limit=CALLS,
            )
        return busy >= WEEKS

    def _finding_of_open_calls(self):
        now = fields.Datetime.now()
        self.env["telephony.call"].flush_model()
        self.env.cr.execute(
            """
            SELECT count(*) FROM telephony_call
             WHERE pbx_id = %s AND state != 'ended'
               AND (state = 'ringing' AND write_date < %s OR write_date < %s)
            """,
            [self.id, now - RINGING, now - TALKING],
        )
        [[count]] = self.env.cr.fetchall()
        if not count:
            return None
        has_statistics = self._has_statistics()
        return self._finding(
            "warning",
            "open_calls",
            self.env._(
                "Calls without an end: %s. The records of the PBX will tell.", count
            )
            if has_statistics
            else self.env._(
                "Calls without an end: %s. They are closed twelve hours after the "
                "last that was heard of them.",
                count,
            ),
            "action_compare" if has_statistics else "action_open_endless_calls",
            self.env._("Compare now") if has_statistics else self.env._("Open them"),
        )

    def action_open_endless_calls(self):
        """Show the calls that have not ended."""
        action = self.action_open_calls()
        action["domain"] = [("pbx_id", "=", self.id), ("state", "!=", "ended")]
        action["context"] = {}
        return action
