"""What is asked of Asterisk, in whichever way it gets there.

With an address, Odoo speaks to the web server of the PBX itself: ARI under ``/ari``
with a password, AMI under ``/rawman`` after a login whose session is a cookie. Without
one, the same paths go through the bridge (``bridge:/ari/…``), which adds its own keys.
``/bridge/…`` is answered by the bridge alone.

Sources: Asterisk 22, ``rest-api/api-docs/*.json``, ``main/manager.c``,
``res/res_ari.c``; "Asterisk Manager Interface over HTTP" of its documentation.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Generator, Mapping

from . import asterisk_values as values
from .asterisk_answers import NO_ARI, read_ami, read_ami_list
from .errors import AuthError, PbxError
from .messages import TIMEOUT, Credentials, HttpRequest, HttpResponse

#: A conversation: yields requests, is sent their answers, returns what came of it.
Steps = Generator[HttpRequest, HttpResponse, object]

BRIDGE = "bridge:"
#: What counts as long as nothing else is set.
DEFAULTS = {
    "endpoint": "PJSIP/{extension}",
    "context": "from-internal",
    "number": "{number}",
}

#: Digits of the shortest number that is no extension.
SHORTEST = 7

_session = re.compile(r'mansession_id="?([0-9a-f]+)"?', re.IGNORECASE)


def over_bridge(credentials: Credentials) -> bool:
    """Tell whether requests go through the bridge."""
    return not credentials.api_url


def has_ari(credentials: Credentials) -> bool:
    """Tell whether ARI can be asked; whether a bridge has it, its answer tells."""
    return over_bridge(credentials) or bool(setting(credentials, "ari_user"))


def ask_ari(credentials: Credentials, *asked, **more) -> Steps:
    """Ask ARI, see `ari`; return the answer, ``None`` where there is no ARI."""
    if not has_ari(credentials):
        return None
    answer = yield ari(credentials, *asked, **more)
    if over_bridge(credentials) and answer.status == NO_ARI:
        return None
    return answer


def setting(credentials: Credentials, key: str) -> str:
    """Return what is set, or what counts as long as nothing is."""
    return credentials.settings.get(key) or DEFAULTS.get(key, "")


def ari(
    credentials: Credentials,
    method: str,
    path: str,
    params: Mapping | None = None,
    body: Mapping | None = None,
    timeout: tuple[float, float] = TIMEOUT,
) -> HttpRequest:
    """Describe a request to ARI; ``path`` begins after ``/ari``."""
    headers = _authorization(credentials)
    if body is not None:
        headers["Content-Type"] = "application/json"
    return HttpRequest(
        method,
        f"{_base(credentials)}/ari{path}",
        params=dict(params or {}),
        data=None if body is None else json.dumps(body),
        headers=headers,
        timeout=timeout,
    )


def bridge(method: str, path: str, params: Mapping | None = None) -> HttpRequest:
    """Describe a request that only the bridge answers."""
    return HttpRequest(method, f"{BRIDGE}/bridge{path}", params=dict(params or {}))


def as_dialled(credentials: Credentials, number: str) -> str:
    """Return a number as the dialplan expects it; an extension stays as it is."""
    number = values.number(number)
    digits = number.lstrip("+")
    if len(digits) < SHORTEST:
        return number
    shape = setting(credentials, "number")
    return values.number(shape.replace("{number}", number).replace("{digits}", digits))


class Ami:
    """AMI for the length of a conversation, with one login for all of it."""

    def __init__(self, credentials: Credentials):
        self._credentials = credentials
        self._headers = None

    def do(self, action: str, **fields: str) -> Steps:
        """Carry out an action; return the fields of its answer, in lower case.

        :raises Refused: in the PBX's words
        :raises AuthError: the user is not accepted, or may not do this
        """
        return read_ami((yield from self._ask(action, fields)))

    def collect(self, action: str, kind: str) -> Steps:
        """Carry out an action that is answered with a list; return its items.

        :param kind: see `asterisk_answers.read_ami_list`
        :raises PbxError: as `do` does, and when the list is not whole
        """
        return read_ami_list((yield from self._ask(action, {})), kind)

    def _ask(self, action, fields):
        if self._headers is None:
            self._headers = yield from self._log_in()
        return (
            yield HttpRequest(
                "GET",
                f"{_base(self._credentials)}/rawman",
                params={"action": action, **fields},
                headers=self._headers,
            )
        )

    def _log_in(self):
        """Return the headers of a session; the password is no parameter of it."""
        if over_bridge(self._credentials):
            return {}
        user = setting(self._credentials, "ami_user")
        if not user:
            raise PbxError("ami_unset", "No AMI user is set.")
        answer = yield HttpRequest(
            "POST",
            f"{_base(self._credentials)}/rawman",
            data={
                "action": "login",
                "username": user,
                "secret": setting(self._credentials, "ami_password"),
            },
        )
        if answer.status == 404:
            raise PbxError("ami_off", "AMI is not served over HTTP.")
        read_ami(answer)
        found = _session.search(answer.headers.get("set-cookie", ""))
        if not found:
            raise AuthError("ami_auth", "AMI does not accept the user and password.")
        return {"Cookie": f'mansession_id="{found[1]}"'}


def _base(credentials):
    return credentials.api_url.rstrip("/") or BRIDGE


def _authorization(credentials):
    """Return who asks; over the bridge nobody, as it has a user of its own."""
    if over_bridge(credentials):
        return {}
    user = setting(credentials, "ari_user")
    key = f"{user}:{setting(credentials, 'ari_password')}".encode()
    return {"Authorization": f"Basic {base64.b64encode(key).decode()}"}
