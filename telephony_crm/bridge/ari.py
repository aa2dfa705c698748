"""ARI: requests, and the event socket that only one bridge can hold.

Who holds it matters most: of two with the same application the newer one wins, and the
other is told ``ApplicationReplaced``. Of calls, which AMI tells more of, it tells only
that there are new channels: so somebody notices when AMI does not.
"""

from __future__ import annotations

import base64
import contextlib
import json
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

import requests
import websocket
from urllib3.exceptions import HTTPError

from .errors import Gone, PbxError, why_no_tls

TIMEOUT = (5.0, 15.0)
PING = 10.0
#: Events that the socket tells; who is replaced is told so only if that is among them.
HEARD = ("ApplicationReplaced", "ChannelCreated")
#: Bytes of an answer that the bridge itself asks for.
MAX_ANSWER = 4 * 1024 * 1024


class Ari:
    """The web interface of the PBX.

    :param url: of its web server, without ``/ari``
    """

    def __init__(self, url: str, user: str, password: str, verify: bool | str = True):
        self.url = url.rstrip("/")
        self._auth, self._verify = (user, password), verify

    def request(
        self, method: str, path: str, timeout=TIMEOUT, **values
    ) -> requests.Response:
        """Send a request; ``path`` begins with ``/ari``.

        :param values: ``params``, ``data``, ``headers``
        :return: nothing of its body is read yet; to be closed
        :raises Gone: nobody answers
        :raises PbxError: the certificate is not trusted: ``ari_tls``
        """
        try:
            with requests.Session() as session:
                session.trust_env = False
                return session.request(
                    method,
                    f"{self.url}{path}",
                    auth=self._auth,
                    verify=self._verify,
                    timeout=timeout,
                    allow_redirects=False,
                    stream=True,
                    **values,
                )
        except requests.exceptions.SSLError as error:
            raise PbxError("ari_tls", why_no_tls(error)) from error
        except (requests.RequestException, OSError, UnicodeError) as error:
            raise Gone("ari_unreachable", type(error).__name__) from error

    def json(self, method: str, path: str, **values) -> dict:
        """Send a request; return what is answered with success.

        :raises PbxError: ``ari_login``, ``ari_off`` (there is no such path),
            ``ari_read_only``, ``ari_garbage``; or as `request` does
        """
        return self._ask(method, path, **values)[0]

    def _ask(self, method, path, **values):
        """Return what is answered, and the headers of the answer."""
        with self.request(method, path, **values) as response:
            status, body = response.status_code, _whole(response)
        if status in (401, 403, 404):
            codes = {401: "ari_login", 403: "ari_read_only", 404: "ari_off"}
            raise PbxError(codes[status])
        try:
            found = json.loads(body) if body else {}
        except (ValueError, RecursionError):
            found = None
        if status >= 300 or not isinstance(found, dict):
            raise PbxError("ari_garbage", f"status {status}")
        return found, response.headers

    def version(self) -> str:
        """Return the version of Asterisk, such as ``22.10.0``."""
        return self.version_and_date()[0]

    def version_and_date(self) -> tuple[str, str]:
        """Return the version, and what time it is for the PBX as HTTP has it."""
        found, headers = self._ask("GET", "/ari/asterisk/info")
        system = found.get("system")
        version = str(system.get("version", "")) if isinstance(system, dict) else ""
        return version[:40], headers.get("Date", "")

    def get_variable(self, name: str) -> str:
        """Return a global variable of the PBX."""
        params = {"variable": name}
        try:
            found = self.json("GET", "/ari/asterisk/variable", params=params)
        except PbxError as error:
            if error.code == "ari_off":  # there is no such variable yet
                return ""
            raise
        return str(found.get("value") or "")

    def set_variable(self, name: str, value: str) -> None:
        """Set a global variable of the PBX."""
        params = {"variable": name, "value": value}
        self.json("POST", "/ari/asterisk/variable", params=params)

    def holds_app(self, app: str) -> bool:
        """Tell whether somebody holds the event socket of an application."""
        with self.request("GET", f"/ari/applications/{app}") as response:
            return response.status_code == 200

    def hear_only(self, app: str, kinds: tuple[str, ...]) -> None:
        """Have the event socket of an application tell of these events alone.

        :raises PbxError: as `json` does
        """
        allowed = {"allowed": [{"type": kind} for kind in kinds]}
        self.json("PUT", f"/ari/applications/{app}/eventFilter", json=allowed)


