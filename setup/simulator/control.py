"""The control side, ``/simulator/…``: the page in the corner and JSON for tests.

Only pages of this machine may use it: a foreign web site that is open in the same
browser neither reads it nor steers it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from .autoplay import arguments
from .delivery import DeliveryFaults
from .faults import RestFault
from .scenarios import SCENARIOS
from .subscription import OTHERS

PAGE = Path(__file__).with_name("page.html")
LOOPBACK = r"(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?"
ORIGIN = re.compile(rf"https?://{LOOPBACK}")
HOST = re.compile(LOOPBACK)
PLAYED = {"scenario", "customer", "number", "did", "extension", "talk", "ago", "wait"}
PLAYED |= {"visit", "tap", "sale"}
LISTED = 20  # calls in the state; all of them under /simulator/calls


class Control:
    """Answers ``/simulator/…``; every answer but the page is JSON."""

    def __init__(self, simulator):
        self.simulator = simulator

    def answer(self, method: str, path: str, body: bytes, headers) -> tuple:
        """``(status, body, content type, headers)`` of one request."""
        origin = headers.get("Origin")
        local = HOST.fullmatch(headers.get("Host") or "") and (
            origin is None or ORIGIN.fullmatch(origin)
        )
        if not local:
            return self._json(403, {"error": "only from this machine"}, {})
        cors = {"Vary": "Origin"}
        if origin:
            cors["Access-Control-Allow-Origin"] = origin
        if method == "OPTIONS":
            cors["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
            cors["Access-Control-Allow-Headers"] = "Content-Type"
            return 204, b"", "text/plain", cors
        if path == "/simulator":
            return 302, b"", "text/plain", {"Location": "/simulator/"}
        if (method, path) == ("GET", "/simulator/"):
            # it may stand in a frame of the Odoo on this machine, and nowhere else
            cors["Content-Security-Policy"] = (
                "frame-ancestors http://localhost:* http://127.0.0.1:*"
            )
            return 200, PAGE.read_bytes(), "text/html; charset=utf-8", cors
        return self._call(method, path, body, headers, cors)

    def _call(self, method, path, body, headers, cors):
        name, _, rest = path.removeprefix("/simulator/").partition("/")
        handler = getattr(self, f"_{method.lower()}_{name}", None)
        if handler is None:
            return self._json(404, {"error": "no such address"}, cors)
        if body and "json" not in headers.get("Content-Type", ""):
            return self._json(415, {"error": "JSON is expected"}, cors)
        try:
            values = json.loads(body or b"{}")
            if not isinstance(values, dict):
                raise ValueError("a JSON object is expected")
            return self._json(200, handler(values, rest), cors)
        except (ValueError, TypeError) as error:
            return self._json(400, {"error": str(error)}, cors)
        except KeyError as error:
            return self._json(404, {"error": str(error.args[0])}, cors)

    def _json(self, status, value, headers):
        return status, json.dumps(value).encode(), "application/json", headers

    def _get_scenarios(self, _values, _rest):
        return {
            name: {
                "title": scene.title,
                "direction": scene.direction,
                "seconds": scene.seconds(),
            }
            for name, scene in SCENARIOS.items()
        }

    def _get_scenes(self, _values, _rest):
        """The scenes of the demonstration, each with a title."""
        return self.simulator.autoplay.scenes

    def _get_customers(self, _values, _rest):
        return [vars(one) for one in self.simulator.settings.customers]

    def _post_play(self, values, _rest):
        """Begin a scene; the values are the arguments of ``Simulator.play``."""
        values = arguments(values)
        if set(values) - PLAYED or "scenario" not in values:
            raise ValueError(f"expected: {', '.join(sorted(PLAYED))}")
        values.setdefault("wait", False)
        return {"call_ref": self.simulator.play(**values)}

    def _get_calls(self, _values, rest):
        if not rest:
            return [call.as_dict() for call in self.simulator.book.all()]
        return self.simulator.calls[rest].as_dict()

    def _get_faults(self, _values, _rest):
        return {
            "delivery": vars(self.simulator.poster.faults),
            "rest": [vars(fault) for fault in self.simulator.rest_faults.pending],
            "limit": self.simulator.limit.shown(),
            "callback": self.simulator.callback_scenario,
            "denied": self.simulator.messages.denied,
        }

    def _post_faults(self, values, _rest):
        """Set any of delivery, rest (a list), limit, callback (a placed scene),
        denied (numbers that no message reaches, with the reason)."""
        simulator = self.simulator
        if "delivery" in values:
            simulator.poster.faults = DeliveryFaults(**values["delivery"])
        if "rest" in values:
            faults = [RestFault(**fault) for fault in values["rest"]]
            simulator.rest_faults.pending[:] = faults
        simulator.limit.set(values.get("limit", {}))
        if "denied" in values:
            simulator.messages.denied = dict(values["denied"])
        if "callback" in values:
            if not SCENARIOS[values["callback"]].placed:
                raise ValueError("callback is one of the click_… scenes")
            simulator.callback_scenario = values["callback"]
        return self._get_faults({}, "")

    def _delete_faults(self, _values, _rest):
        """Everything goes well again."""
        simulator = self.simulator
        simulator.poster.faults = DeliveryFaults()
        simulator.rest_faults.pending.clear()
        simulator.limit.forget()
        simulator.messages.denied = {}
        simulator.callback_scenario = "click_answered"
        return self._get_faults({}, "")

    def _get_messages(self, _values, _rest):
        """What was sent over REST, and told to the second address."""
        messages = self.simulator.messages
        return {"outbox": list(messages.outbox), "told": list(messages.told)}

    def _post_messages(self, values, rest):
        """Tell the second address something: see ``Messages`` for each one's values.

        ``/simulator/messages/sms``, ``number_lookup``, ``call_tracking`` or
        ``speech_recognition``.
        """
        if rest not in OTHERS.values():
            raise KeyError(f"there are: {', '.join(OTHERS.values())}")
        return getattr(self.simulator.messages, rest)(**values)

    def _post_history(self, values, _rest):
        """Have calls of days before today: ``days``, and ``calls`` a day."""
        days, calls = int(values.get("days", 30)), int(values.get("calls", 20))
        return {"calls": len(self.simulator.remember(days, calls))}

    def _post_autoplay(self, values, _rest):
        self.simulator.autoplay.steer(values.get("action", ""))
        return self.simulator.autoplay.state()

    def _post_echo(self, _values, _rest):
        """The check that is made when a webhook address is saved."""
        return {"repeated": self.simulator.poster.echo()}

    def _get_state(self, _values, _rest):
        calls = self.simulator.book.all()[-LISTED:]
        names = {one.number: one.name for one in self.simulator.settings.customers}
        return {
            "autoplay": self.simulator.autoplay.state(),
            "problem": self.simulator.poster.problem,
            "calls": [
                {**call.as_dict(), "name": names.get(call.number, "")}
                for call in reversed(calls)
            ],
        }
