"""A real Chromium, driven by its DevTools protocol over websockets."""

import base64
import itertools
import json
import os
import shutil
import tempfile
import time
from pathlib import Path

import requests
import websocket

from setup.lib import system
from setup.lib.process import Process

PATIENCE = 60  # seconds anything may take on a busy machine
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
    "--no-default-browser-check",
    "--no-first-run",
    "--remote-debugging-port=0",
    "--window-size=1280,800",
)


class DevToolsError(Exception):
    """A command or a script that the browser did not carry out."""


class Connection:
    """One websocket of the protocol: commands go out, answers come back."""

    def __init__(self, address):
        self.serial = itertools.count(1)
        self.socket = websocket.create_connection(
            address, timeout=PATIENCE, suppress_origin=True
        )

    def send(self, method, **params):
        """Return the result of one command; events are passed over.

        :raises DevToolsError: when the browser refuses it
        """
        serial = next(self.serial)
        self.socket.send(json.dumps({"id": serial, "method": method, "params": params}))
        while (answer := json.loads(self.socket.recv())).get("id") != serial:
            pass
        if "error" in answer:
            raise DevToolsError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def close(self):
        """End the connection; what it drives stays as it is."""
        self.socket.close()


class Browser:
    """A browser without a window; ``with`` starts and ends it.

    :param flags: further words of its command line
    """

    def __init__(self, *flags):
        self.flags = flags
        self.folder = Path(tempfile.mkdtemp(prefix="telephony-e2e-"))
        self.process = None
        self.address = ""
        self.connection = None

    def __enter__(self):
        flags = (*FLAGS, *self.flags)
        command = (system.chromium(), *flags, f"--user-data-dir={self.folder}")
        name = f"chromium-{os.getpid()}"  # others run beside these tests
        self.process = Process(name, (*command, "about:blank"))
        try:
            port, path = self._listens_at()
            self.address = f"ws://127.0.0.1:{port}"
            self.connection = Connection(self.address + path)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception):
        if self.connection:
            self.connection.close()
        self.process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _listens_at(self):
        file = self.folder / "DevToolsActivePort"
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.alive:
            lines = file.read_text().splitlines() if file.exists() else ()
            if len(lines) == 2:
                return lines
            time.sleep(0.05)
        raise self.process.failure("did not start")

    def visitor(self, url):
        """Return somebody nobody knows, with cookies and storage of their own."""
        return Visitor(self, url)

    def person(self, url, login, password):
        """Return somebody who is logged in, with cookies and storage of their own."""
        return Person(self, url, login, password)


class Visitor:
    """Somebody at a browser of their own; ``with`` closes it and all its tabs."""

    def __init__(self, browser, url):
        self.browser = browser
        self.url = url
        found = browser.connection.send("Target.createBrowserContext")
        self.context = found["browserContextId"]
        self.tabs = []

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        for tab in self.tabs:
            tab.close()
        self.browser.connection.send(
            "Target.disposeBrowserContext", browserContextId=self.context
        )

    def open(self, path, before=""):
        """Open a page in a new tab; returns while it loads.

        The tab has a window of its own, since what is hidden is not drawn.

        :param before: a script that runs in the page before the page's own
        """
        found = self.browser.connection.send(
            "Target.createTarget",
            url="about:blank",
            browserContextId=self.context,
            newWindow=True,
        )
        tab = Tab(f"{self.browser.address}/devtools/page/{found['targetId']}")
        self.tabs.append(tab)
        tab.send("Emulation.setFocusEmulationEnabled", enabled=True)
        if before:
            tab.send("Page.enable")
            tab.send("Page.addScriptToEvaluateOnNewDocument", source=before)
        tab.send("Page.navigate", url=self.url + path)
        return tab


