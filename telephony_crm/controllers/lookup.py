import logging
from contextlib import suppress

import psycopg2

from odoo import http
from odoo.http import request

from ..pbx import lookup
from ..tools import networks

_logger = logging.getLogger(__name__)

ROUTE = {
    "type": "http",
    "auth": "none",
    "methods": ["GET"],
    "csrf": False,
    "save_session": False,
}


class Lookup(http.Controller):
    """Where a dialplan asks who calls, with the caller on the line.

    What goes wrong is answered with nothing, never with a page of errors: a dialplan
    would show that as the caller's name.
    """

    @http.route("/telephony/lookup/<string:token>", readonly=True, **ROUTE)
    def lookup(self, token, number="", ascii="", **_params):
        """Say who has a number, in one line of text; empty if unknown.

        :param number: as the PBX shows it
        :param ascii: ``1`` has the name transliterated, whatever the PBX is set to

        Answers 404 to a wrong token, 403 to a wrong sender, both without a body.
        """
        opening, refusal = _open("lookup", token)
        if refusal:
            return answer("", status=refusal)
        pbx = _pbx(opening)
        name = _try(pbx, "", pbx._name_of_caller, number)
        return answer(lookup.name_line(name, opening.latin or ascii == "1"))

    @http.route("/telephony/route/<string:token>", readonly=False, **ROUTE)
    def route(self, token, number="", did="", ascii="", **_params):
        """Say who calls and what to do: ``name=…&extension=…&action=…``.

        The same as JSON for who accepts that.

        :param number: as the PBX shows it
        :param did: the company number that was called
        :param ascii: as for `lookup`
        """
        opening, refusal = _open("route", token)
        if refusal:
            return answer("", status=refusal)
        pbx = _pbx(opening)
        found = _try(pbx, lookup.Answer(), pbx._route_of_caller, number, did)
        name = lookup.name_line(found.name, opening.latin or ascii == "1")
        found = lookup.Answer(name, found.extension, found.action)
        if "application/json" in request.httprequest.headers.get("Accept", ""):
            return answer(lookup.as_json(found), "application/json")
        return answer(lookup.as_form(found))


def _open(purpose, token):
    """Return what a token opens, and the status to refuse with, if so."""
    opening = request.env["telephony.pbx"]._openings().get((purpose, token))
    if not opening:
        return None, 404
    if not networks.allow(opening.networks, request.httprequest.remote_addr or ""):
        _logger.warning("PBX %s: this address may not ask", opening.pbx_id)
        return None, 403
    return opening, None


def _pbx(opening):
    """Return the PBX that asks, in the world of its company."""
    pbx = request.env["telephony.pbx"].browse(opening.pbx_id)
    return pbx._in_world_of(opening.company_id, opening.tz)


def _try(pbx, otherwise, ask, *args):
    """Return what ``ask`` finds in time, else ``otherwise``."""
    try:
        return ask(*args)
    except psycopg2.errors.ReadOnlySqlTransaction:
        raise  # Odoo asks again where it may write
    except Exception as error:
        _logger.warning("PBX %s: no answer: %s", pbx.id, type(error).__name__)
        with suppress(psycopg2.Error):
            pbx.env.cr.rollback()
        return otherwise


def answer(text, content_type="text/plain", status=200):
    """Return a response that nobody keeps."""
    headers = [
        ("Content-Type", f"{content_type}; charset=utf-8"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
    ]
    return request.make_response(text, headers, status=status)
