from odoo import SUPERUSER_ID, fields, http
from odoo.http import request
from odoo.tools import get_lang

ROUTE = {
    "type": "http",
    "auth": "none",
    "methods": ["GET"],
    "csrf": False,
    "save_session": False,
    "cors": "*",
}
#: Seconds. A change of the site reaches its pages within that.
MAX_AGE = 300


class Script(http.Controller):
    """The scripts that web sites load, the same for every visitor."""

    @http.route("/telephony/tracking/<string:token>.js", readonly=True, **ROUTE)
    def script(self, token, **_params):
        """Serve the script that finds and shows the numbers; 404 for a wrong token."""
        site = _site(token)
        return _serve(site and site._script())

    @http.route(
        "/telephony/tracking/<string:token>/callback.js", readonly=True, **ROUTE
    )
    def callback(self, token, **_params):
        """Serve the module of the callback widget, which pages load on demand."""
        site = _site(token)
        lang = site and get_lang(site.env, request.best_lang).code
        hour = f"{fields.Datetime.now():%Y-%m-%d %H}"
        script = site and site._callback_script(lang, hour)
        return _serve(script, Vary="Accept-Language")


def _site(token):
    """Return the site of a token, or none."""
    sites = request.env["telephony.tracking.site"].with_user(SUPERUSER_ID)
    opening = sites._openings().get(token)
    return sites.browse(opening.site_id if opening else ())


def _serve(script, **more):
    """Return a script, or that the browser's own copy is still the same one.

    :param script: `Script`; nothing of the kind is answered with 404
    :param more: further headers
    """
    if not script:
        return request.make_response(
            "// no such site", [("Content-Type", "text/javascript")], status=404
        )
    headers = [
        ("Content-Type", "text/javascript; charset=utf-8"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", f"public, max-age={MAX_AGE}"),
        ("ETag", script.etag),
        *more.items(),
    ]
    known = request.httprequest.headers.get("If-None-Match", "")
    if script.etag in known or known.strip() == "*":
        return request.make_response("", headers, status=304)
    return request.make_response(script.text, headers)
