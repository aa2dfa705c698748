"""The HTTP server: REST, recordings, and the control side, on one port."""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .control import Control
from .faults import ApiError
from .rest import ApiRequest
from .signing import parse_query

_logger = logging.getLogger(__name__)
HOST = "127.0.0.1"
LARGEST = 1 << 20  # bytes of a request's body
DOWNLOAD = re.compile(r"/v1/pbx/record/download/([\w-]+)/[^/]+")
LIMITED = "You exceeded the rate limit by User Limits"
NONSENSE = b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"


class Server:
    """Listens from the start; answers after ``start``."""

    def __init__(self, simulator, port: int):
        handler = type("Handler", (_Handler,), {"simulator": simulator})
        handler.control = Control(simulator)
        self._http = ThreadingHTTPServer((HOST, port), handler)
        self._http.daemon_threads = True
        self._thread: threading.Thread | None = None
        self.port = self._http.server_address[1]
        self.url = f"http://{HOST}:{self.port}"

    def start(self):
        """Answer requests, in the background."""
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def close(self):
        """Stop answering and free the port."""
        if self._thread:
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "Simulator"
    timeout = 60
    simulator = None
    control = None

    def do_GET(self):
        """Answer any method: the routes decide."""
        path, _, query = self.path.partition("?")
        body = self._body()
        if body is None:
            return
        if path == "/":
            self._send(302, b"", "text/plain", {"Location": "/simulator/"})
        elif path.startswith("/simulator"):
            self._send(*self.control.answer(self.command, path, body, self.headers))
        elif self.command == "GET" and DOWNLOAD.fullmatch(path):
            self._download(path)
        else:
            text = query if self.command == "GET" else body.decode("utf-8", "replace")
            self._rest(path, parse_query(text))

    do_POST = do_PUT = do_DELETE = do_OPTIONS = do_GET

    def log_message(self, format, *args):  # noqa: A002 (the base class's name)
        """Say it to the log, without the query, which may hold a number."""
        _logger.debug("%s %s", self.command, self.path.partition("?")[0])

    def _body(self):
        length = self.headers.get("Content-Length") or "0"
        if not length.isdigit() or int(length) > LARGEST:
            self.close_connection = True
            self._send(413, b"", "text/plain")
            return None
        return self.rfile.read(int(length))

    def _rest(self, path, params):
        fault = self.simulator.rest_faults.take(path)
        if fault and self._faulty(fault):
            return
        request = ApiRequest(
            method=self.command,
            path=path,
            params=params,
            authorization=self.headers.get("Authorization", ""),
            base=f"http://{self.headers.get('Host') or HOST}",
        )
        api, headers = self.simulator.api, {}
        try:
            api.authorize(request)
            exceeded, headers = self.simulator.limit.take(path)
            if exceeded:
                plain = self.simulator.limit.form == "200"
                headers = {} if plain else headers
                raise ApiError(LIMITED, 200 if plain else 429)
            status, value = 200, api.call(request)
        except ApiError as error:
            status = error.status
            value = {"status": "error", "message": error.message}
        self._send(status, json.dumps(value).encode(), "application/json", headers)

    def _faulty(self, fault):
        """Go wrong as asked; True when that was the whole answer."""
        if fault.kind in ("slow", "hang"):
            self._linger(fault.seconds)
        if fault.kind in ("hang", "drop"):
            self.close_connection = True
        elif fault.kind == "redirect":
            self._send(302, b"", "text/plain", {"Location": fault.location})
        elif fault.kind == "html":
            self._send(200, NONSENSE, "text/html; charset=UTF-8")
        elif fault.kind == "error":
            value = {"status": "error", "message": fault.message}
            self._send(fault.status, json.dumps(value).encode(), "application/json")
        return fault.kind != "slow"

    def _linger(self, seconds):
        """Keep the caller waiting; not past the simulator's end."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.simulator.stopping.wait(0.05):
            pass

    def _download(self, path):
        fault = self.simulator.rest_faults.take(path)
        if fault and self._faulty(fault):
            return
        sound = self.simulator.recordings.download(DOWNLOAD.fullmatch(path)[1])
        if sound is None:
            self._send(404, b"File not found", "text/plain")
        else:
            self._send(200, sound, "audio/wav")

    def _send(self, status, body, content_type, headers=None):
        try:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the caller did not wait
