"""What Odoo wants of the PBX, carried out by who is beside it.

A command is a request as Odoo would send it to the PBX itself; the answer is what the
PBX would have answered. ``/ari/…`` goes to ARI, ``/rawman`` to AMI, whatever leads
there, and ``/bridge/…`` is for the bridge. What is not on the lists of `allowed` is
refused, whoever asks: to call and to listen is one thing, to run programs on the PBX
another.
"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import tempfile
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, unquote

from . import allowed, ami_message
from .ari import Ari
from .cdr import Cdr
from .command_own import OwnAnswers
from .errors import Gone, PbxError, Refused, TimedOut
from .recordings import Recordings

_logger = logging.getLogger(__name__)

#: Bytes of an answer; sounds have a way of their own. It is posted as base64, and many
#: a proxy takes no request of more than 1 MB.
MAX_ANSWER = 700_000
PIECE = 64 * 1024
#: The action that is answered with a list, and what of each item is needed.
LIST = "coreshowchannels"
NAMES = ("Event", "Channel", "Uniqueid", "Linkedid")
#: As HTTP has it: understood, and not done. 403 would be the PBX's own word.
NOT_ALLOWED = 422


class Commands:
    """Carries out one command at a time, in any thread.

    :param client: returns the connection to AMI, `None` when there is none
    :param check: returns what is wrong, see `check.Check.run`
    :param retry: has told again what Odoo refused, and returns how much
    :param reach: how far calls go that Odoo has begun
    """

    def __init__(
        self,
        ari: Ari | None,
        client: Callable,
        cdr: Cdr,
        recordings: Recordings,
        check: Callable[[], dict],
        retry: Callable[[], int],
        reach: allowed.Reach,
    ):
        self._ari, self._client = ari, client
        self._recordings, self._reach = recordings, reach
        self._own = OwnAnswers(cdr, recordings, check, retry, reach)

    def carry_out(self, command: Mapping, send_sound: Callable) -> dict | None:
        """Do what a command says; whatever goes wrong is its answer.

        :param send_sound: hands a file to Odoo, see `Odoo.send_sound`
        :return: ``id, status, headers, body`` (base64); `None`: a sound was sent
        """
        try:
            if command.get("sound"):
                with self._sound(command) as file:
                    taken = send_sound(command["id"], file, command["timeout"])
                if taken.ok:
                    return None
                # A proxy with a limit, for example: Odoo waits, and has to hear why.
                raise Refused(taken.status_code, "The sound was not taken.")
            status, headers, body = self._answer(command)
        except Refused as error:
            status, headers, body = error.status, {}, _message(error.message)
        except TimedOut as error:
            status, headers, body = 504, {}, _message(error.code)
        except PbxError as error:
            status, headers, body = 502, {}, _message(error.code)
        except Exception as error:
            _logger.exception("A command cannot be carried out")
            status, headers, body = 500, {}, _message(type(error).__name__)
        if len(body) > MAX_ANSWER:
            status, body = 507, _message("The answer is too long.")
        return _reply(command, status, headers, body)

    def _answer(self, command):
        path = str(command.get("path", ""))
        if path.startswith("/ari/"):
            with self._ask_ari(command, path) as response:
                kind = response.headers.get("Content-Type", "")
                body = response.raw.read(MAX_ANSWER + 1, decode_content=True)
                return response.status_code, {"content-type": kind}, body
        if path == "/rawman":
            return 200, {"content-type": "text/plain"}, self._ask_ami(command)
        return self._own.answer(command, path)

    # -- ARI and AMI ------------------------------------------------------------------

    def _ask_ari(self, command, path):
        if self._ari is None:
            raise Refused(501, "The bridge has no address of ARI.")
        method, params = str(command.get("method", "GET")), command.get("params") or {}
        try:
            data = command.get("data")
            body = allowed.check_ari(method, path, params, data, self._reach)
        except allowed.NotAllowed as error:
            raise Refused(NOT_ALLOWED, str(error)) from error
        headers = {"Content-Type": "application/json"} if body else {}
        return self._ari.request(
            method, path, params=params, data=body, headers=headers
        )

    def _ask_ami(self, command):
        fields = {**(command.get("params") or {}), **_form(command.get("data"))}
        fields = {str(name): str(value) for name, value in fields.items()}
        names = [key for key in fields if key.lower() == "action"]
        name = next((fields.pop(key) for key in names), "")
        try:
            allowed.check_ami(name, fields, self._reach)
        except allowed.NotAllowed as error:
            raise Refused(NOT_ALLOWED, str(error)) from error
        client = self._client()
        if client is None:
            raise Gone("ami_gone")
        try:
            if name.lower() == LIST:
                items = client.collect(name)
                return ami_message.list_as_text(items, NAMES).encode()
            found = client.action(name, **fields)
        except ValueError as error:
            raise Refused(400, str(error)) from error
        return ami_message.as_text(found).encode()

    # -- sounds -----------------------------------------------------------------------

    @contextlib.contextmanager
    def _sound(self, command):
        """Yield an open file with the sound that a command asks for."""
        path, limit = str(command.get("path", "")), int(command.get("limit", 0))
        if path.startswith("/bridge/recording/"):
            found = self._recordings.find(
                unquote(path.removeprefix("/bridge/recording/"))
            )
            if not found:
                raise Refused(404, "There is no such recording.")
            with found.open("rb") as file:
                yield file
            return
        if not path.startswith("/ari/recordings/"):
            raise Refused(404, "There is no such address.")
        with (
            self._ask_ari(command, path) as response,
            tempfile.TemporaryFile() as file,
        ):
            if response.status_code != 200:
                raise Refused(response.status_code, "ARI does not hand it out.")
            while piece := response.raw.read(PIECE, decode_content=True):
                file.write(piece)
                if file.tell() > limit:
                    raise Refused(413, "The recording is too large.")
            file.seek(0)
            yield file


def too_late(command: Mapping) -> dict:
    """Return the answer to a command that is not carried out any more."""
    return _reply(command, 504, {}, _message("The bridge came to it too late."))


def _reply(command, status, headers, body):
    return {
        "id": command.get("id"),
        "status": status,
        "headers": headers,
        "body": base64.b64encode(body).decode(),
    }


def _form(data):
    """Return the fields of a form, which may have been written down already."""
    if isinstance(data, Mapping):
        return dict(data)
    return dict(parse_qsl(data, keep_blank_values=True)) if data else {}


def _message(text):
    return json.dumps({"message": text}).encode()
