import logging
import time

from werkzeug.exceptions import RequestEntityTooLarge

from odoo import http
from odoo.http import request

from ..pbx import adapter as pbx_adapter
from ..tools import networks
from ..tools.transaction import begin

_logger = logging.getLogger(__name__)

MAX_BODY = 1024 * 1024
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


class Webhook(http.Controller):
    """Where PBXs post what happens, with a caller waiting on the line."""

    @http.route(
        "/telephony/webhook/<string:token>",
        type="http",
        auth="none",
        methods=["GET", "POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=MAX_BODY,
    )
    def webhook(self, token, **_params):
        """Take one notification of a PBX; the answer is its adapter's.

        :param token: says which PBX speaks; an unknown one is answered with 404.

        Answers 403 for a wrong sender or signature, 413 for a body that is too
        large, 400 for one that cannot be read. What is signed of a form are fields,
        so a broken one is answered with 400 whoever sent it. A notification that was
        stored is answered with success whatever becomes of it, since the PBX can do no
        more about it; one that could not be stored never is.
        """
        door = request.env["telephony.pbx"]._doors().get(token)
        if not door:
            return _answer(404)
        pbx = request.env["telephony.pbx"].browse(door.pbx_id)
        pbx = pbx._in_world_of(door.company_id, door.tz)
        asked = _as_request(request.httprequest)
        if not networks.allow(door.networks, asked.remote_addr):
            return _refuse(pbx, "address", "this address is not allowed")
        if _is_broken_form(request.httprequest):
            _logger.warning("PBX %s: unreadable form", pbx.id)
            _note(pbx, "form", "The form cannot be read.")
            return _answer(400, b"The form cannot be read.")
        adapter = pbx_adapter.get(door.adapter)
        try:
            if greeting := adapter.handshake(asked):
                return _answer(greeting.status, greeting.body, greeting.content_type)
            adapter.verify(asked, door.credentials)
            notification = adapter.read(asked)
        except pbx_adapter.SignatureError as error:
            return _refuse(pbx, error.code, error.message)
        except pbx_adapter.PayloadError as error:
            _logger.warning("PBX %s: unreadable notification: %s", pbx.id, error.code)
            _note(pbx, error.code, error.message or "It cannot be read.")
            return _answer(400, error.message.encode() or b"It cannot be read.")
        decision = pbx.env["telephony.pbx.event"]._receive(pbx, notification)
        reply = adapter.reply(notification, decision)
        return _answer(reply.status, reply.body, reply.content_type)


def _as_request(httprequest):
    """Return what came in as the adapters know it, without any framework.

    :raises RequestEntityTooLarge: for a body without a length that is too large: it
        is cut at the limit, and only who reads on is told
    """
    body = httprequest.get_data()  # of a form that was read: what is behind it
    if httprequest.content_length is None and len(body) >= MAX_BODY:
        raise RequestEntityTooLarge
    return pbx_adapter.Request(
        method=httprequest.method,
        query=httprequest.args.to_dict(),
        form=httprequest.form.to_dict(),
        headers={key.lower(): value for key, value in httprequest.headers.items()},
        body=b"" if httprequest.form else body,
        remote_addr=httprequest.remote_addr or "",
    )


def _is_broken_form(httprequest):
    """Tell whether there is a form of which not a single field can be read."""
    encoding = httprequest.headers.get("Transfer-Encoding", "")
    return bool(
        (httprequest.content_length or encoding.lower() == "chunked")
        and httprequest.mimetype in FORMS
        and not httprequest.form
        and not httprequest.files
    )


def _refuse(pbx, code, reason):
    """Answer 403 and leave a trace that an administrator finds, without secrets."""
    _logger.warning("PBX %s: notification refused: %s", pbx.id, reason)
    _note(pbx, code, reason)
    return _answer(403)


def _note(pbx, code, reason):
    """Have the health sentence say what was refused, and why."""
    if request.httprequest.method == "POST":  # and not somebody with a browser
        begin(pbx.env)  # refusals that arrive together wait, and do not fail
        pbx._note_refusal(code, reason)


def _answer(status, body=b"", content_type="text/plain"):
    headers = [
        ("Content-Type", f"{content_type}; charset=utf-8"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
        mark(),
    ]
    return request.make_response(body, headers, status=status)


def mark():
    """Return a header by which a bridge tells this from the answer of a proxy.

    It says what time it is here, in Unix seconds.
    """
    return "X-Telephony-Answer", f"{time.time():.3f}"
