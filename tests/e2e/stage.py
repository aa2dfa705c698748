"""Calls of the simulated PBX that go on when a test says so, not by the clock."""

from datetime import datetime, timezone

from setup.simulator.performer import Performer


class Stage:
    """Begins calls and ends those that a test leaves behind.

    :param simulator: a running ``Simulator``
    """

    def __init__(self, simulator):
        self.simulator = simulator
        self.scenes = []

    def call(self, number):
        """Return a call of that number (E.164), not begun yet."""
        return self._open(number, direction="inbound")

    def place(self, extension, number):
        """Take a call that is asked for over REST, which has not begun either."""
        self._open(
            number, direction="outbound", placed=True, extension=extension.number
        )

    def _open(self, number, **values):
        self.scenes.append(Scene(self.simulator, number, **values))
        return self.scenes[-1]

    def clear(self):
        """Hang up what still rings or talks."""
        for scene in self.scenes:
            if scene.truth.state != "ended":
                scene.is_missed()


class Scene:
    """One call; each step posts what the PBX posts, and returns with the reply."""

    def __init__(self, simulator, number, **values):
        settings = simulator.settings
        values.setdefault("extension", settings.extensions[0].number)
        self.truth = simulator.book.open(
            _now(),
            scenario="by hand",
            number=number,
            did=settings.dids[0].number,
            **values,
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

    def rings_back(self):
        """The agent who asked for it is rung."""
        self._step("ring_agent")

    def is_taken(self):
        """That agent picks up, and the other side is called."""
        self._step("agent_answers")

    def finds_busy(self):
        """The other side talks to somebody else."""
        self._step("hang_up", "busy", "busy", 17)

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
