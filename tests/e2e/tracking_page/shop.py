"""A web site of plain pages, with the script on them, and what it asks scripted.

Only the behaviour of the page is tested here: the server's own answers are elsewhere.
What is said must be understood by what the server reads it with.
Pages are on ``127.0.0.1``, what the script asks on ``telephony.localhost``, so that
both are as foreign to each other as a shop and an Odoo. ``shop.localhost`` is a second
domain of the site.
"""

import importlib.util
import itertools
import json
import sys
import threading
import time
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from setup.lib.paths import ROOT

from .heard import Heard

STATIC, SHOWN = "+442079460018", "+442079460321"
FREE_CALL, FREE_CALL_SHOWN = "+448001111234", "+448001115678"
UKRAINIAN, UKRAINIAN_SHOWN = "+380444991234", "+380444995678"
NUMBERS = (
    {"e164": STATIC, "cc": "44", "trunk": "0"},
    {"e164": FREE_CALL, "cc": "44", "trunk": "0"},
    {"e164": UKRAINIAN, "cc": "380", "trunk": "0"},
)
POOL = {STATIC: SHOWN, FREE_CALL: FREE_CALL_SHOWN, UKRAINIAN: UKRAINIAN_SHOWN}
KEY = "visit-key-1"
# A page on which the pauses go faster before it asks again, which take minutes. What a
# message itself may take stays, since the machine is no faster; `giveUp` is what the
# script does when the first has no answer then.
HURRY = """
    const later = setTimeout;
    window.pauses = [];
    window.setTimeout = (work, delay) => {
        window.giveUp ||= delay === 15000 && work;
        const isPause = delay > 15000;
        if (isPause) {
            pauses.push(delay);
        }
        return later(work, isPause ? delay / 20 : delay);
    };
"""


def part(package, module):
    """A module of the addon, by its path: the addon's own package needs Odoo."""
    name = f"tracking_{package}"
    if name not in sys.modules:
        file = ROOT / "telephony_crm_tracking" / package / "__init__.py"
        found = importlib.util.spec_from_file_location(name, file)
        sys.modules[name] = importlib.util.module_from_spec(found)
    return importlib.import_module(f"{name}.{module}")


page_script = part("tools", "page_script")
parse_visit = part("attribution", "visit").parse
PARAMETERS = part("attribution", "clean").PARAMETERS
parse_callback = part("attribution", "callback").parse

PAGE = """<!doctype html>
<html lang="en"{html}><head><meta charset="utf-8"><title>Shop</title>
<style>body {{ font: 16px sans-serif }}</style>{head}</head>
<body>{body}
<script src="/s.js" async></script></body></html>"""


class Shop(Heard):
    """The site, and what stands in for the server's answers; ``with`` runs it."""

    def __init__(self):
        super().__init__()
        self.serial = itertools.count(1)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.shop = self
        self.port = self.server.server_port
        self.released = threading.Event()
        self.clear()

    def clear(self):
        """As it was at the beginning."""
        self.released.set()
        self.released = threading.Event()
        self.pages = {}  # by path: HTML, or (content type, text)
        self.messages, self.requests = [], []
        self.wishes = []  # for being called back
        self.refused = []  # what the server would not understand, as errors
        self.pool = dict(POOL)
        self.beat = 60
        self.is_down = False
        self.hangs = 0  # so many messages get no answer as long as the test lasts
        self.wish_answer = 200, {"ok": True, "words": "We are calling you."}
        # What an earlier page still says goes elsewhere.
        self.path = f"/telephony/tracking/key{next(self.serial)}"
        self.config = {
            "url": f"http://telephony.localhost:{self.port}{self.path}",
            "numbers": NUMBERS,
            "consentRequired": False,
            "domains": ["127.0.0.1", "shop.localhost"],
            "callback": False,
            "callbackButton": False,
        }
        self.callback_config = {}  # without one, there is no widget to be had

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exception):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()

    def page(self, body, *, path="/", head="", html=""):
        """Have a page with this body and the script."""
        self.pages[path] = PAGE.format(body=body, head=head, html=html)

    def hear(self, message):
        """Note a message, and answer it."""
        with self.lock:
            self.messages.append(message)
            self.lock.notify_all()
        if "t" in message or "e" in message or "v" in message:
            return {}
        asked = message.get("n", self.pool)
        others = {
            number: {"e164": self.pool[number], "until": int(time.time()) + 600}
            for number in asked
            if number in self.pool
        }
        return {"k": message["k"] or KEY, "n": others, "beat": self.beat}


class Handler(BaseHTTPRequestHandler):
    """Serves the pages and the scripts, and takes what the scripts say."""

    protocol_version = "HTTP/1.1"

    @property
    def shop(self):
        return self.server.shop

    def log_message(self, *_arguments):
        """Override to be quiet."""

    def do_OPTIONS(self):
        self.shop.requests.append(("OPTIONS", self.path, dict(self.headers)))
        self.answer("text/plain", "", 405)

    def do_GET(self):
        path = self.path.partition("?")[0]
        found = self.shop.pages.get(path)
        if path == "/s.js":
            self.answer("text/javascript", page_script.core(self.shop.config))
        elif path == f"{self.shop.path}/callback.js" and self.shop.callback_config:
            script = page_script.callback(self.shop.callback_config)
            self.answer("text/javascript", script)
        elif isinstance(found, Path):
            self.answer("text/javascript", found.read_text())
        elif found:
            self.answer("text/html", found)
        else:
            self.answer("text/plain", "not here", 404)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, answer = 200, {}
        if self.path.startswith(f"{self.shop.path}/"):
            if self.shop.hangs:
                return self.hang()
            with self.shop.lock:
                self.shop.requests.append(("POST", self.path, dict(self.headers)))
                self.shop.lock.notify_all()
            try:
                status, answer = self.answer_to(body)
            except Exception as error:  # noqa: BLE001 - whatever it is, the test fails
                self.shop.refused.append(error)
        self.answer("text/plain", json.dumps(answer), status)

    def hang(self):
        """Leave a message without an answer, until nobody waits for it any more."""
        released = self.shop.released
        with self.shop.lock:
            self.shop.hangs -= 1
            self.shop.lock.notify_all()
        released.wait()
        self.close_connection = True

    def answer_to(self, body):
        """Status and answer; what the server would not understand is raised."""
        if self.shop.is_down:
            return 503, {"error": "away"}
        if self.path.endswith("/callback"):
            parse_callback(body, datetime.now(timezone.utc).replace(tzinfo=None))
            self.shop.wishes.append(json.loads(body))
            return self.shop.wish_answer
        parse_visit(body)
        return 200, self.shop.hear(json.loads(body))

    def answer(self, kind, text, status=200):
        """Send an answer that any page may read."""
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(data)