class EventSocket:
    """The event socket of an application.

    :param on_lost: called once, with whether another bridge has taken it
    :param on_event: called with each other event, in the thread that listens
    """

    def __init__(
        self,
        ari: Ari,
        app: str,
        on_lost: Callable[[bool], None],
        on_event: Callable[[dict], None] = lambda event: None,
    ):
        self._ari, self._app, self._on_lost = ari, app, on_lost
        self._on_event = on_event
        self._socket: websocket.WebSocket | None = None
        self._closed = False

    def open(self) -> None:
        """Take the socket, from whoever has it.

        :raises Gone: nobody answers
        :raises PbxError: ``ari_login``
        """
        address = urlsplit(self._ari.url)
        scheme = "wss" if address.scheme == "https" else "ws"
        key = base64.b64encode(":".join(self._ari._auth).encode()).decode()
        options = {}
        if self._ari._verify is False:
            options["cert_reqs"] = 0  # ssl.CERT_NONE
            options["check_hostname"] = False
        elif isinstance(self._ari._verify, str):
            options["ca_certs"] = self._ari._verify
        try:
            self._socket = websocket.create_connection(
                f"{scheme}://{address.netloc}{address.path}/ari/events"
                f"?app={self._app}&subscribeAll=true",
                timeout=TIMEOUT[0],
                header=[f"Authorization: Basic {key}"],
                sslopt=options,
                http_no_proxy=["*"],
            )
        except websocket.WebSocketBadStatusException as error:
            code = "ari_login" if error.status_code == 401 else "ari_off"
            raise PbxError(code) from error
        except (websocket.WebSocketException, OSError) as error:
            raise Gone("ari_unreachable", type(error).__name__) from error
        with contextlib.suppress(
            PbxError
        ):  # else there is more to be read, and no harm
            self._ari.hear_only(self._app, HEARD)
        self._socket.settimeout(PING)
        threading.Thread(target=self._listen, name="ari", daemon=True).start()

    def close(self) -> None:
        """Give the socket up."""
        self._closed = True
        if self._socket:
            with contextlib.suppress(websocket.WebSocketException, OSError):
                self._socket.close(timeout=1)

    def _listen(self):
        is_replaced = is_asked = False
        try:
            while not is_replaced:
                try:
                    opcode, frame = self._socket.recv_data_frame(control_frame=True)
                except websocket.WebSocketTimeoutException:
                    if is_asked:
                        break  # no answer to the ping either
                    is_asked = True
                    self._socket.ping()
                    continue
                if opcode == websocket.ABNF.OPCODE_CLOSE:
                    break
                is_asked = False
                event = _event(frame.data)
                is_replaced = event.get("type") == "ApplicationReplaced"
                if event and not is_replaced:
                    self._on_event(event)
        except (websocket.WebSocketException, OSError):
            pass  # it is over, and who waits for it is told
        finally:
            if not self._closed:
                self._closed = True
                self._on_lost(is_replaced)
        with contextlib.suppress(websocket.WebSocketException, OSError):
            self._socket.close(timeout=1)


def _whole(response):
    """Return the body of an answer that is to be understood, so not a long one."""
    try:
        body = response.raw.read(MAX_ANSWER + 1, decode_content=True)
    except (HTTPError, OSError) as error:
        raise Gone("ari_unreachable", type(error).__name__) from error
    if len(body) > MAX_ANSWER:
        raise PbxError("ari_garbage", "it does not end")
    return body


def _event(said):
    """Return an event; nothing of what is none."""
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
