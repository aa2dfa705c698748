import hashlib
import json
import mmap

from werkzeug.exceptions import abort

from odoo import http
from odoo.http import request

from ..pbx import adapter as pbx_adapter
from ..tools.transaction import begin
from .bridge import MAX_BODY, find_door, open_door
from .webhook import _answer, mark

MEGABYTE = 1024 * 1024
MOST = 200  # events of one list


class BridgeDeliveries(http.Controller):
    """Where a bridge hands over what is too much for its other requests."""

    @http.route(
        "/telephony/bridge/<string:token>/events",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=MAX_BODY,
    )
    def events(self, token, **_params):
        """Take a list of events that were held up: a backlog is worked off at once.

        The body is a list of events as the webhook takes them one by one. The answer is
        ``{"refused": [[place in the list, why], …]}``; all others are stored for good.
        """
        pbx, asked, refusal = open_door(token)
        if refusal:
            return refusal
        adapter, notifications, refused = pbx._adapter(), [], []
        try:
            told = json.loads(asked.body)
        except ValueError:
            told = None
        if not isinstance(told, list) or len(told) > MOST:
            return _answer(400, b"It is no list of events.")
        for place, event in enumerate(told):
            body = json.dumps(event).encode()
            try:
                notifications.append(adapter.read(pbx_adapter.Request(body=body)))
            except pbx_adapter.PayloadError as error:
                refused.append([place, error.message])
        pbx.env["telephony.pbx.event"]._receive_late(pbx, notifications)
        return request.make_json_response({"refused": refused}, [mark()])

    @http.route(
        "/telephony/bridge/<string:token>/sound/<int:command_id>",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=lambda _controller: _max_sound(),
    )
    def sound(self, token, command_id, **_params):
        """Take a sound that was asked for: the file ``sound`` of a form.

        What is signed is ``<command id>.<SHA-256 of the file in hexadecimal>``, so
        nothing of it is kept before it is proven.
        """
        file = request.httprequest.files.get("sound")
        if not file:
            return _answer(400, b"There is no sound.")
        content = _content(file.stream)
        signed = f"{command_id}.{hashlib.sha256(content).hexdigest()}".encode()
        pbx, _asked, refusal = open_door(token, signed)
        if refusal:
            return refusal
        begin(pbx.env)
        command = pbx.env["telephony.pbx.command"]._taken(pbx, command_id)
        if not command:
            return _answer(404)
        command._answer({"status": 200}, content)
        return _answer(200)


def _max_sound():
    """Return how many bytes are taken; from who is no bridge of ours, none.

    A form is read before the controller is called, so this comes first.
    """
    token = request.httprequest.path.split("/")[3]
    _pbx, _door, refusal = find_door(token)
    if refusal:
        abort(refusal)
    parameters = request.env["ir.config_parameter"]
    most = parameters._telephony_number("recording_max_megabytes")
    return (most + 1) * MEGABYTE


def _content(stream):
    """Return the bytes of an uploaded file; of a large one, not in memory."""
    try:
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):  # there is no file of it, or nothing in it
        return stream.read()
