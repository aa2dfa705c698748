from datetime import datetime, timedelta, timezone

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import config

from ..pbx import adapter as pbx_adapter
from ..pbx import asterisk_answers, asterisk_requests

# A clock that is off by more makes the times of calls wrong; and how late an event may
# be, before a person should know that others wait behind it.
CLOCK = 5
LATE = 60


class TelephonyPbx(models.Model):
    """Whether the bridge of a PBX runs, and what it says of itself."""

    _inherit = "telephony.pbx"

    def _has_bridge(self):
        """Tell whether the events of this PBX come from a bridge."""
        adapter = self._adapter(raise_if_unknown=False) if self.adapter else None
        return bool(adapter and "bridge" in adapter.capabilities)

    def _health_findings(self):
        """Override to say what is wrong with the bridge."""
        findings = super()._health_findings()
        if not self._has_bridge():
            return findings
        bridges = self.env["telephony.pbx.bridge"]._of(self)
        if not bridges:
            return findings + [self._finding_of_missing_bridge()]
        status = bridges[0].status
        findings += [
            self._finding_of_connection(bridges[0], status),
            *self._findings_of_problems(bridges[0], status),
            self._finding_of_outbox(status),
            self._finding_of_refused_events(status),
            self._finding_of_clock(status),
            self._finding_of_way(bridges[0]),
        ]
        return [finding for finding in findings if finding]

    def _finding_of_life(self):
        """Override since a bridge needs no address to be set in the PBX."""
        finding = super()._finding_of_life()
        if finding and self._has_bridge():
            finding["text"] = self.env._(
                "No event yet. Start the bridge with the webhook address and the API "
                "secret below, then call."
            )
        return finding

    def _health_words(self):
        """Override to say how the bridge is."""
        words = super()._health_words()
        return " ".join(filter(None, [words, *self._words_of_bridge()])) or words

    def _facts_of_life(self):
        """Override to say how the bridge is."""
        return [*super()._facts_of_life(), *self._words_of_bridge()]

    def _words_of_bridge(self):
        """Return since when the bridge is connected to what, and what waits in it."""
        bridges = self._has_bridge() and self.env["telephony.pbx.bridge"]._of(self)
        if not bridges:
            return []
        status = bridges[0].status
        parts = []
        if since := _as_date(status["connected_since"]):
            parts.append(
                self.env._(
                    "The bridge %(version)s is connected to %(pbx)s since %(when)s.",
                    version=status["version"],
                    pbx=status["asterisk"] or self.name,
                    when=self._in_relative_words(since),
                )
            )
        if heard := _as_date(status["last_event"]):
            parts.append(
                self.env._("It last heard the PBX %s.", self._in_relative_words(heard))
            )
        if status["outbox"]:
            parts.append(self.env._("On their way: %s events.", status["outbox"]))
        if standing_by := self._count_ready_bridges():
            parts.append(self.env._("Bridges that stand by: %s.", standing_by))
        return parts

    def _finding_of_missing_bridge(self):
        last = (
            self.env["telephony.pbx.bridge"]
            .sudo()
            .search([("pbx_id", "=", self.id)], order="seen_date desc", limit=1)
        )
        if not last:
            return self._finding(
                "error",
                "bridge_missing",
                self.env._(
                    "No bridge has come forward. Start it beside the PBX or beside "
                    "Odoo; calls are known only while it runs."
                ),
            )
        return self._finding(
            "error",
            "bridge_away",
            self.env._(
                "The bridge was last heard of %s. Calls are known again when it runs; "
                "it keeps what it could not tell.",
                self._in_relative_words(last.seen_date),
            ),
        )

    def _finding_of_connection(self, bridge, status):
        if not bridge.is_active:
            return self._finding(
                "error",
                "bridge_inactive",
                self.env._(
                    "A bridge stands by, and none is active. One becomes active within "
                    "seconds, unless it cannot connect to the PBX."
                ),
            )
        if not status["connected_since"] and not status["problems"]:
            return self._finding(
                "error",
                "bridge_unconnected",
                self.env._("The bridge is not connected to the PBX."),
            )
        return None

    def _findings_of_problems(self, bridge, status):
        """Return what the bridge itself says is wrong."""
        return [
            self._finding(
                "warning" if status["connected_since"] else "error",
                f"bridge_problem_{number}",
                self.env._("The bridge says: %s", problem),
            )
            for number, problem in enumerate(bridge._problems_in_words(), 1)
        ]

    def _finding_of_outbox(self, status):
        if (status["oldest"] or 0) <= LATE:
            return None
        since = fields.Datetime.now() - timedelta(seconds=status["oldest"])
        return self._finding(
            "warning",
            "bridge_outbox",
            self.env._(
                "Events wait in the bridge: %(count)s. The oldest is of %(when)s.",
                count=status["outbox"],
                when=self._in_relative_words(since),
            ),
        )

    def _finding_of_refused_events(self, status):
        if status["dropped"]:
            return self._finding(
                "warning",
                "bridge_dropped",
                self.env._(
                    "The bridge had no more room and dropped the events of old calls: "
                    "%s. Compare with the records of the PBX.",
                    int(status["dropped"]),
                ),
            )
        if not status["refused"]:
            return None
        return self._finding(
            "warning",
            "bridge_refused",
            self.env._(
                "Events that this Odoo refused, and the bridge keeps aside: %(count)s. "
                "The last reason: %(reason)s",
                count=int(status["refused"]),
                reason=status.get("refusal") or "?",
            ),
            "action_retry_refused",
            self.env._("Try again"),
        )

    def action_retry_refused(self):
        """Have the bridge tell again what was refused, now that the reason is gone."""
        self.ensure_one()
        self.check_access("write")
        pbx = self.sudo()
        try:
            answer = pbx._send(asterisk_requests.bridge("POST", "/retry"))
            asterisk_answers.read(answer)
        except pbx_adapter.PbxError as error:
            raise UserError(pbx._in_words(error)) from error
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _finding_of_clock(self, status):
        offset = status["clock_offset"] or 0
        if abs(offset) <= CLOCK:
            return None
        return self._finding(
            "warning",
            "bridge_clock",
            self.env._(
                "The clock of the bridge is %(seconds)s seconds %(way)s that of this "
                "Odoo. The times of calls are corrected by it; set it right.",
                seconds=round(abs(offset)),
                way=self.env._("ahead of") if offset > 0 else self.env._("behind"),
            ),
        )

    def _finding_of_way(self, bridge):
        """Return that clicks keep workers waiting which could do something else."""
        if bridge.is_held or not config["workers"]:
            return None
        return self._finding(
            "info",
            "bridge_way",
            self.env._(
                "The bridge asks once a second, and who waits for the PBX keeps one of "
                "Odoo's workers. Have the web server lead /websocket to Odoo's "
                "gevent_port; the pop-up needs it as well."
            ),
        )


def _as_date(unix):
    """Return a time in Unix seconds as naive UTC; `None` if there is none."""
    try:
        return datetime.fromtimestamp(unix, timezone.utc).replace(tzinfo=None)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
