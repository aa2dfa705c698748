"""A real Asterisk with calls between its own channels, as fast as one likes."""

import contextlib
import http.server
import json
import os
import socket
import threading
import time

from setup.asterisk import Lab
from setup.lib import paths
from setup.lib.process import HOST

SCHEMA = paths.ROOT / "setup/asterisk/etc/cdr.sql"
MARK = "X-Telephony-Answer"  # Odoo's time, by which the bridge knows that it is Odoo
LINE = "+442079460"  # and the extension that is rung


class Originator:
    """Starts calls from outside to a phone, and listens to nothing.

    :param lab: see ``setup.asterisk.Lab``
    """

    def __init__(self, lab):
        settings = lab.settings
        self.socket = socket.create_connection((HOST, int(settings["AMI_PORT"])))
        self.sent = 0
        self._send(
            Action="Login",
            Username=settings["AMI_USER"],
            Secret=settings["AMI_PASSWORD"],
            Events="off",
        )
        threading.Thread(target=self._drain, daemon=True).start()

    def close(self):
        """Start no more."""
        self.socket.close()

    def call(self, extension="100"):
        """Start one call, which talks for a second."""
        self.sent += 1
        self._send(
            Action="Originate",
            Channel=f"Local/{LINE}{extension}@lab-world/n",
            Application="Wait",
            Data="60",
            Async="true",
        )

    def calls(self, count, rate, meanwhile=lambda started: None):
        """Start so many calls, so many a second; return the seconds it took."""
        begun = time.monotonic()
        for number in range(count):
            self.call(f"10{number % 5}")
            meanwhile(number + 1)
            time.sleep(max(0, begun + (number + 1) / rate - time.monotonic()))
        return time.monotonic() - begun

    def _send(self, **fields):
        text = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.socket.sendall(f"{text}\r\n".encode())

    def _drain(self):
        with contextlib.suppress(OSError):
            while self.socket.recv(65_536):
                pass


class Sink:
    """Takes every event at once, as Odoo answers, and remembers it."""

    def __init__(self):
        self.events, self.lock = {}, threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.reply(403, b"")  # as the webhook: what is asked is the time

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = b"{}"
                if "/webhook/" in self.path:
                    outer.take(json.loads(body))
                elif self.path.endswith("/events"):
                    for event in json.loads(body):
                        outer.take(event)
                    answer = b'{"refused": []}'
                else:
                    answer = json.dumps(
                        {"time": time.time(), "commands": [], "wait": 5}
                    ).encode()
                self.reply(200, answer)

            def reply(self, status, answer):
                self.send_response(status)
                self.send_header(MARK, str(time.time()))
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args):
                """Override to keep silent."""

        self.server = http.server.ThreadingHTTPServer((HOST, 0), Handler)
        self.server.daemon_threads = True
        self.webhook = f"http://{HOST}:{self.server.server_port}/telephony/webhook/x"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exception):
        self.server.shutdown()
        self.server.server_close()

    def take(self, event):
        """Remember an event by its call and kind."""
        with self.lock:
            kinds = self.events.setdefault(event["call_ref"], {})
            kinds.setdefault(event["event"], []).append(event["id"])

    def count(self, kind):
        """Return of how many calls an event of this kind came."""
        with self.lock:
            return sum(kind in kinds for kinds in self.events.values())


@contextlib.contextmanager
def exchange(databases):
    """Yield a running Asterisk, and what asks its call records in SQL."""
    name = f"telephony_bench_cdr_{os.getpid()}"
    databases.server.sql(f'CREATE DATABASE "{name}"')
    try:
        databases.server.sql(SCHEMA.read_text(), name)
        with Lab("bench-bridge", cdr=(name, databases.server)) as lab:
            yield lab, lambda statement: databases.server.sql(statement, name)
    finally:
        databases.server.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
