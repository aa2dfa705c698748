"""Why Odoo takes no events, in words for people."""

from __future__ import annotations

import requests

from .config_sections import OdooConfig
from .config_values import verify_of
from .errors import why_no_tls
from .odoo import MARK, Odoo
from .sentences import SENTENCES, Said


def of_answer(response: requests.Response, host: str) -> str:
    """Return why an answer does not mean that events are taken.

    :param host: as `Odoo.host` has it
    """
    status = response.status_code
    if MARK not in response.headers and status in (200, 403):
        return Said("not_odoo", host=host)
    return of_status(status)


def of_status(status: int) -> str:
    """Return what a status of Odoo means."""
    code = f"odoo_{status}"
    return Said(code if code in SENTENCES else "odoo_status", status=status)


def of_silence(error: Exception, host: str) -> str:
    """Return why there is no answer at all."""
    if isinstance(error, requests.exceptions.SSLError):
        return Said("odoo_tls", host=host, detail=why_no_tls(error))
    return Said("odoo_silent", host=host, detail=type(error).__name__)


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
