"""Calls of the simulated PBX that go on when a test says so, not by the clock."""

from datetime import datetime, timezone

from setup.simulator.performer import Performer


class Stage:
    """Begins inbound calls and ends those that a test leaves behind.

    :param simulator: a running ``Simulator``
    """

    def __init__(self, simulator):
        self.simulator = simulator
        self.scenes = []

    def call(self, number):
        """Return a call of that number (E.164), not begun yet."""
        scene = Scene(self.simulator, number)
        self.scenes.append(scene)
        return scene

    def clear(self):
        """Hang up what still rings or talks."""
        for scene in self.scenes:
            if scene.truth.state != "ended":
                scene.is_missed()


class Scene:
    """One call; each step posts what the PBX posts, and returns with the reply."""

    def __init__(self, simulator, number):
        settings = simulator.settings
        self.truth = simulator.book.open(
            _now(),
            scenario="by hand",
            direction="inbound",
            number=number,
            did=settings.dids[0].number,
            extension=settings.extensions[0].number,
        )
        self._performer = Performer(
            settings, simulator.book, simulator.poster, self.truth
        )

    def rings(self, *roles):
        """It begins and rings the ``first`` extension, or all of these roles."""
        self._step("start")
        for role in roles or ("first",):
            self._step("ring", role)

    def is_answered(self, role="first"):
        """One of the extensions picks up."""
        self._step("answer", role)

    def ends(self):
        """The conversation is over."""
        self._step("hang_up", "answered", "answered", 16)

    def is_recorded(self):
        """What was said can be fetched."""
        self._step("record")

    def is_missed(self):
        """The caller gives up."""
        self._step("hang_up", "missed", "cancel", 16)

    def _step(self, action, *args):
        self._performer.now = _now()
        getattr(self._performer, action)(*args)
        delivered = self.truth.deliveries[-1]
        assert delivered["status"] == 200, delivered


def _now():
    return datetime.now(timezone.utc).replace(microsecond=0)
