"""The test of the connection: all that calls need is tried, and nothing changes.

Whether calls would be told of cannot be seen without a call; but a bridge that ARI
makes is told to the same users, and is taken away again with nobody having been in it.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

from . import check_reading as reading
from .ari import Ari
from .cdr_table import TIMEOUT, Table
from .errors import Gone, PbxError
from .problems import OLDEST, in_words

#: AMI actions that are needed, and what ``write`` has to name for each.
ACTIONS = {
    "CoreShowChannels": "system or reporting",
    "BridgeList": "call",
    "Redirect": "call",
    "Setvar": "call",
    "Originate": "originate",
    "MixMonitor": "system",
}
BRIDGE = "telephony-check-"
PATIENCE = 2.0
#: Seconds for the table, beside all else: Odoo waits for 20.
TABLE_PATIENCE = TIMEOUT + 2.0


class Check:
    """Tries the connections of a configuration, over ones of its own.

    :param connect: returns a new connection to AMI, given what is to be called with
        each event
    """

    def __init__(self, config, connect: Callable, ari: Ari | None):
        self._config, self._connect, self._ari = config, connect, ari

    def run(self) -> dict:
        """Return ``problems`` (sentences; none: all is well), ``asterisk``, ``ami``.

        ``ari`` tells whether there is an address of it, ``unsaid`` of which events the
        PBX does not say whether its user is told of them. Several may run at once.
        """
        return _Run(self._config, self._connect, self._ari).run()


class _Run:
    """One run, which shares what it finds with no other."""

    def __init__(self, config, connect, ari):
        self._config, self._connect, self._ari = config, connect, ari
        self._problems: list[PbxError] = []
        self._heard = threading.Event()
        self._version = ""
        self._unsaid: list[str] = []
        self._table = ""

    def run(self):
        # Beside the others: what does not answer may take as long as they do.
        until = time.monotonic() + TABLE_PATIENCE
        table = threading.Thread(target=self._try_table, daemon=True)
        table.start()
        found = self._try_ami()
        table.join(max(until - time.monotonic(), 0))
        if table.is_alive():
            self._table = "The CDR table does not answer."
        if self._table:
            self._problems.append(PbxError("cdr_table", self._table))
        asterisk = self._config.asterisk
        if asterisk.recordings and not Path(asterisk.recordings).is_dir():
            if Path(asterisk.recordings).parent.is_dir():
                self._problems.append(PbxError("recordings", asterisk.recordings))
        words = dict.fromkeys(in_words(one, asterisk) for one in self._problems)
        return {
            "problems": list(words),
            "asterisk": self._version,
            "ami": found,
            "ari": self._ari is not None,
            "unsaid": self._unsaid,
        }

    def _try_ami(self):
        client = None
        try:
            try:
                client = self._connect(self._hear)
                client.connect()
            except PbxError as error:
                self._problems.append(error)
                self._try_ari(False)
                return ""
            self._try_rights(client)
            self._try_ari(True)
            return client.version
        finally:
            if client:
                client.close()

    def _try_table(self):
        """Look whether the table of records can be read, where there is one."""
        if not self._config.cdr.engine:
            return
        try:
            Table(self._config.cdr).look()
        except OSError as error:
            self._table = str(error)

    def _try_rights(self, client):
        try:
            allowed = {name.lower() for name in client.action("ListCommands")}
            settings = client.action("CoreSettings")
        except PbxError as error:
            self._problems.append(error)
            return
        self._note_version(str(settings.get("AsteriskVersion", "")))
        lacking = dict.fromkeys(
            kind for name, kind in ACTIONS.items() if name.lower() not in allowed
        )
        if lacking:
            self._problems.append(PbxError("ami_write", ", ".join(lacking)))
        self._try_reading(client, allowed)

    def _try_reading(self, client, allowed):
        """Look which events the user is told of."""
        needed = reading.needed(bool(self._config.cdr.engine))
        lacking = reading.lacking(client, allowed, self._config.asterisk, needed)
        if lacking:
            self._problems.append(PbxError("ami_unread", ", ".join(lacking)))
        self._unsaid = list(needed) if lacking is None else []

    def _try_ari(self, has_ami):
        if self._ari is None:
            return
        try:
            self._note_version(self._ari.version())
            self._ari.set_variable("TELEPHONY_TEST", secrets.token_hex(4))
            if has_ami:
                self._try_events()
        except Gone as error:
            self._problems.append(error)
        except PbxError as error:
            self._problems.append(error)

    def _try_events(self):
        """Have ARI make a bridge, and look whether AMI tells of it."""
        path = f"/ari/bridges/{BRIDGE}{secrets.token_hex(4)}"
        with self._ari.request("POST", path, params={"type": "mixing"}) as made:
            is_heard = made.status_code >= 300 or self._heard.wait(PATIENCE)
        self._ari.request("DELETE", path).close()
        if made.status_code < 300 and is_heard:
            self._unsaid = [one for one in self._unsaid if one != reading.CALLS]
        if not is_heard and not any(one.code == "ami_unread" for one in self._problems):
            self._problems.append(PbxError("ami_unread", reading.CALLS))

    def _hear(self, message):
        name = message.get("BridgeUniqueid", "")
        if message.get("Event") == "BridgeCreate" and str(name).startswith(BRIDGE):
            self._heard.set()

    def _note_version(self, version):
        if not version or self._version:
            return
        self._version = version
        found = re.search(r"\d+", version)
        if found and int(found[0]) < OLDEST:
            self._problems.append(PbxError("version", version))
