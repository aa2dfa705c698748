"""Odoo, as the bridge speaks to it: signed requests, and its clock.

Every request is signed anew as the generic format asks for, with the time that Odoo
has: a clock that is off here keeps nothing from getting in. Odoo says what time it is
in each answer of its own; what a proxy says of the time counts for nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import secrets
import threading
from urllib.parse import urlsplit

import requests

from .config import WEBHOOK
from .local_clock import LocalClock

#: Where the bridge of a webhook asks: the first address is led to Odoo's evented
#: process by the usual proxy.
POLLS = ("/websocket/telephony/", "/telephony/bridge/")
#: A header of the answers of Odoo itself, which a proxy does not give: its time.
MARK = "X-Telephony-Answer"
EVENT_TIMEOUT = (5.0, 30.0)
#: Between these times, in Unix seconds, Odoo's clock may be: 2020 and 2200.
SENSIBLE = (1_577_836_800, 7_258_118_400)


class Odoo:
    """The Odoo that events are told to.

    :param url: the webhook's address, as the form of the PBX shows it
    :param database: its name, where one server has several
    :param clock: ours, which learns from the answers
    """

    def __init__(
        self,
        url: str,
        secret: str,
        verify: bool | str = True,
        database: str = "",
        clock: LocalClock | None = None,
    ):
        self._url, self._secret = url, secret.encode()
        self._base, _webhook, self._token = url.rpartition(WEBHOOK)
        self._verify, self._database = verify, database
        self._local = threading.local()
        self.clock = clock or LocalClock()

    def ask_time(self) -> requests.Response:
        """Learn what time it is for Odoo, if it says so.

        The webhook tells whoever asks, since it refuses what is not signed.

        :raises requests.RequestException: there is no whole answer
        """
        asked = self.clock.now()
        with _as_failing():
            response = self._session().get(
                self._url, timeout=(5.0, 5.0), allow_redirects=False
            )
        self._note_clock(response, asked)
        return response

    def tell(self, body: bytes) -> requests.Response:
        """Post one event to the webhook.

        :raises requests.RequestException: there is no whole answer
        """
        return self._post(self._url, body, EVENT_TIMEOUT)

    def tell_many(self, body: bytes) -> requests.Response:
        """Post a list of events that were held up.

        :raises requests.RequestException: there is no whole answer
        """
        url = f"{self._base}{POLLS[1]}{self._token}/events"
        return self._post(url, body, EVENT_TIMEOUT)

    def greet(self) -> requests.Response:
        """Tell no event, signed as all are: Odoo says whether it would take some.

        :raises requests.RequestException: there is no whole answer
        """
        return self.tell_many(b"[]")

    def poll(self, body: bytes, path: str, timeout: float) -> requests.Response:
        """Ask what there is to do.

        :param path: one of `POLLS`
        :raises requests.RequestException: there is no whole answer
        """
        return self._post(f"{self._base}{path}{self._token}", body, (5.0, timeout))

    def send_sound(self, command_id: int, file, timeout: float) -> requests.Response:
        """Hand over a sound that Odoo has asked for.

        :param file: open for reading, at its beginning
        :raises requests.RequestException: there is no whole answer
        """
        digest = hashlib.sha256()
        while piece := file.read(65_536):
            digest.update(piece)
        file.seek(0)
        signed = f"{command_id}.{digest.hexdigest()}".encode()
        form = _Form(file)
        return self._session().post(
            f"{self._base}{POLLS[1]}{self._token}/sound/{command_id}",
            data=form,
            headers={**self._sign(signed), "Content-Type": form.content_type},
            timeout=(5.0, timeout),
            allow_redirects=False,
        )

    def _post(self, url, body, timeout):
        asked = self.clock.now()
        with _as_failing():
            response = self._session().post(
                url,
                data=body,
                headers={**self._sign(body), "Content-Type": "application/json"},
                timeout=timeout,
                allow_redirects=False,
            )
        self._note_clock(response, asked)
        return response

    def _note_clock(self, response, asked):
        with contextlib.suppress(KeyError, ValueError):
            told = float(response.headers[MARK])
            if SENSIBLE[0] < told < SENSIBLE[1]:
                self.clock.learn(told, asked)

    def _session(self):
        """Return this thread's own connection."""
        session = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = False
            session.verify = self._verify
            session.headers["User-Agent"] = "telephony-bridge"
            if self._database:
                session.headers["X-Odoo-Database"] = self._database
        return session

    def _sign(self, body):
        sent, nonce = str(int(self.clock.odoo_now())), secrets.token_hex(8)
        text = f"{sent}.{nonce}.".encode() + body
        return {
            "X-Telephony-Time": sent,
            "X-Telephony-Nonce": nonce,
            "X-Telephony-Signature": hmac.new(
                self._secret, text, hashlib.sha256
            ).hexdigest(),
        }

    @property
    def host(self) -> str:
        """Where Odoo is, without anything secret."""
        address = urlsplit(self._url)
        return f"{address.scheme}://{address.netloc}"


@contextlib.contextmanager
def _as_failing():
    """Have a file of certificates that is gone be what keeps Odoo from being asked."""
    try:
        yield
    except OSError as error:
        if isinstance(error, requests.RequestException):
            raise
        raise requests.exceptions.SSLError(str(error)) from error


class _Form:
    """A form with one file, which is read as it is sent."""

    def __init__(self, file):
        boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._parts = [
            f"--{boundary}\r\n"
            'Content-Disposition: form-data; name="sound"; filename="sound"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n".encode(),
            file,
            f"\r\n--{boundary}--\r\n".encode(),
        ]
        size = file.seek(0, 2)
        file.seek(0)
        self._size = size + sum(len(part) for part in self._parts[::2])

    def __len__(self):
        return self._size

    def __iter__(self):
        before, file, after = self._parts
        yield before
        while piece := file.read(65_536):
            yield piece
        yield after

    def read(self, _size=-1):
        """Return the next piece; who sends asks until there is none."""
        pieces = self.__dict__.setdefault("_pieces", iter(self))
        return next(pieces, b"")
