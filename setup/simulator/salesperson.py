"""Who sits at an extension, at work in Odoo: what the phone alone cannot do."""

from __future__ import annotations

import re
import threading
import time

import requests

PATIENCE = 60  # seconds for an answer of Odoo, and for a lead to come about
PAUSE = 0.5


class Salesperson:
    """Somebody logged in to Odoo as people do: by the form.

    :param odoo: address, without a slash at its end
    :param login: which is the password as well, as in the demonstration
    :param stopping: set when the simulator ends
    """

    def __init__(self, odoo: str, login: str, stopping: threading.Event):
        self.odoo = odoo
        self.stopping = stopping
        self.session = requests.Session()
        form = self.session.get(f"{odoo}/web/login", timeout=PATIENCE).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', form)
        values = {"login": login, "password": login}
        values["csrf_token"] = token[1] if token else ""
        page = self.session.post(f"{odoo}/web/login", data=values, timeout=PATIENCE)
        if "/web/login" in page.url:
            raise ValueError(f"{login} could not log in to Odoo")

    def win(self, call_ref: str, revenue: float):
        """Win the lead of a call, once there is one; none is no failure.

        :param revenue: in the company's currency
        """
        lead = self._lead(call_ref)
        if lead:
            self.do("crm.lead", "write", lead, {"expected_revenue": revenue})
            self.do("crm.lead", "action_set_won", lead)

    def do(self, model: str, method: str, *args, **kwargs):
        """Call a method of a model; what it returns.

        :raises ValueError: with Odoo's words
        """
        body = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        answer = self.session.post(
            f"{self.odoo}/web/dataset/call_kw", json={"params": body}, timeout=PATIENCE
        ).json()
        if "error" in answer:
            raise ValueError(answer["error"]["data"]["message"])
        return answer.get("result")

    def _lead(self, call_ref):
        """The lead's id in a list; an empty one when none came about."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            domain = [["call_ref", "=", call_ref], ["lead_id", "!=", False]]
            found = self.do("telephony.call", "search_read", domain, ["lead_id"])
            if found:
                return [found[0]["lead_id"][0]]
            if self.stopping.wait(PAUSE):
                break
        return []
