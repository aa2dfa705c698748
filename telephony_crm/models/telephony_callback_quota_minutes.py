from odoo import api, fields, models
from odoo.tools import SQL

from ..pbx import numbers
from .telephony_callback_quota import DAY


class TelephonyCallbackQuota(models.Model):
    """What those talk who asked to be called back: each minute of it is paid for.

    A hundred requests are cheap or dear, depending on how long the calls are. So the
    minutes are read from the calls, those that go on included.
    """

    _inherit = "telephony.callback.quota"

    @api.model
    def _is_talked_out(self, pbx, country):
        """Tell whether the minutes of a day with a country are used up.

        :param country: ISO code of the number that is to be called
        """
        if not country:
            return False
        return self._minutes_talked(pbx, country) >= pbx.ask_country_minutes

    @api.model
    def _minutes_talked(self, pbx, country):
        """Return the minutes of the last day, each call's begun ones counted whole."""
        now = fields.Datetime.now()
        self.env["telephony.call"].flush_model()
        self.env["telephony.dial"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT d.e164, sum(ceil(GREATEST(
                           c.talk_seconds,
                           CASE WHEN c.state != 'ended' THEN extract(
                               epoch FROM %(now)s - c.answer_date) END,
                           0) / 60.0))
                  FROM telephony_dial d
                  JOIN telephony_call c ON c.id = d.call_id
                 WHERE d.pbx_id = %(pbx)s AND d.callback_id IS NOT NULL
                   AND d.create_date > %(since)s
                 GROUP BY d.e164
                """,
                now=now,
                pbx=pbx.id,
                since=now - DAY,
            )
        )
        return sum(
            minutes
            for e164, minutes in self.env.cr.fetchall()
            if minutes and numbers.parse(e164 or "").country == country
        )
