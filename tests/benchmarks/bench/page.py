"""A large web page with the tracking script, and the same without it."""

import importlib.util
import json
import sys
import time

from setup.lib.paths import ROOT

NODES = 2000
TRACED = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"]
SETTLED = 1.0  # seconds after which the page has done all it does by itself
STATIC = "+442079460018"
SPELLINGS = ("020 7946 0018", "+44 (0)20 7946 0018", "(020) 7946-0018", STATIC)
SHIFT = """
    window.shift = 0;
    const add = (list) => list.getEntries().forEach((one) => (shift += one.value));
    new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
"""

# The site that the tests of the script visit; by its folder, since tests are no package
# here.
PACKAGE = ROOT / "tests" / "e2e" / "tracking_page" / "__init__.py"
found = importlib.util.spec_from_file_location("tracking_page", PACKAGE)
sys.modules["tracking_page"] = importlib.util.module_from_spec(found)
shop = importlib.import_module("tracking_page.shop")


def body():
    """HTML of ``NODES`` nodes: goods with prices and dates, every fiftieth a number."""
    rows = []
    for serial in range(NODES // 5):  # of five nodes each
        number = SPELLINGS[serial // 10 % len(SPELLINGS)] if serial % 10 == 0 else ""
        rows.append(f"<p>Item {serial}: <b>{serial * 7}.99</b> since 2026 {number}</p>")
    return f"<a id='first' href='tel:{STATIC}'>{SPELLINGS[0]}</a>{''.join(rows)}"


class Page:
    """The page in a browser, see ``bench.browser.Browser``; ``with`` serves it."""

    def __init__(self, browser):
        self.browser = browser
        self.shop = shop.Shop()

    def __enter__(self):
        self.shop.__enter__()
        self.shop.page(body(), path="/with", head=f"<script>{SHIFT}</script>")
        html = self.shop.pages["/with"]
        self.shop.pages["/without"] = html.replace("/s.js", "/empty.js")
        self.shop.pages["/empty.js"] = " "
        return self

    def __exit__(self, *_exception):
        self.shop.__exit__()

    def seconds(self, path):
        """Load a page: seconds that its main thread worked until it had settled.

        Time of the processor, which others on the machine do not lengthen.
        """
        self.browser.send("Tracing.start", traceConfig={"includedCategories": TRACED})
        self.browser.send("Page.navigate", url=self.shop.url + path)
        time.sleep(SETTLED)
        events = self._traced()
        main = {
            (event["pid"], event["tid"])
            for event in events
            if event["args"].get("name") == "CrRendererMain"
        }
        return sum(
            event.get("tdur", 0) / 1e6
            for event in events
            if event["name"] == "RunTask" and (event["pid"], event["tid"]) in main
        )

    def _traced(self):
        """End the trace; its events."""
        socket, events = self.browser.socket, []
        socket.send(json.dumps({"id": 0, "method": "Tracing.end"}))
        while True:
            message = json.loads(socket.recv())
            if message.get("method") == "Tracing.dataCollected":
                events += message["params"]["value"]
            if message.get("method") == "Tracing.tracingComplete":
                return events

    def seen(self):
        """What the page shows: how often the other number, and how far it moved."""
        return self.browser.evaluate(
            "[document.body.innerText.replace(/\\D/g, '').split('79460321').length - 1,"
            " window.shift]"
        )
