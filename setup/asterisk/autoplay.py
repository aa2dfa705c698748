"""The demonstration on a real Asterisk: customers call by themselves, round and round.

The plan is that of the simulated PBX (``setup/simulator/demo.json``). The telephones of
the company and of the outer world are there all the time and are picked up by nobody
in particular; a scene lets some of them behave otherwise.
"""

import threading
import time

from setup.lib.console import Failure, say

from . import telephones
from .phones import Phones

# Seconds after which they are picked up: time enough to do it in the browser.
PHONES = {"100": 8, "101": 9, "102": 10}
OUTSIDE = {"answers": 4, "talks": 15}
AWAY = {"answers": None}
CALLER = {"talks": 15}
GIVES_UP = {"gives_up": 12}
GIVE = {"answers": 8, "does": ((6, telephones.transfers, "101"),), "talks": 2}
MENU = {"does": ((2, telephones.presses, "1"),)}  # of the Paris line
# scenario -> (how phones behave that do not as usual, how the caller does)
SCENARIOS = {
    "answered": ({}, CALLER),
    "missed": ({"100": AWAY}, GIVES_UP),
    "two_at_once": ({}, CALLER),
    "ring_group": ({"100": AWAY, "102": AWAY}, CALLER),
    "outgoing_handset": ({}, {}),
    "transfer": ({"100": GIVE}, {"talks": 25}),
    "hidden_missed": ({"100": AWAY}, {**GIVES_UP, "hidden": True}),
    "voicemail": ({"100": AWAY}, {"talks": 8}),
}


class Autoplay:
    """Plays the plan in a thread of its own, from ``start`` to ``stop``.

    :param demo: what is in demo.json
    """

    def __init__(self, lab, demo):
        self.lab = lab
        self.demo = demo
        self.customers = {one["key"]: one for one in demo["customers"]}
        self.menu = next(did for did in demo["dids"] if did["city"] == "Paris")
        self.staff = Phones(lab, "staff")
        self.desks = {}
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        """Have all telephones there, and begin."""
        for number in PHONES:
            self._sit(number)
        self.staff.outside(stays=True, **OUTSIDE)
        self.thread.start()

    def stop(self):
        """Play no further scene, and take the telephones away."""
        self.stopping.set()
        if self.thread.is_alive():
            self.thread.join(30)
        self.staff.stop()

    def _sit(self, number):
        answers = PHONES[number]
        self.desks[number] = self.staff.phone(number, stays=True, answers=answers)

    def _run(self):
        plan = self.demo["autoplay"]
        pause = plan["first"]
        while True:
            for scene in plan["scenes"]:
                if self.stopping.wait(pause):
                    return
                pause = plan["pause"]
                try:
                    self.play(scene)
                except Failure as failure:  # the demonstration goes on without it
                    say(f"{scene['title']}: {failure.cause}")

    def play(self, scene):
        """Play one scene of the plan to its end."""
        others, conduct = SCENARIOS[scene["scenario"]]
        with Phones(self.lab, "scene") as phones:
            for number, way in others.items():
                self.desks[number].stop()
                phones.phone(number, **way)
            try:
                callers = self._callers(phones, scene, conduct)
                while any(one.alive for one in callers):
                    if self.stopping.wait(0.2):
                        break
            finally:
                phones.stop()
                for number in others:
                    self._sit(number)

    def _callers(self, phones, scene, conduct):
        """Let the customers of a scene call; their telephones."""
        customer = self.customers.get(scene.get("customer"), {})
        number, name = customer.get("number", ""), customer.get("name", "")
        if scene["scenario"] == "outgoing_handset":
            return [phones.caller("100", number)]
        did = scene["did"]
        if did == self.menu["number"]:
            conduct = {**conduct, **MENU}
        callers = [phones.caller(number, did, name=name, **conduct)]
        if scene["scenario"] == "two_at_once":
            time.sleep(3)
            second = self.customers["james"]["number"]
            callers.append(phones.caller(second, self.menu["number"], **CALLER, **MENU))
        return callers
