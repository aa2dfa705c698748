from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import NO_ACCESS

# Requests made one after the other, before the PBX is left in peace again.
BURST = 5
MINUTE = 61.0  # seconds; the clock of the PBX is not ours


class TelephonyPbx(models.Model):
    """How often the PBX is asked for its statistics, by all workers together."""

    _inherit = "telephony.pbx"

    statistics_after = fields.Datetime(
        readonly=True,
        copy=False,
        groups=NO_ACCESS,
        help="The next moment at which the PBX may be asked for its statistics.",
    )

    has_statistics = fields.Boolean(compute="_compute_has_statistics")

    @api.depends("adapter", "api_key")
    def _compute_has_statistics(self):
        for pbx in self:
            pbx.has_statistics = pbx._has_statistics()

    def _has_statistics(self):
        """Tell whether the PBX has records of its own that can be asked for."""
        self.ensure_one()
        pbx = self.sudo()
        adapter = pbx._adapter(raise_if_unknown=False)
        return bool(
            adapter
            and "statistics" in adapter.capabilities
            and (pbx.api_key or not adapter.verifies or not adapter.uses_key)
        )

    def _statistics_burst(self):
        """Return how many requests may follow each other at once."""
        return min(self._adapter().statistics_a_minute, BURST)

    def _statistics_pause(self):
        """Return how long the PBX is left in peace after such a number of requests.

        Jobs wake up about once a minute, so all that a minute allows is asked at once,
        and a whole minute after the last of it the next: within no minute there are
        more requests than the PBX takes.
        """
        share = self._statistics_burst() / self._adapter().statistics_a_minute
        return timedelta(seconds=MINUTE * share)

    def _claim_statistics(self):
        """Take the turn of asking the PBX; the caller is under READ COMMITTED.

        :return: whether nobody else has it, and the PBX may be asked now
        """
        self.ensure_one()
        now = fields.Datetime.now()
        self.env.cr.execute(
            """
            UPDATE telephony_pbx SET statistics_after = %s
             WHERE id = %s AND active
               AND (statistics_after IS NULL OR statistics_after <= %s)
            """,
            [now + self._statistics_pause(), self.id, now],
        )
        return bool(self.env.cr.rowcount)

    def _keep_statistics_turn(self, pause=None):
        """Let nobody ask the PBX before ``pause`` from now is over."""
        self.ensure_one()
        self.env.cr.execute(
            "UPDATE telephony_pbx SET statistics_after = %s WHERE id = %s",
            [fields.Datetime.now() + (pause or self._statistics_pause()), self.id],
        )
        self.invalidate_recordset(["statistics_after"], flush=False)
