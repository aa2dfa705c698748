from datetime import timedelta

from odoo import fields, models

from odoo.addons.telephony_crm.tools.transaction import begin

from ..attribution.conversion import State

#: For so long nobody else tries what somebody is trying; longer than it can take.
LEASE = timedelta(minutes=15)
#: When it is tried again, where the receiver counts a repeat once.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 720, 1440))
#: So often; then a person decides.
MOST_ATTEMPTS = 8
#: A click that is too recent for a receiver is known to it by then.
TOO_EARLY = timedelta(hours=6)


class TelephonyTrackingConversion(models.Model):
    """Whose turn it is to decide of a conversion: one at a time, for a while or more.

    Nobody may hold a lock while a receiver is asked. So who sends takes the conversion
    for a while, and whoever decides of it meanwhile sees that it is on its way.
    """

    _inherit = "telephony.tracking.conversion"

    def _lock(self):
        """Wait for who decides of these, and read anew what they have come to.

        Who has begun with `begin` sees what they have written; for others, who know an
        older state of it, the database has all be done once more.
        """
        self.flush_recordset()
        self.env.cr.execute(
            "SELECT FROM telephony_tracking_conversion "
            "WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [self.ids],
        )
        self.invalidate_recordset()

    def _begin_alone(self):
        """Begin anew, with nobody else deciding of this one; return whether it is."""
        begin(self.env)
        self._lock()
        return bool(self.exists())

    def _claim(self):
        """Take this one for a while; it waits for what comes of it.

        :return: what it was before, for `_give_back`; `None` if somebody else has it
        """
        begin(self.env)
        self.flush_recordset()
        now = fields.Datetime.now()
        self.env.cr.execute(
            """
            WITH before AS (
                SELECT id, state, reason,
                       CASE WHEN state = 'waiting' THEN reason END AS why
                  FROM telephony_tracking_conversion
                 WHERE id = %s AND state IN ('waiting', 'held') AND due_date <= %s
                   FOR NO KEY UPDATE
            )
            UPDATE telephony_tracking_conversion AS own
               SET state = 'waiting', reason = before.why, due_date = %s,
                   attempts = COALESCE(own.attempts, 0) + 1
              FROM before
             WHERE own.id = before.id
         RETURNING before.state, before.reason
            """,
            [self.id, now, now + LEASE],
        )
        before = self.env.cr.fetchone()
        self.invalidate_recordset()
        return before and dict(zip(("state", "reason"), before, strict=True))

    def _give_back(self, before):
        """Note that this one was not tried after all.

        :param before: what `_claim` returned
        """
        self.write({**before, "attempts": max(self.attempts - 1, 0)})
        if not self.attempts:
            self._set_value()  # nobody has, of what is on its way

    def _hold(self, reason):
        """Send it once more later, since its receiver does not know the click yet."""
        if self.attempts >= MOST_ATTEMPTS:
            self.write({"state": State.REFUSED.value, "reason": reason})
            return
        self.write(
            {
                "state": State.HELD.value,
                "reason": reason,
                "due_date": fields.Datetime.now() + TOO_EARLY,
                "ref": False,
            }
        )

    def _wait(self, reason):
        """Try it again after a while that grows."""
        wait = WAITS[min(max(self.attempts, 1), len(WAITS)) - 1]
        self.write(
            {
                "state": State.WAITING.value,
                "reason": reason,
                "due_date": fields.Datetime.now() + wait,
            }
        )
