"""Where the bridges of a PBX meet, see `leader.Place`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from .ari import Ari, EventSocket
from .errors import PbxError


def names_of(webhook: str) -> tuple[str, str]:
    """Return the application and the variable at which bridges to an Odoo meet.

    Those of another Odoo on the same PBX have others. By which name Odoo is reached
    does not matter, and who sees the names learns nothing of the address.

    :param webhook: the webhook address, which ends with its token
    """
    token = webhook.rstrip("/").rpartition("/")[2]
    mark = hashlib.sha256(token.encode()).hexdigest()[:8]
    return f"telephony-{mark}", f"TELEPHONY_BRIDGE_{mark.upper()}"


class AriPlace:
    """They meet at the event socket of ARI.

    :param app: the name of their application
    :param on_event: called with what the socket tells
    """

    def __init__(self, ari: Ari, app: str, on_event: Callable[[dict], None]):
        self.get_variable, self.set_variable = ari.get_variable, ari.set_variable
        self._ari, self._app, self._on_event = ari, app, on_event
        self._socket: EventSocket | None = None

    def is_free(self) -> bool:
        """Tell whether nobody holds the event socket."""
        return not self._ari.holds_app(self._app)

    def claim(self, on_lost: Callable[[bool], None]) -> None:
        """Take the event socket."""
        self.release()
        self._socket = EventSocket(self._ari, self._app, on_lost, self._on_event)
        self._socket.open()

    def release(self) -> None:
        """Give the event socket up."""
        if self._socket:
            self._socket.close()


class AmiPlace:
    """They meet at the variable alone.

    :param action: `Ami.action` of whichever connection there is
    """

    def __init__(self, action: Callable[..., dict]):
        self._action = action

    def get_variable(self, name: str) -> str:
        """Return a global variable of the PBX."""
        return str(self._action("Getvar", Variable=name).get("Value", ""))

    def set_variable(self, name: str, value: str) -> None:
        """Set a global variable of the PBX."""
        answer = self._action("Setvar", Variable=name, Value=value)
        if answer.get("Response") != "Success":
            raise PbxError("ami_refused", str(answer.get("Message", "")))

    def is_free(self) -> bool:
        """Tell that nobody knows."""
        return False

    def claim(self, on_lost: Callable[[bool], None]) -> None:
        """There is nothing to hold."""

    def release(self) -> None:
        """There is nothing to give up."""
