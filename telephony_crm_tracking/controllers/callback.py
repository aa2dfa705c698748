from odoo import SUPERUSER_ID, fields, http
from odoo.http import request
from odoo.tools import get_lang

from odoo.addons.telephony_crm.tools.transaction import begin

from ..attribution.callback import MAX_BODY, BadCallback, parse
from ..attribution.source import is_within
from .visit import _host, answer

#: What is read at all; what is longer than a request of ours is answered all the same.
MOST_READ = 8 * MAX_BODY


class Callback(http.Controller):
    """Where the callback widget of web sites says whom to call.

    Everybody can reach it. What is wrong is answered, not raised: a raised error has no
    CORS header, and the browser would hide it from the widget.
    """

    @http.route(
        "/telephony/tracking/<string:token>/callback",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        cors="*",
        max_content_length=MOST_READ,
    )
    def callback(self, token, **_params):
        """Take one request, see `attribution.callback`; answer in JSON.

        :param token: of the site; 404 when there is none, or it calls nobody back

        Answers 400 for what is no request, and for numbers and times that are not
        called; 403 to pages elsewhere, 413 for what is too long, 429 for what comes too
        often. ``error`` is a sentence for the visitor only where the widget sent it.
        """
        sites = request.env["telephony.tracking.site"]
        opening = sites._openings().get(token)
        sites = sites.with_user(SUPERUSER_ID)
        site = sites.browse(opening.site_id if opening else ())
        if not site.callback_pbx_id.active:
            return answer({"error": "no call-backs here"}, 404)
        http_request = request.httprequest
        if (http_request.content_length or 0) > MAX_BODY:
            return answer({"error": "too long"}, 413)
        origin = _host(http_request.headers.get("Origin", ""))
        if not is_within(origin, opening.domains):
            begin(site.env)  # so that requests which come at once disturb no other
            site.env["telephony.tracking.quota"]._count_foreign(site.id, origin or "–")
            return answer({"error": "not from here"}, 403)
        try:
            asked = parse(http_request.get_data(), fields.Datetime.now())
        except BadCallback as error:
            return answer({"error": error.reason}, 400)
        lang = get_lang(site.env, request.best_lang).code
        site = site.with_context(lang=lang)
        status, told = site._ask_callback(asked, http_request.remote_addr or "")
        return answer(told, status)
