import logging
import time

import requests
from urllib3.exceptions import HTTPError

from odoo import fields, models

from ..pbx import adapter as pbx_adapter
from ..pbx.addresses import origin_of
from ..tools.fetch import fetch
from .telephony_pbx import ADMINISTRATOR

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

    def action_test(self):
        """Ask the PBX a harmless question and say in words what came of it."""
        self.ensure_one()
        self.check_access("write")
        pbx = self.sudo()
        adapter = pbx._adapter()
        request = adapter.check(pbx._credentials())
        try:
            if request:
                adapter.answer(pbx._send(request))
        except pbx_adapter.PbxError as error:
            kind, message = "danger", pbx._in_words(error)
        else:
            kind, message = (
                "success",
                self.env._("The PBX answers and accepts the key."),
            )
            if not request:
                kind, message = (
                    "info",
                    self.env._(
                        "This PBX cannot be asked, it only sends events. Have it send "
                        "one: it then stands under Events."
                    ),
                )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": kind, "message": message, "sticky": kind == "danger"},
        }

    def _send(self, http_request):
        """Send what an adapter described; the only place that calls a PBX.

        :param http_request: `pbx.adapter.HttpRequest`
        :rtype: pbx.adapter.HttpResponse
        :raises pbx.adapter.Unreachable: no whole answer within the time limits
        :raises pbx.adapter.PbxError: the PBX is switched off, as it is in a copy of
            the database; or an answer of more than 4 MB
        """
        self._check_switched_on()
        deadline = time.monotonic() + DEADLINE
        try:
            with requests.request(
                http_request.method,
                http_request.url,
                params=http_request.params,
                data=http_request.data,
                headers=http_request.headers,
                timeout=http_request.timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                return pbx_adapter.HttpResponse(
                    status=response.status_code,
                    headers={
                        name.lower(): value for name, value in response.headers.items()
                    },
                    body=_body(response, deadline),
                )
        except (requests.RequestException, HTTPError, UnicodeError) as error:
            # The last two come from addresses that are none, such as http://a..b/.
            # The text of the exception holds the address with its parameters.
            _logger.info("PBX %s did not answer: %s", self.id, type(error).__name__)
            raise pbx_adapter.Unreachable("unreachable", "") from error

    def _fetch(self, http_request, limit, home):
        """Fetch a sound that an adapter described, wherever it lies.

        :param http_request: `pbx.adapter.HttpRequest`
        :param limit: bytes
        :param home: the PBX's own address, see `Adapter.recording_home`
        :return: `tools.fetch.Sound`, to be closed by the caller
        :raises pbx.adapter.PbxError: see `tools.fetch.fetch`
        """
        self._check_switched_on()
        try:
            return fetch(http_request, origin_of(home), limit)
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
        if isinstance(error, pbx_adapter.Refused):
            return self.env._(
                "%(pbx)s refuses: %(reason)s", pbx=self.name, reason=error.message
            )
        return self.env._("%s gave an answer that cannot be understood.", self.name)


def _body(response, deadline):
    """Read an answer piece by piece, so that a slow or endless one has its end.

    The time limit of a socket begins anew with each byte.
    """
    body = bytearray()
    while piece := response.raw.read1(65536, decode_content=True):
        body += piece
        if len(body) > MAX_ANSWER:
            raise pbx_adapter.PbxError(
                "nonsense", "The PBX gave far too long an answer."
            )
        if time.monotonic() > deadline:
            raise pbx_adapter.Unreachable("unreachable", "")
    return bytes(body)
