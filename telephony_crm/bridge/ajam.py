"""AMI over HTTP, where only the web port of the PBX is open.

Asterisk calls it unsupported, and an event that comes between two questions while its
session is being cleaned up is lost: a connection of its own is better wherever there
is one. ``webenabled=yes`` in ``manager.conf`` switches it on.

Source: "Asynchronous Javascript Asterisk Manager (AJAM)" of its documentation,
``generic_http_callback`` in ``main/manager.c``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from . import ami_message
from .errors import Gone, PbxError, TimedOut, why_no_tls

ANSWER = 5.0
#: Seconds that the PBX holds a question for events, and bytes of what it says at once.
HOLD = 10
MAX_ANSWER, PIECE = 64 * 1024 * 1024, 64 * 1024


class Ajam:
    """Does over HTTP what `Ami` does over a socket of its own.

    :param url: up to and with ``/rawman``
    """

    def __init__(
        self,
        url: str,
        user: str,
        secret: str,
        verify: bool | str = True,
        on_event: Callable[[dict], None] = lambda event: None,
    ):
        self._url, self._user, self._secret = url, user, secret
        self._verify, self._on_event = verify, on_event
        self._session = self._new_session()
        self._over = threading.Event()
        self.dirt = 0
        self.version = ""

    def _new_session(self):
        session = requests.Session()
        session.trust_env = False
        session.verify = self._verify
        return session

    def connect(self) -> None:
        """Log in; events come from here on.

        :raises PbxError: as `Ami.connect` does
        """
        # In a form, since what stands in an address stands in logs.
        [answer, *_rest] = self._post(
            {"action": "login", "username": self._user, "secret": self._secret}, ANSWER
        ) or [{}]
        if "Response" not in answer:
            raise PbxError("ami_garbage", "HTTP")
        if answer["Response"] != "Success":
            raise PbxError("ami_login", self._user)
        threading.Thread(target=self._listen, name="ajam", daemon=True).start()

    def close(self) -> None:
        """Let go of the session."""
        self._over.set()

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes."""
        return self._over.is_set()

    def action(self, name: str, timeout: float = ANSWER, **fields) -> dict:
        """Carry out an action; return the headers of the answer.

        :raises ValueError: for a value with a line break
        :raises Gone: the session is over, or nobody answers
        :raises TimedOut: nobody knows what became of it
        """
        ami_message.action(name, fields)  # says what is wrong with the fields
        messages = self._post({**fields, "action": name}, timeout)
        for message in messages:
            if "Response" in message:
                return message
        raise PbxError("ami_garbage", name)

    def collect(self, name: str, timeout: float = ANSWER, **fields) -> list[dict]:
        """Carry out an action that answers with a list; return its items.

        :raises PbxError: as `action` does; or the code ``ami_refused``
        """
        ami_message.action(name, fields)
        messages = self._post({**fields, "action": name}, timeout)
        answers = [one for one in messages if "Response" in one and "Event" not in one]
        if not answers or answers[0].get("Response") != "Success":
            said = answers[0].get("Message", "") if answers else ""
            raise PbxError("ami_refused", str(said))
        return [
            one
            for one in messages
            if "Event" in one and one.get("EventList") != "Complete"
        ]

    def send(self, name: str, **fields) -> None:
        """Carry out an action; all that is answered comes as events do, in its order.

        :raises PbxError: as `action` does
        """
        ami_message.action(name, fields)
        for message in self._post({**fields, "action": name}, ANSWER):
            self._on_event(message)

    def _listen(self):
        """Ask for events as long as there is somebody to ask."""
        session = self._new_session()
        session.cookies = self._session.cookies
        try:
            while not self.is_over:
                asked = {"action": "WaitEvent", "Timeout": str(HOLD)}
                is_complete = False
                for message in self._post(asked, HOLD + ANSWER, session):
                    if message.get("Event") == "WaitEventComplete":
                        is_complete = True
                    elif "Event" in message:
                        self._on_event(message)
                if not is_complete:
                    # The session is over, or who answers at once is no AMI.
                    raise Gone("ami_gone")
        except PbxError:
            pass  # who waits learns it from the end of the session
        finally:
            self.close()

    def _post(self, form, timeout, session=None):
        """Return the messages of an answer."""
        try:
            with (session or self._session).post(
                self._url,
                data=form,
                timeout=(ANSWER, timeout),
                stream=True,
                allow_redirects=False,
            ) as response:
                if response.status_code == 404:
                    raise PbxError("ajam_off")
                return self._read(response.raw)
        except requests.exceptions.SSLError as error:
            raise PbxError("ami_tls", why_no_tls(error)) from error
        except (requests.ReadTimeout, ReadTimeoutError) as error:
            raise TimedOut("ami_silent") from error
        except (requests.RequestException, HTTPError, OSError) as error:
            raise Gone("ami_unreachable", type(error).__name__) from error

    def _read(self, raw):
        """Return the messages of a body; one that is too long costs no other."""
        parser, messages, size = ami_message.Parser(), [], 0
        while piece := raw.read(PIECE, decode_content=True):
            size += len(piece)
            if size > MAX_ANSWER:
                raise PbxError("ami_garbage", "it does not end")
            messages += parser.feed(piece)
        messages += parser.feed(b"\r\n\r\n")
        self.dirt += parser.dirt
        return messages
