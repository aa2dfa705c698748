"""A thousand calls whose events come in disorder, twice, late or not at all."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

from setup.simulator.history import somebody
from setup.simulator.notebook import Notebook
from setup.simulator.scenarios import SCENARIOS

WAVE = 50  # calls that end at the same time
LATE_WAVES = 3
POSTERS = 8
PAUSE = 0.2  # seconds a poster waits when it was not answered, as a busy line would


class Crowd:
    """Calls of a simulator; what is posted is never posted again.

    :param lost: and ``doubled``, ``late``: the share of events
    """

    def __init__(self, simulator, seed, lost=0.05, doubled=0.1, late=0.05):
        self.simulator = simulator
        self.luck = random.Random(seed)
        self.shares = {"lost": lost, "doubled": doubled, "late": late}
        self.calls = []
        self.posted = 0
        self._later = {}
        self._lock = threading.Lock()

    def call(self, count, disturb):
        """Let so many calls happen, and post their events.

        :param disturb: ``disturb(wave, waves)``, called while a wave is on its way
        """
        waves = -(-count // WAVE)
        for wave in range(waves + LATE_WAVES):
            entries = self._later.pop(wave, [])
            if wave < waves:
                size = min(WAVE, count - len(self.calls))
                entries += self._dispatch(wave, [self._one() for _ in range(size)])
            self.luck.shuffle(entries)
            with ThreadPoolExecutor(POSTERS) as pool:
                sent = pool.map(self._post, entries)
                if wave < waves:
                    disturb(wave, waves)
                list(sent)

    def _one(self):
        """A call that is over by now; nobody was told of it yet."""
        simulator, luck = self.simulator, self.luck
        scene = luck.choice([name for name in SCENARIOS if not SCENARIOS[name].parts])
        talk = luck.randint(6, 90)
        now = datetime.now(timezone.utc).replace(microsecond=0)
        lasts = SCENARIOS[scene].seconds(talk)
        call = simulator.player.imagine(
            scene,
            start=now - timedelta(seconds=lasts + luck.randint(0, 30)),
            poster=Notebook(),
            luck=luck,
            talk=talk,
            **somebody(simulator.settings, luck, SCENARIOS[scene].direction),
        )
        self.calls.append(call)
        return call

    def _dispatch(self, wave, calls):
        """What of the calls' events leaves with this wave; the rest waits."""
        now = []
        for entry in (entry for call in calls for entry in call.deliveries):
            fate = self.luck.choices(
                ["sent", *self.shares],
                [1 - sum(self.shares.values()), *self.shares.values()],
            )[0]
            entry["fate"] = fate
            if fate == "late":
                after = wave + self.luck.randint(1, LATE_WAVES)
                self._later.setdefault(after, []).append(entry)
            elif fate != "lost":
                now += [entry] * (2 if fate == "doubled" else 1)
        return now

    def _post(self, entry):
        answer = self.simulator.poster.send(entry["fields"], self.simulator.poster.url)
        with self._lock:
            self.posted += 1
            if entry["status"] != 200:
                entry["status"] = answer["status"]
                entry["answered_at"] = datetime.now(timezone.utc)
        if answer["status"] != 200:
            time.sleep(PAUSE)

    def summary(self):
        """In words, for whoever reads the test's output."""
        entries = [entry for call in self.calls for entry in call.deliveries]
        arrived = sum(entry["status"] == 200 for entry in entries)
        silent = sum(
            not any(entry["status"] == 200 for entry in call.deliveries)
            for call in self.calls
        )
        return (
            f"{len(self.calls)} calls, {self.posted} posts of {len(entries)} events,"
            f" {len(entries) - arrived} never arrived, {silent} calls without any"
        )