class Person(Visitor):
    """A user of Odoo, logged in."""

    def __init__(self, browser, url, login, password):
        super().__init__(browser, url)
        session = requests.Session()
        page = session.get(f"{url}/web/login", timeout=PATIENCE)
        token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
        form = {"login": login, "password": password, "csrf_token": token}
        answer = session.post(f"{url}/web/login", data=form, timeout=PATIENCE)
        assert "/web/login" not in answer.url, f"{login} could not log in"
        cookie = {"name": "session_id", "value": session.cookies["session_id"]}
        browser.connection.send(
            "Storage.setCookies",
            cookies=[{**cookie, "url": url}],
            browserContextId=self.context,
        )

    def permit(self, name, setting="granted"):
        """Let pages of Odoo use something, such as the microphone; or ``denied``."""
        self.browser.connection.send(
            "Browser.setPermission",
            permission={"name": name},
            setting=setting,
            origin=self.url,
            browserContextId=self.context,
        )


class Tab(Connection):
    """One page, as somebody sees and uses it."""

    def evaluate(self, script):
        """Return the value of a JavaScript expression; of a promise once it is kept.

        :raises DevToolsError: with what the script threw
        """
        answer = self.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            thrown = answer["exceptionDetails"].get("exception", {})
            raise DevToolsError(thrown.get("description", "the script failed"))
        return answer["result"].get("value")

    def wait(self, script):
        """Wait until a JavaScript expression is true and return its value.

        :raises AssertionError: with what the page shows instead
        """
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                if value := self.evaluate(script):
                    return value
            except DevToolsError:
                pass  # the page is not there yet
            time.sleep(0.05)
        shown = self.evaluate("document.body.innerText.slice(-1500)")
        raise AssertionError(f"never true: {script}\nThe page shows: {shown}")

    def see(self, selector, words=""):
        """Wait for an element on screen with these words; return all of its text."""
        return self.wait(
            f"[...document.querySelectorAll({json.dumps(selector)})]"
            ".filter((one) => one.getClientRects().length)"
            ".map((one) => one.innerText || ' ')"
            f".find((text) => text.includes({json.dumps(words)}))"
        )

    def see_none(self, selector):
        """Wait until no such element is there."""
        self.wait(f"!document.querySelector({json.dumps(selector)})")

    def click(self, selector):
        """Click in the middle of an element, once it stands still and is on top.

        A page that draws itself anew at that moment does not notice; then, as anybody
        would, it is done again. What is noticed is done once.
        """
        named = json.dumps(selector)
        script = f"""(async () => {{
            const found = document.querySelector({named});
            const place = () => {{
                const {{ x, y, width, height }} = found.getBoundingClientRect();
                return {{ x: x + width / 2, y: y + height / 2 }};
            }};
            found.scrollIntoView({{ block: "nearest" }});
            const before = place();
            await new Promise((resolve) => setTimeout(resolve, 100));
            const {{ x, y }} = place();
            const hit = document.elementFromPoint(x, y);
            if (x !== before.x || y !== before.y || !found.contains(hit)) {{
                return null;
            }}
            window.clickMissed = true;
            const notice = ({{ target }}) => {{
                window.clickMissed &&= !target.closest({named});
            }};
            document.addEventListener("click", notice, {{ capture: true, once: true }});
            return {{ x, y }};
        }})()"""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self._press(self.wait(script))
            try:
                if not self.evaluate("window.clickMissed"):
                    return
            except DevToolsError:
                return  # it led to another page
        raise AssertionError(f"{selector} cannot be clicked")

    def _press(self, place):
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.send(
                "Input.dispatchMouseEvent",
                **{"type": kind, "button": "left", "clickCount": 1, **place},
            )

    def type(self, text):
        """Press the keys of ``text``, wherever the focus is."""
        for key in text:
            for kind in ("keyDown", "keyUp"):
                self.send("Input.dispatchKeyEvent", type=kind, text=key, key=key)

    def picture(self, path):
        """Save what is on screen as a PNG."""
        data = self.send("Page.captureScreenshot")["data"]
        Path(path).write_bytes(base64.b64decode(data))
