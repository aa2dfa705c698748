from datetime import timedelta

from odoo import api, fields, models

from ..tools.transaction import lock

MISSED = ("missed", "abandoned", "voicemail")
# How long the PBX has to say who answered, before nobody is assumed.
UNCONFIRMED = timedelta(minutes=10)


class TelephonyCall(models.Model):
    """Which callers wait to be rung back, and which wait no more."""

    _inherit = "telephony.call"

    def _vals_of_end(self, pbx):
        """Return what the end of a call decides: its result and the call-back.

        A talk of at least `min_talk_seconds` with a number, whoever had it and in
        whichever direction, settles the earlier missed calls of that number.
        """
        self.ensure_one()
        vals = {"needs_callback": False}
        if self.blocked and self.disposition != "answered":
            vals["disposition"] = "rejected"
        number = self.number_e164
        if not number or self.direction == "internal" or self.match_reason == "own":
            return vals
        same_number = [
            ("number_e164", "=", number),
            ("company_id", "=", self.company_id.id),
        ]
        lock(self.env.cr, "number", self.company_id.id, number)
        believed = self.confirmed or self._was_heard_live()
        talked = self.talk_seconds >= pbx.min_talk_seconds
        if self.answered_by == "person" and talked and believed:
            self.search(
                [
                    *same_number,
                    ("start_date", "<=", self.start_date),
                    ("needs_callback", "=", True),
                ]
            ).write({"needs_callback": False})
        elif self.direction == "inbound" and self._was_in_vain() and not self.blocked:
            vals["needs_callback"] = not self.search_count(
                [
                    *same_number,
                    ("start_date", ">=", self.start_date),
                    ("answered_by", "=", "person"),
                    ("talk_seconds", ">=", pbx.min_talk_seconds),
                ],
                limit=1,
            )
        return vals

    def _was_in_vain(self):
        """Tell whether nobody of ours spoke with the caller, for all that is known.

        A PBX may say "answered" of a menu or a voicemail. Where it does not say who
        answered within ten minutes, the caller is rather rung back than forgotten.
        What was imported is history.
        """
        if self.imported:
            return False
        if self.disposition in MISSED:
            return True
        ended = self.end_date or self.start_date
        return (
            self.answered_by == "unknown"
            and ended < fields.Datetime.now() - UNCONFIRMED
        )

    @api.model
    def _cron_settle_unconfirmed(self):
        """Put the callers on the list of whom nobody said who answered them."""
        now = fields.Datetime.now()
        calls = self.search(
            [
                ("state", "=", "ended"),
                ("direction", "=", "inbound"),
                ("answered_by", "=", "unknown"),
                ("needs_callback", "=", False),
                ("start_date", ">", now - timedelta(days=1)),
                ("end_date", "<", now - UNCONFIRMED),
            ]
        )
        for call in calls:
            pbx = call.pbx_id._for_events()
            call._update(call._vals_of_end(pbx))
