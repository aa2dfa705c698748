"""A page of a real Chromium, driven by its DevTools protocol over a websocket."""

import base64
import itertools
import json
import time
from pathlib import Path

import websocket

# Seconds anything may take on a busy machine; a page that has missed something asks
# by itself each minute.
PATIENCE = 90


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
        try:
            shown = self.evaluate("document.body?.innerText.slice(-1500)")
        except DevToolsError as error:
            shown = error
        raise AssertionError(f"never true: {script}\nThe page shows: {shown}")

    def look_out(self, script):
        """Look out for what may be there for a moment only, from now on.

        :return: a function that waits until a JavaScript expression has been true
        """
        name = f"lookout{next(self.serial)}"
        self.evaluate(
            f"""(() => {{
                const look = () => {{
                    window.{name} = Boolean({script});
                    window.{name} || setTimeout(look, 20);
                }};
                look();
            }})()"""
        )
        return lambda: self.wait(f"window.{name}")

    def see(self, selector, words=""):
        """Wait for an element on screen with these words; return all of its text."""
        return self.wait(shows(selector, words))

    def see_none(self, selector):
        """Wait until no such element is there."""
        self.wait(f"!document.querySelector({json.dumps(selector)})")

    def click(self, selector):
        """Click in the middle of an element, once it stands still and is on top.

        A page that draws itself anew at that moment does not notice; then, as anybody
        would, it is done again. What is noticed is done once.
        """
        self.click_found(f"document.querySelector({json.dumps(selector)})")

    def click_found(self, found):
        """The same, of the element that a JavaScript expression finds each time."""
        script = f"""(async () => {{
            const find = () => {found};
            const found = find();
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
                window.clickMissed &&= !find()?.contains(target);
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
        raise AssertionError(f"{found} cannot be clicked")

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


def shows(selector, words=""):
    """JavaScript for the text of an element on screen with these words."""
    return (
        f"[...document.querySelectorAll({json.dumps(selector)})]"
        ".filter((one) => one.getClientRects().length)"
        ".map((one) => one.innerText || ' ')"
        f".find((text) => text.includes({json.dumps(words)}))"
    )
