from datetime import timedelta

import pytz

from odoo import fields, models

# "failed" of a call that came in: there was no line left, or the PBX could not connect.
MISSED = ("missed", "abandoned", "voicemail", "failed")
# How long the PBX has to say who answered, before nobody is assumed.
UNCONFIRMED = timedelta(minutes=10)


class TelephonyCall(models.Model):
    """Which callers wait to be rung back, and which wait no more.

    That a call waits is a fact of the call. The work is the call-back, of which a
    number has but one, however often it rings.
    """

    _inherit = "telephony.call"

    callback_id = fields.Many2one(
        "telephony.callback", string="Call-back", index="btree_not_null"
    )

    def _settle_callback(self):
        """Ask for a call-back, or settle the one that this call was waited for.

        A talk of at least `min_talk_seconds` with a number, whoever had it and in
        whichever direction, settles the earlier missed calls of that number.
        """
        self.ensure_one()
        if self.doubtful or self._is_repeated():
            return  # it stays as it was, until the PBX's own records tell
        waits = False
        if self._can_be_rung_back():
            if self._is_talk():
                self.env["telephony.callback"]._settle(self)
            elif self._is_missed():
                waits = not self._was_talked_since()
        if not waits and self.needs_callback:
            self.callback_id._release(self)
        self._update({"needs_callback": waits})
        if waits and (self.callback_id or self._is_still_due()):
            self.env["telephony.callback"]._ask(self)

    def _is_repeated(self):
        """Tell whether another call of this caller began in the very same second.

        Where the PBX signs who rang whom and when, but not the call's id, who has
        heard one signed event can send it again as of another call.
        """
        if self.confirmed or self.direction != "inbound" or not self.number_e164:
            return False
        return bool(
            self.search_count(
                [
                    ("company_id", "=", self.company_id.id),
                    ("number_e164", "=", self.number_e164),
                    ("start_date", "=", self.start_date),
                    ("pbx_id", "=", self.pbx_id.id),
                    ("id", "<", self.id),
                ],
                limit=1,
            )
        )

    def _can_be_rung_back(self):
        """Tell whether it is a call with a customer that has a number."""
        return bool(
            self.number_e164
            and self.direction != "internal"
            and self.match_reason != "own"
            and not self.imported
        )

    def _is_talk(self):
        """Tell whether somebody of ours spoke with them for long enough.

        Nothing but the PBX's own records makes us believe a call that we hear of only
        after its end.
        """
        return (
            self.answered_by == "person"
            and self.talk_seconds >= self.pbx_id.min_talk_seconds
            and (self.confirmed or self._was_heard_live())
            and not self.doubtful
        )

    def _is_missed(self):
        """Tell whether a caller spoke with nobody of ours, for all that is known.

        A PBX may say "answered" of a menu or a voicemail. Where it does not say who
        answered within ten minutes, the caller is rather rung back than forgotten.
        """
        if self.direction != "inbound" or self.blocked:
            return False
        if self.callback_id.state == "done":
            return False  # it was settled, and what the PBX adds does not undo that
        if self.disposition in MISSED:
            return True
        if self.answered_by != "unknown":
            return False
        settled = (self.end_date or self.start_date) + UNCONFIRMED
        if settled > fields.Datetime.now():
            self.write({"follow_up": True, "follow_up_date": settled})
            return False
        return True

    def _is_still_due(self):
        """Tell whether it is not too late to ring back who was missed.

        After so many working days of the company, not counting the day of the call,
        the caller has found another way.
        """
        since, now = self.end_date or self.start_date, fields.Datetime.now()
        days = self.pbx_id.callback_days
        if now - since <= timedelta(days=days):
            return True
        if now - since > timedelta(weeks=days + 1):
            return False
        calendar = self.company_id.resource_calendar_id
        if not calendar or calendar.flexible_hours:
            return False
        zone = pytz.timezone(calendar.tz or "UTC")
        first, last = (pytz.utc.localize(at).astimezone(zone) for at in (since, now))
        spans = calendar._work_intervals_batch(first, last)[False]
        worked = {begin.date() for begin, _end, _leave in spans} - {first.date()}
        return len(worked) <= days

    def _was_talked_since(self):
        """Tell whether somebody has spoken with that number since this call began."""
        talks = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("number_e164", "=", self.number_e164),
                ("start_date", ">=", self.start_date),
                ("answered_by", "=", "person"),
                ("talk_seconds", ">=", self.pbx_id.min_talk_seconds),
            ]
        )
        return any(call._is_talk() for call in talks)
