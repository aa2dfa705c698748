from datetime import timedelta

from odoo import api, fields, models

from ..pbx.event import EventKind

FRESH = timedelta(minutes=5)


class TelephonyCall(models.Model):
    """Who is told that a call rings, is answered or over, and until when."""

    _inherit = "telephony.call"

    def _is_news(self, was, events):
        """Tell whether people at their screens have to know of this change.

        Only what is happening now has side effects. The time of the event decides,
        where the PBX tells it; one that tells but when the call began is believed
        as long as the call was heard of when it began and has not ended.

        :param was: the state that the call had before, `None` for a new one
        :param events: the events that are new
        """
        if not events or was == "ended" or (was is None and self.state == "ended"):
            return False
        if not self._was_heard_live():
            return False
        if was and self.state == "ended":
            return True  # a card may be up; that it can go is no new one
        return any(
            event.kind is not EventKind.RECORD
            and (not event.occurred_at or event.occurred_at > event.observed_at - FRESH)
            for event in events
        )

    def _was_heard_live(self):
        """Tell whether we heard of the call when it began, and not later.

        A caught request that is sent again brings the old time, which is signed.
        """
        return self.create_date <= self.start_date + FRESH

    def _notify(self, told=()):
        """Tell the screens of all who take part that the call has changed.

        While nobody is rung yet, the responsible user is told. What they may know
        of it, they ask for themselves; the number is for the call's company only.

        :param told: users who were told before and do not take part any more
        """
        self.ensure_one()
        users = self.leg_ids.user_id or self.owner_id
        users = users.union(*told)
        if self.blocked:
            return
        message = {
            "id": self.id,
            "version": self.version,
            "state": self.state,
            "number": self.number_e164 or self.number or "",
        }
        company_id = self.company_id.id
        users.sudo().fetch(["partner_id"])  # and not the other thirty fields
        for user in users:
            if company_id not in user.sudo()._get_company_ids():
                continue
            user._bus_send("telephony.call/update", message)

    @api.model
    def _cron_mark_stale(self):
        """Mark the calls of which nothing was heard for too long.

        A call rings for two minutes at most, and few last four hours. The mark is no
        end: that is for the PBX's own records to tell.
        """
        now = fields.Datetime.now()
        self.env.cr.execute(
            """
            UPDATE telephony_call SET stale = TRUE, version = version + 1
             WHERE NOT COALESCE(stale, FALSE)
               AND ((state = 'ringing' AND write_date < %s)
                 OR (state = 'in_progress' AND write_date < %s))
         RETURNING id
            """,
            [now - timedelta(seconds=120), now - timedelta(hours=4)],
        )
        for call in self.browse(row[0] for row in self.env.cr.fetchall()):
            call._notify()
