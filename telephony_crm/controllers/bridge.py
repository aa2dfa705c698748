import json
import threading
import time

import odoo
from odoo import http
from odoo.http import request
from odoo.modules import module
from odoo.service.server import CommonServer
from odoo.tools import config

from ..pbx import adapter as pbx_adapter
from ..tools import networks
from ..tools.transaction import begin, end
from .webhook import _answer, _as_request, _refuse, mark

# Answers of the PBX come with the next request, some of them as long as a page of its
# records.
MAX_BODY = 8 * 1024 * 1024
# Seconds: how long a request is held, how often is looked meanwhile, and after how
# long a bridge asks again that could not wait here, or that only stands by.
HOLD, LOOK, SHORT, STAND_BY = 20.0, 0.2, 1, 5

_stopping = threading.Event()
CommonServer.on_stop(_stopping.set)


class Bridge(http.Controller):
    """Where the bridge of a PBX tells how it is, and fetches what Odoo wants.

    It comes here, since a PBX behind a router cannot be reached from outside. The
    first of the two addresses is led to Odoo's evented process by the usual proxy;
    there, a request that waits keeps nobody else from being served.
    """

    @http.route(
        [
            "/websocket/telephony/<string:token>",
            "/telephony/bridge/<string:token>",
        ],
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=MAX_BODY,
    )
    def poll(self, token, **_params):
        """Take answers to the last commands, and hand out the next ones.

        Signed as the events of this PBX. The body is JSON::

            {"instance": "pbx1:5f0c", "turn": 17, "active": true, "status": {…},
             "answers": [{"id": 5, "status": 200, "headers": {}, "body": "base64"}],
             "hold": true}

        ``turn`` counts the requests of this bridge; an older one than the last gets
        409, and nothing but its ``answers`` counts. With ``hold`` it waits for
        commands. The answer is ``commands`` (see `telephony.pbx.command`) and ``wait``:
        seconds until the next request. One that is not active gets some commands as
        well, as long as none is: above all the one to test the connection.
        """
        pbx, asked, refusal = open_door(token)
        if refusal:
            return refusal
        try:
            told = _read(asked.body)
        except ValueError:
            return _answer(400, b"It cannot be read.")
        begin(pbx.env)
        is_news = pbx.env["telephony.pbx.bridge"]._note(
            pbx,
            told["instance"],
            told["turn"],
            told["active"],
            told["status"],
            _can_wait(),
        )
        commands = pbx.env["telephony.pbx.command"]
        # Also of a repeat, or what was overtaken on its way: they are told once, and
        # what is answered already is not answered again.
        commands._take_in(pbx, told["answers"])
        if not is_news:
            return _answer(409)
        commands._forget(pbx)
        found, paths = [], None
        if not told["active"]:
            bridges = pbx.env["telephony.pbx.bridge"]
            paths = bridges._paths_without_active(pbx, told["instance"])
        if paths or told["active"]:
            # One that is not active has to say soon again how it is.
            most = HOLD if told["active"] else STAND_BY
            seconds = most if told["hold"] and _can_wait() else 0
            found = _wait(pbx, told, seconds, paths)
        answer = {"commands": found, "wait": 0}
        if not found:
            if told["active"]:
                # Two that both say to be active do not chase each other.
                latest = pbx.env["telephony.pbx.bridge"]._is_latest(
                    pbx, told["instance"], told["turn"]
                )
                answer["wait"] = _pause() if latest else SHORT
            else:
                answer["wait"] = SHORT if paths else STAND_BY
        return request.make_json_response(
            answer, [("Cache-Control", "no-store"), mark()]
        )


def open_door(token, body=None):
    """Return the PBX whose bridge asks, if it proves to be it.

    :param body: what is signed, if that is not the body
    :return: the PBX, the request, and with what it is refused
    """
    pbx, door, refusal = find_door(token)
    if refusal:
        return pbx, None, refusal
    asked = _as_request(request.httprequest) if body is None else _as_signed(body)
    adapter = pbx_adapter.get(door.adapter)
    try:
        adapter.verify(asked, door.credentials)
    except pbx_adapter.SignatureError as error:
        return pbx, asked, _refuse(pbx, error.code, error.message)
    return pbx, asked, None


def find_door(token):
    """Return the PBX that a token names, if its bridge may come from this address.

    Nothing of the request's body is read for it.

    :return: the PBX, what is known of it, and with what the request is refused
    """
    door = request.env["telephony.pbx"]._doors().get(token)
    if not door or "bridge" not in pbx_adapter.get(door.adapter).capabilities:
        return None, None, _answer(404)
    pbx = request.env["telephony.pbx"].browse(door.pbx_id)
    pbx = pbx._in_world_of(door.company_id, door.tz)
    if not networks.allow(door.networks, request.httprequest.remote_addr or ""):
        refusal = _refuse(pbx, "address", "this address is not allowed")
        return pbx, door, refusal
    return pbx, door, None


def _as_signed(body):
    headers = request.httprequest.headers
    return pbx_adapter.Request(
        headers={name.lower(): value for name, value in headers.items()},
        body=body,
        remote_addr=request.httprequest.remote_addr or "",
    )


def _read(body):
    """Return what a bridge tells.

    :raises ValueError: when it makes no sense
    """
    told = json.loads(body)
    if not isinstance(told, dict):
        raise ValueError
    instance, turn = told.get("instance"), told.get("turn")
    answers = told.get("answers") or []
    if not (
        isinstance(instance, str)
        and 0 < len(instance) <= 200
        and "\0" not in instance
        and type(turn) is int
        and 0 < turn < 2**31
        and isinstance(answers, list)
        and all(isinstance(answer, dict) for answer in answers)
    ):
        raise ValueError
    return {
        "instance": instance,
        "turn": turn,
        "active": told.get("active") is True,
        "status": told.get("status"),
        "answers": answers,
        "hold": told.get("hold") is not False,
    }


def _can_wait():
    """Tell whether a request that waits here keeps no worker from its work."""
    return odoo.evented or not config["workers"]


def _pause():
    return 0 if _can_wait() else SHORT


def _wait(pbx, told, seconds, paths=None):
    """Return the next commands, as soon as there are some.

    :param paths: see `telephony.pbx.command._hand_out`

    No transaction is open meanwhile. Who has asked anew does not listen here any more,
    and what is handed out is handed out once.
    """
    commands, bridges = (
        pbx.env["telephony.pbx.command"],
        pbx.env["telephony.pbx.bridge"],
    )
    until = time.monotonic() + (0 if module.current_test else seconds)
    while True:
        begin(pbx.env)
        if not bridges._is_latest(pbx, told["instance"], told["turn"]):
            return []
        found = commands._hand_out(pbx, paths)
        end(pbx.env)
        if found or time.monotonic() >= until or _stopping.wait(LOOK):
            return found
