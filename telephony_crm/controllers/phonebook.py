import logging
from contextlib import suppress

import psycopg2

from odoo import http
from odoo.http import request

from ..phonebook.serve import Asked, serve
from ..phonebook.vendors import VENDORS
from ..tools import networks
from .lookup import answer

_logger = logging.getLogger(__name__)

MAX_BODY = 64 * 1024


class Phonebook(http.Controller):
    """Where desk phones read their phone books."""

    @http.route(
        [
            "/telephony/phonebook/<string:token>/<string:vendor>",
            "/telephony/phonebook/<string:token>/<string:vendor>/<path:path>",
        ],
        type="http",
        auth="none",
        methods=["GET", "POST"],
        csrf=False,
        save_session=False,
        readonly=True,
        max_content_length=MAX_BODY,
    )
    def phonebook(self, token, vendor, path="", search=None, **_params):
        """Show a part of a phone book in the way of the vendor's phones.

        :param path: see `phonebook.serve`
        :param search: what was typed

        Answers 404 to a wrong token or vendor, 403 to a wrong sender. When it cannot be
        read it is 503 and no empty book, since that would wipe what a phone has.
        """
        opening = request.env["telephony.phonebook"]._openings().get(token)
        asked = request.httprequest
        if vendor == "snom" and asked.method == "POST":
            vendor = "snom-directory"
        if not opening or vendor not in VENDORS:
            return answer("", status=404)
        if not networks.allow(opening.networks, asked.remote_addr or ""):
            _logger.warning("Phone book %s: wrong address", opening.book_id)
            return answer("", status=403)
        url = f"{asked.url_root}telephony/phonebook/{token}/{vendor}"
        try:
            body = _read(opening, VENDORS[vendor], Asked(url, path, search))
        except psycopg2.errors.ReadOnlySqlTransaction:
            raise  # Odoo asks again where it may write
        except Exception as error:
            name = type(error).__name__
            _logger.warning("Phone book %s: not read: %s", opening.book_id, name)
            with suppress(psycopg2.Error):
                request.env.cr.rollback()
            return answer("", status=503)
        return answer(body, "text/xml")


def _read(opening, vendor, asked):
    """Return the body for a phone, read in the world of the book's company."""
    world = request.env["telephony.pbx"]._in_world_of(opening.company_id, opening.tz)
    content = world.env["telephony.phonebook"].browse(opening.book_id)._content()
    with content.limit():
        return serve(vendor, asked, content)
