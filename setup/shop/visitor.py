"""Somebody who comes to the shop, without a browser: for the simulated PBX.

Says what the script on a page says for a person who agreed to the banner; what a page
truly does is tried in a browser, see ``tests/e2e``.
"""

from __future__ import annotations

import re
import secrets
from urllib.parse import parse_qsl, urlsplit

import requests

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
AGREED = {"a": "granted", "d": "granted", "by": "google"}
PATIENCE = 15  # seconds for an answer


class Visitor:
    """A visit of the shop.

    :param shop: its address, without a slash at its end
    """

    def __init__(self, shop: str):
        self.shop = shop
        self.session = requests.Session()
        self.session.headers["User-Agent"] = BROWSER
        self.address = ""  # of the site in Odoo
        self.key = ""
        self.number = ""  # which is before the visitor's eyes (E.164)

    def come(self, path: str) -> str:
        """Open a page and stay long enough to be believed; return the number shown.

        :param path: with the parameters of an advertisement; ``{click}`` in it is
            filled with a new click's id
        :raises ValueError: when the page has no number, or the shop does not answer
        """
        path = path.replace("{click}", secrets.token_urlsafe(24))
        self._open(path)
        asked = urlsplit(path)
        answer = self._say(
            k="",
            u=asked.path,
            h=urlsplit(self.shop).hostname,
            q=dict(parse_qsl(asked.query)),
            n=[self.number],
            c=AGREED,
        )
        self.key = answer.get("k", "")
        shown = answer.get("n", {}).get(self.number)
        if shown:
            self.number = shown["e164"]
            self._say(k=self.key, b=1)
        return self.number

    def tap(self):
        """Press the number, as on a telephone."""
        if self.key:
            self._say(k=self.key, t=self.number)

    def leave(self):
        """Close the page."""
        if self.key:
            self._say(k=self.key, e=1)

    def _open(self, path):
        page = self._ask("GET", self.shop + path).text
        address = re.search(r'data-telephony-url="([^"]+)"', page)
        number = re.search(r'href="tel:(\+\d+)"', page)
        if not address or not number:
            raise ValueError(f"{path} has no line of a tracked web site, or no number")
        self.address, self.number = address[1], number[1]

    def _say(self, **message):
        """Say something to Odoo as the script does; what it answers."""
        return self._ask(
            "POST",
            f"{self.address}/visit",
            json=message,
            headers={"Content-Type": "text/plain", "Origin": self.shop},
        ).json()

    def _ask(self, method, address, **options):
        try:
            answer = self.session.request(method, address, timeout=PATIENCE, **options)
            answer.raise_for_status()
        except requests.RequestException as error:
            raise ValueError(f"no visit of the shop: {error}") from error
        return answer
