import logging

from odoo import SUPERUSER_ID, http
from odoo.http import request

from odoo.addons.telephony_crm.tools import networks
from odoo.addons.telephony_crm.tools.transaction import begin

from ..attribution.foreign import BadEvent
from ..attribution.foreign_ringostat import MAX_BODY

_logger = logging.getLogger(__name__)


class Events(http.Controller):
    """Where other call tracking posts what it knows of calls."""

    @http.route(
        "/telephony/events/<string:token>",
        type="http",
        auth="none",
        methods=["GET", "POST", "PUT", "DELETE"],
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=MAX_BODY,
    )
    def events(self, token, **_params):
        """Take one event, in whichever way its owner has it sent.

        :param token: says whose it is; 404 when it is nobody's

        Answers 403 to who may not post, 400 for what cannot be read, 429 when too much
        waits for its call already.
        """
        feeds = request.env["telephony.tracking.feed"]
        opening = feeds._openings().get(token)
        if not opening:
            return _answer(404)
        asked = request.httprequest
        if not networks.allow(opening.networks, asked.remote_addr or ""):
            _logger.warning("Feed %s: refused from an address", opening.feed_id)
            return _answer(403)
        body = asked.get_data()
        query = {**asked.args.to_dict(), **asked.form.to_dict()}
        begin(request.env)
        feed = request.env(user=SUPERUSER_ID)["telephony.tracking.feed"]
        feed = feed.browse(opening.feed_id)
        try:
            status = feed.with_company(feed.company_id)._receive(
                query, b"" if asked.form else body, asked.content_type or ""
            )
        except BadEvent as error:
            _logger.warning("Feed %s: not read: %s", feed.id, error.reason)
            return _answer(400, error.reason)
        return _answer(status)


def _answer(status, text=""):
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
    ]
    return request.make_response(text, headers, status=status)
