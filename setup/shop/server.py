"""Serves the pages of the shop, which have the line of a tracked web site."""

from __future__ import annotations

import json
import mimetypes
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOST = "127.0.0.1"
FOLDER = Path(__file__).with_name("pages")
NUMBER = "+442079460180"  # which is written on all of its pages
HEAD = "<!-- the line of the tracked web site -->"


def line(odoo: str, token: str) -> str:
    """The line that the form of a site in Odoo has for the pages.

    :param odoo: address of Odoo, without a slash at its end
    :param token: of the site
    """
    address = f"{odoo}/telephony/tracking/{token}"
    return f'<script async src="{address}.js" data-telephony-url="{address}"></script>'


class Shop:
    """The shop on a port of this machine; ``with`` runs it.

    :param head: what each page has in its head, usually the ``line``
    :param port: 0 for a free one
    :param simulator: address of a simulated PBX that the pages can be called with
    :param max_age: seconds for which browsers and proxies may keep a page

    ``pages`` are further ones by their paths: HTML with ``HEAD`` in it, or a file.
    """

    def __init__(self, head="", *, port=0, simulator="", max_age=0):
        self.head = head
        self.simulator = simulator
        self.max_age = max_age
        self.pages: dict[str, str | Path] = {}
        self.served: list[str] = []  # paths, in the order in which they were asked for
        self._http = ThreadingHTTPServer((HOST, port), _Handler)
        self._http.daemon_threads = True
        self._http.shop = self
        self.port = self._http.server_port

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        return f"http://{HOST}:{self.port}"

    def __enter__(self) -> Shop:
        self.open()
        return self

    def __exit__(self, *_exception):
        self.close()

    def open(self):
        """Start to answer."""
        serve = self._http.serve_forever
        kwargs = {"poll_interval": 0.05}
        threading.Thread(target=serve, kwargs=kwargs, daemon=True).start()

    def close(self):
        """Stop."""
        self._http.shutdown()
        self._http.server_close()

    def find(self, path: str) -> tuple[str, bytes] | None:
        """Content type and content of what is at a path; nothing for none."""
        found = self.pages.get(path)
        if found is None:
            name = "index.html" if path == "/" else path.lstrip("/")
            files = {file.name: file for file in FOLDER.iterdir()}
            found = files.get(name)
        if found is None:
            return None
        if isinstance(found, str):
            return "text/html", self._filled(found)
        kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
        if kind == "text/html":
            return kind, self._filled(found.read_text(encoding="utf-8"))
        return kind, found.read_bytes()

    def _filled(self, page):
        address = json.dumps(self.simulator).replace("<", "\\u003c")
        demonstration = f"<script>const simulator = {address};</script>"
        return page.replace(HEAD, demonstration + self.head).encode()


class _Handler(BaseHTTPRequestHandler):
    """Answers with what the shop has."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments):
        """Override to be quiet."""

    def do_GET(self):
        shop = self.server.shop
        path = self.path.partition("?")[0]
        shop.served.append(path)
        found = shop.find(path)
        kind, data = found or ("text/plain", b"There is no such page.")
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", f"public, max-age={shop.max_age}")
        self.end_headers()
        self.wfile.write(data)
