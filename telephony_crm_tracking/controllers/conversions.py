import logging

from odoo import SUPERUSER_ID, http
from odoo.http import request

from odoo.addons.telephony_crm.tools.transaction import begin

_logger = logging.getLogger(__name__)


class Conversions(http.Controller):
    """Where an advertising system fetches what came of its clicks."""

    @http.route(
        "/telephony/conversions/<string:token>.csv",
        type="http",
        auth="none",
        methods=["GET"],
        csrf=False,
        save_session=False,
        readonly=False,
    )
    def conversions(self, token, **_params):
        """Return the feed of a destination as CSV.

        :param token: of the destination; 404 where there is none, or it has no password

        Answers 401 until user and password are right, which are asked for before
        anything else is done.
        """
        destinations = request.env["telephony.tracking.destination"]
        opening = destinations._openings().get(token)
        if not opening:
            return _answer("", 404)
        given = request.httprequest.authorization
        user = given.username if given and given.type == "basic" else ""
        password = given.password if given and given.type == "basic" else ""
        if not destinations._is_let_in(opening, user, password):
            if password:
                _logger.warning("Feed of %s: wrong password", opening.destination_id)
            return _answer("", 401, ("WWW-Authenticate", 'Basic realm="conversions"'))
        begin(request.env)
        destination = request.env(user=SUPERUSER_ID)["telephony.tracking.destination"]
        destination = destination.browse(opening.destination_id)
        text = destination.with_company(destination.company_id)._fetched()
        return _answer(text, 200)


def _answer(text, status, *more):
    headers = [
        ("Content-Type", "text/csv; charset=utf-8"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Robots-Tag", "noindex"),
        ("Cache-Control", "no-store"),
        *more,
    ]
    return request.make_response(text, headers, status=status)
