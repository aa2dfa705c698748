"""Why Odoo takes no events, in words for people."""

from __future__ import annotations

import requests

from .config_sections import OdooConfig
from .config_values import verify_of
from .errors import why_no_tls
from .odoo import MARK, Odoo

NOT_ODOO = (
    "What answers at %s is not the webhook of Odoo: the address is another one, or "
    "something stands before it."
)
OTHER = "Odoo answers events with status %s."
WORDS = {
    403: "Odoo refuses events (status %s): the secret is another one than in Odoo, or "
    "this address is not among the allowed ones.",
    404: "Odoo knows no such webhook address (status %s): copy it from the PBX's page. "
    "If one server has several databases, set “database” as well.",
}


def of_answer(response: requests.Response, host: str) -> str:
    """Return why an answer does not mean that events are taken.

    :param host: as `Odoo.host` has it
    """
    status = response.status_code
    if MARK not in response.headers and status in (200, 403):
        return NOT_ODOO % host
    return of_status(status)


def of_status(status: int) -> str:
    """Return what a status of Odoo means."""
    return WORDS.get(status, OTHER) % status


def of_silence(error: Exception, host: str) -> str:
    """Return why there is no answer at all."""
    if isinstance(error, requests.exceptions.SSLError):
        return (
            f"Odoo at {host}: no encryption comes about ({why_no_tls(error)}). Check "
            "that its certificate is trusted here (verify of [odoo])."
        )
    return f"Odoo does not answer at {host}: {type(error).__name__}"


def problem_of(config: OdooConfig) -> str:
    """Ask Odoo whether it would take events; return why not, ``""``: it would."""
    odoo = Odoo(config.url, config.secret, verify_of(config.verify), config.database)
    try:
        answer = odoo.ask_time()
        if odoo.clock.is_known:
            answer = odoo.greet()
    except requests.RequestException as error:
        return of_silence(error, odoo.host)
    is_taken = answer.status_code == 200 and MARK in answer.headers
    return "" if is_taken else of_answer(answer, odoo.host)
