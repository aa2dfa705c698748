from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.telephony_crm.pbx import adapter as pbx_adapter
from odoo.addons.telephony_crm.tools.transaction import begin

from ..attribution.conversion import State
from .telephony_tracking_conversion_send import FIRST_ASKED, NO_ANSWER

#: What is not known by then, never will be.
LAST_ASKED = timedelta(days=3)


class TelephonyTrackingConversion(models.Model):
    """What became of conversions, where a receiver says so only when it is asked."""

    _inherit = "telephony.tracking.conversion"

    @api.model
    def _to_be_asked(self, limit):
        due = [("ask_date", "<=", fields.Datetime.now()), *self._ready()]
        return self.search(due, limit=limit, order="ask_date, id")

    def _ask_now(self, tokens):
        """Ask what became of one that was handed over.

        :return: whether its destination may be asked for more
        """
        begin(self.env)
        destination = self.destination_id
        pure, settings = destination._pure(), destination._settings()
        now, since = fields.Datetime.now(), self.sent_date or self.create_date
        # Half an hour, an hour, two, four …
        later = now + max(now - since, FIRST_ASKED)
        self.ask_date = later if now - since < LAST_ASKED else False
        try:
            settings |= destination._token(tokens)
        except (ValueError, pbx_adapter.PbxError) as error:
            return destination._pause(destination._problem_of(error))
        asked = pure and pure.ask(self.ref, settings)
        if not asked:
            self.ask_date = False
            return True
        result = destination._exchange(
            asked,
            lambda status, _headers, body, _test: pure.read_asked(
                status, body, settings
            ),
        )
        is_there = self._begin_alone()
        final = (State.ACCEPTED, State.REFUSED, State.UNKNOWN)
        is_answer = result.state in final and result.reason != NO_ANSWER
        if not is_there or self.state != State.SENT.value:
            return True
        if result.state == State.HELD:
            self.ask_date = False
            self._hold(result.reason)
            self._tell_news()
        elif is_answer:
            self.write(
                {
                    "state": result.state.value,
                    "reason": result.reason or False,
                    "ask_date": False,
                }
            )
        return True
