"""A real Chromium, and who sits at it."""

import os
import shutil
import tempfile
import time
from pathlib import Path

import requests

from setup.lib import system
from setup.lib.process import Process

from .tab import PATIENCE, Connection, Tab

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
