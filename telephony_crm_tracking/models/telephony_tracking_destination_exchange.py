import logging
from datetime import timedelta

from odoo import fields, models

from odoo.addons.telephony_crm.models.telephony_pbx import ADMINISTRATOR
from odoo.addons.telephony_crm.pbx import adapter as pbx_adapter
from odoo.addons.telephony_crm.tools.exchange import exchange
from odoo.addons.telephony_crm.tools.transaction import end

from ..attribution.answers import MAX_ANSWER, MAX_REASON
from ..attribution.clean import text
from .telephony_tracking_conversion import GONE_OUT, NO_MORE
from .telephony_tracking_conversion_send import unanswered

_logger = logging.getLogger(__name__)

#: Seconds, for all of a request and its answer.
PATIENCE = 40.0
#: A receiver that takes nothing is left alone for that long, longer each time.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 720))


class TelephonyTrackingDestination(models.Model):
    """How a receiver is asked for something, and left alone when it takes nothing."""

    _inherit = "telephony.tracking.destination"

    pause_date = fields.Datetime(
        readonly=True, copy=False, groups=ADMINISTRATOR, help="Nothing goes before."
    )
    failures = fields.Integer(readonly=True, copy=False, groups=ADMINISTRATOR)
    problem = fields.Char(
        readonly=True,
        copy=False,
        groups=ADMINISTRATOR,
        help="Why nothing was taken: our code, or the receiver's words.",
    )

    def _exchange(self, asked, read, test=False):
        """Send what a pure file described; return what the answer means.

        What the caller has written is committed: no transaction is open meanwhile.

        :param asked: `attribution.conversion.Request`
        :param read: function of status, headers, body and ``test``
        :rtype: attribution.conversion.Result
        """
        try:
            answer = self._answer_to(asked)
        except pbx_adapter.PbxError as error:
            # The text of its cause holds the address with its parameters.
            cause = type(error.__cause__ or error).__name__
            _logger.info("Destination %s did not answer: %s", self.id, cause)
            return unanswered(error)
        return read(answer.status, answer.headers, answer.body, test)

    def _answer_to(self, asked):
        """Return the answer to a request; no redirect is followed.

        :raises pbx.adapter.PbxError: see `tools.exchange`
        """
        end(self.env)
        return exchange(
            pbx_adapter.HttpRequest(
                asked.method,
                asked.url,
                params=asked.params,
                data=asked.body or None,
                headers=asked.headers,
                timeout=asked.timeout,
            ),
            PATIENCE,
            MAX_ANSWER,
        )

    def _token(self, tokens):
        """Return the setting with a passing token, where one is needed.

        It is nowhere stored.

        :param tokens: those that were had already, by destination
        :raises ValueError: when there is none
        :raises pbx.adapter.PbxError: when who gives them does not answer
        """
        pure = self._pure()
        if not pure or self.id in tokens:
            return tokens.get(self.id, {})
        asked = pure.token(self._settings(), fields.Datetime.now())
        if asked:
            answer = self._answer_to(asked)
            token, _seconds = pure.read_token(answer.status, answer.body)
            tokens[self.id] = {"access_token": token}
        return tokens.get(self.id, {})

    def _problem_of(self, error):
        """Return a code, or words, for what was wrong before anything was sent."""
        if isinstance(error, ValueError):
            return text(str(error), MAX_REASON) or "settings"
        return "unreachable"

    def _pause(self, problem):
        """Leave the receiver alone for a while; return `False`.

        :param problem: a code of ours, or the receiver's words
        """
        wait = PAUSES[min(self.failures, len(PAUSES) - 1)]
        self.write(
            {
                "failures": self.failures + 1,
                "pause_date": fields.Datetime.now() + wait,
                "problem": problem,
            }
        )
        return False

    def _go_on(self):
        """Forget what was wrong, since something was taken or entered anew."""
        self.filtered("pause_date").write(
            {"failures": 0, "pause_date": False, "problem": False}
        )

    def _hand_over_tested(self):
        """Have that go in earnest which was tested only, as it is by now."""
        self._go_on()
        rows = self.env["telephony.tracking.conversion"].search(
            [
                ("destination_id", "in", self.ids),
                ("is_test", "=", True),
                ("state", "in", [*GONE_OUT, "refused"]),
                ("cancelled_date", "=", False),
            ]
        )
        outdated = rows.filtered(lambda row: row._is_outdated())
        outdated._leave_out(NO_MORE)
        (rows - outdated)._queue()
