import logging

from odoo import fields, models

from ..pbx import adapter as pbx_adapter
from ..pbx.addresses import origin_of
from ..tools.exchange import exchange
from ..tools.fetch import fetch
from ..tools.job_time import time_for_a_sound
from ..tools.transaction import end
from .telephony_pbx import ADMINISTRATOR
from .telephony_pbx_command import SCHEME

_logger = logging.getLogger(__name__)

MAX_ANSWER = 4 * 1024 * 1024
DEADLINE = 20.0


class TelephonyPbx(models.Model):
    """How a PBX is asked for something, and what its answers mean to a person."""

    _inherit = "telephony.pbx"

    recordings_after = fields.Datetime(
        readonly=True,
        copy=False,
        groups=ADMINISTRATOR,
        help="It is asked too often, it said. No recording is asked for before.",
    )

    def _send(self, http_request):
        """Send what an adapter described; the only place that calls a PBX.

        What the caller has written is committed: no transaction is open meanwhile.

        :param http_request: `pbx.adapter.HttpRequest`
        :rtype: pbx.adapter.HttpResponse
        :raises pbx.adapter.NotConnected: nothing was sent
        :raises pbx.adapter.Unreachable: no whole answer within the time limits
        :raises pbx.adapter.PbxError: the PBX is switched off, as it is in a copy of
            the database; or an answer of more than 4 MB
        """
        self._check_switched_on()
        end(self.env)
        if http_request.url.startswith(SCHEME):
            commands = self.env["telephony.pbx.command"]
            return commands._carry_out(self, http_request, DEADLINE)
        try:
            return exchange(http_request, DEADLINE, MAX_ANSWER)
        except pbx_adapter.Unreachable as error:
            # The text of its cause holds the address with its parameters.
            cause = type(error.__cause__ or error).__name__
            _logger.info("PBX %s did not answer: %s", self.id, cause)
            raise

    def _fetch(self, http_request, limit, home):
        """Fetch a sound that an adapter described, wherever it lies.

        What the caller has written is committed: no transaction is open meanwhile.

        :param http_request: `pbx.adapter.HttpRequest`
        :param limit: bytes
        :param home: the PBX's own address, see `Adapter.recording_home`
        :return: `tools.fetch.Sound`, to be closed by the caller
        :raises pbx.adapter.PbxError: see `tools.fetch.fetch`
        """
        self._check_switched_on()
        end(self.env)
        try:
            if http_request.url.startswith(SCHEME):
                commands = self.env["telephony.pbx.command"]
                return commands._fetch_sound(self, http_request, limit)
            return fetch(http_request, origin_of(home), limit, time_for_a_sound())
        except pbx_adapter.PbxError as error:
            _logger.info("PBX %s: a recording was not fetched: %s", self.id, error.code)
            raise

    def _check_switched_on(self):
        """Ask nothing of a PBX that is archived, whoever wants it."""
        if not self.active:
            raise pbx_adapter.PbxError("inactive", "The PBX is switched off.")

    def _in_words(self, error):
        """Say what an error of a PBX means to the person who waits for it."""
        if error.code == "inactive":
            return self.env._("%s is switched off: it is archived.", self.name)
        if error.code == "in_the_clear":
            return self.env._(
                "The API address of %s begins with http://, but does not lie in your "
                "own network. Nothing was sent, since it would not be encrypted.",
                self.name,
            )
        if error.code == "bridge_away":
            return self.env._(
                "The bridge of %s does not answer, so nothing reaches the PBX. Check "
                "that it runs.",
                self.name,
            )
        if error.code == "bridge_busy":
            return self.env._(
                "Others wait for %s already, and Odoo has no worker left to wait with. "
                "Try again in a moment.",
                self.name,
            )
        if isinstance(error, pbx_adapter.Unreachable):
            return self.env._("%s does not answer. Try again in a minute.", self.name)
        if isinstance(error, pbx_adapter.RateLimited):
            return self.env._(
                "%s takes no more requests for the moment. Try again in a minute.",
                self.name,
            )
        if isinstance(error, pbx_adapter.AuthError):
            return self.env._(
                "%s refuses the key. An administrator has to check key and secret.",
                self.name,
            )
        if error.code == "unsaid":
            return self.env._("%s refuses and gives no reason.", self.name)
        if isinstance(error, pbx_adapter.Refused):
            return self.env._(
                "%(pbx)s refuses: %(reason)s", pbx=self.name, reason=error.message
            )
        return self.env._("%s gave an answer that cannot be understood.", self.name)
