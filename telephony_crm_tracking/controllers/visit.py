import json
import logging
from urllib.parse import urlsplit

import psycopg2

from odoo import http
from odoo.http import request

from odoo.addons.telephony_crm.tools.transaction import begin, end

from ..attribution.source import is_within
from ..attribution.visit import MAX_BODY, BadVisit, parse
from ..models.telephony_tracking_visit_receive import NOTHING

_logger = logging.getLogger(__name__)

#: What is read at all; what is longer than a message of ours is answered all the same.
MOST_READ = 8 * MAX_BODY


class Visit(http.Controller):
    """Where the pages of web sites say who is there, and ask for numbers.

    Everybody can reach it. What is wrong is answered, not raised: a raised error has no
    CORS header, and the browser would hide it from the page.
    """

    @http.route(
        "/telephony/tracking/<string:token>/visit",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        cors="*",
        max_content_length=MOST_READ,
    )
    def visit(self, token, **_params):
        """Take one message of a page, see `attribution.visit`; answer in JSON.

        :param token: of the site; 404 when there is none

        Answers 400 for what is no message, 413 for what is too long, 429 for what
        comes too often. A page of a site that is not ours is told nothing. What is as
        long as no page says it is refused by Odoo itself, in words that no page reads.
        """
        site = request.env["telephony.tracking.site"]._openings().get(token)
        if not site:
            return answer({"error": "no such site"}, 404)
        http_request = request.httprequest
        if (http_request.content_length or 0) > MAX_BODY:
            return answer({"error": "too long"}, 413)
        try:
            asked = parse(http_request.get_data())
        except BadVisit as error:
            return answer({"error": error.reason}, 400)
        env = request.env(su=True)
        if request.env["ir.http"].is_a_bot():
            return answer(NOTHING)
        begin(env)
        origin = _host(http_request.headers.get("Origin", ""))
        quota = env["telephony.tracking.quota"]
        if not is_within(origin, site.domains):
            quota._count_foreign(site.site_id, origin or "–")
            return answer(NOTHING)
        network = quota._network(http_request.remote_addr or "")
        visits = env["telephony.tracking.visit"]
        try:
            status, told = visits._receive(site, asked, network)
            end(env)
        except psycopg2.IntegrityError as error:
            # A pool was changed, or a visit withdrawn, at this very moment.
            _logger.info("Site %s: no numbers: %s", site.site_id, type(error).__name__)
            env.cr.rollback()
            return answer(NOTHING)
        return answer(told, status)


def _host(origin):
    """Return the host of an origin; ``""`` for none that can be read."""
    try:
        return (urlsplit(origin).hostname or "")[:255]
    except ValueError:
        return ""


def answer(told, status=200):
    """Return a response that nobody keeps."""
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
    ]
    text = json.dumps(told, separators=(",", ":"))
    return request.make_response(text, headers, status=status)
