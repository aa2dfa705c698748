"""A real Chromium, driven by its DevTools protocol."""

import itertools
import json
import shutil
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import websocket

from setup.lib import system
from setup.lib.process import Process

START = 30  # seconds it may take


class Browser:
    """One page without a window; ``with`` starts and ends it."""

    def __init__(self):
        self.profile = Path(tempfile.mkdtemp(prefix="telephony-bench-"))
        self.serial = itertools.count(1)
        self.process = None
        self.socket = None

    def __enter__(self):
        words = (
            system.chromium(), "--headless=new", "--no-sandbox", "--disable-gpu",
            "--disable-dev-shm-usage", "--no-first-run", "--mute-audio",
            "--window-size=1366,768", "--remote-debugging-port=0",
            f"--user-data-dir={self.profile}", "about:blank",
        )  # fmt: skip
        self.process = Process("chromium", words)
        try:
            address = f"http://127.0.0.1:{self._port()}/json/list"
            with urllib.request.urlopen(address, timeout=START) as answer:
                pages = json.load(answer)
            page = next(page for page in pages if page["type"] == "page")
            self.socket = websocket.create_connection(
                page["webSocketDebuggerUrl"], timeout=START, suppress_origin=True
            )
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception):
        if self.socket:
            self.socket.close()
        self.process.stop()
        shutil.rmtree(self.profile, ignore_errors=True)

    def _port(self):
        file = self.profile / "DevToolsActivePort"
        deadline = time.monotonic() + START
        while time.monotonic() < deadline and self.process.alive:
            if file.exists() and (lines := file.read_text().splitlines()):
                return int(lines[0])
            time.sleep(0.1)
        raise self.process.failure("did not start")

    def send(self, method, **params):
        """The result of one command; events are not of interest."""
        serial = next(self.serial)
        self.socket.send(json.dumps({"id": serial, "method": method, "params": params}))
        while (answer := json.loads(self.socket.recv())).get("id") != serial:
            pass
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def open(self, url, session_id):
        """Open a page as the user of that session."""
        host = urlsplit(url).hostname
        self.send("Network.setCookie", name="session_id", value=session_id, domain=host)
        self.send("Page.navigate", url=url)

    def evaluate(self, expression):
        """The value of a JavaScript ``expression``; of a promise, once it is kept."""
        result = self.send(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"]["exception"]["description"])
        return result["result"].get("value")
