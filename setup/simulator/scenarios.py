"""The scenes: each a short list of steps with the pause before it, in seconds.

A step names a method of ``Performer``. ``first`` is the extension the scene is
played for (or the one a reply redirects to), ``second`` a colleague.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """``after`` seconds, or ``talk``: as long as the scene's conversation lasts."""

    after: float | str
    action: str
    args: tuple = ()


@dataclass(frozen=True)
class Scenario:
    """One scene. ``parts`` are scenes of their own, begun one after another."""

    title: str
    direction: str = "inbound"
    steps: tuple = ()
    talk: int = 30
    hidden: bool = False
    placed: bool = False
    parts: tuple = ()

    def seconds(self, talk: int | None = None) -> float:
        """How long the call lasts, from its start to its end."""
        length = talk if talk is not None else self.talk
        lasts = 0.0
        for step in self.steps:
            if step.action == "record":
                break
            lasts += length if step.after == "talk" else step.after
        return lasts


def _scene(title, *steps, **values):
    return Scenario(title, steps=tuple(Step(*step) for step in steps), **values)


START = (0, "start")
RING = (1, "ring")
RECORD = (6, "record")
OVER = ("answered", "answered", 16)

# fmt: off
SCENARIOS = {
    "answered": _scene(
        "A call is answered",
        START, RING, (5, "answer"), ("talk", "hang_up", OVER), RECORD,
    ),
    "missed": _scene(
        "The caller hangs up before anybody answers",
        START, RING, (18, "hang_up", ("missed", "cancel", 16)),
    ),
    "unanswered": _scene(
        "Nobody answers until the phone system gives up",
        START, RING, (25, "hang_up", ("missed", "no answer", 19)),
    ),
    "abandoned": _scene(
        "The caller hangs up before any phone rings",
        START, (3, "hang_up", ("abandoned", "cancel", 16)),
    ),
    "busy": _scene(
        "The extension is busy",
        START, RING, (1, "hang_up", ("missed", "busy", 17)),
    ),
    "hidden": _scene(
        "A caller without a number is answered",
        START, RING, (5, "answer"), ("talk", "hang_up", OVER), RECORD,
        hidden=True, talk=20,
    ),
    "hidden_missed": _scene(
        "A caller without a number is missed",
        START, RING, (15, "hang_up", ("missed", "cancel", 16)), hidden=True,
    ),
    "ring_group": _scene(
        "Two phones ring, the colleague is quicker",
        START, RING, (0, "ring", ("second", True)), (5, "answer", ("second",)),
        ("talk", "hang_up", OVER), RECORD, talk=20,
    ),
    "ring_group_won": _scene(
        "Two phones ring, the colleague loses",
        START, RING, (0, "ring", ("second", True)), (5, "answer"),
        ("talk", "hang_up", OVER), RECORD, talk=20,
    ),
    "ring_group_missed": _scene(
        "Two phones ring, nobody answers",
        START, RING, (0, "ring", ("second", True)),
        (20, "hang_up", ("missed", "cancel", 16)),
    ),
    "transfer": _scene(
        "The agent sends the call on to a colleague",
        START, RING, (4, "answer"), ("talk", "transfer"), (4, "answer", ("second",)),
        ("talk", "hang_up", OVER), RECORD, talk=15,
    ),
    "forward": _scene(
        "The extension's mobile answers",
        START, RING, (12, "forward"), ("talk", "hang_up", OVER), RECORD, talk=20,
    ),
    "voicemail": _scene(
        "Nobody answers, the caller leaves a message",
        START, RING, (15, "give_up"), (0, "voicemail"),
        (12, "hang_up", ("voicemail", "answered", 16)), RECORD,
    ),
    "menu_only": _scene(
        "The caller hears the menu and hangs up",
        START, (4, "menu"), (8, "hang_up", ("abandoned", "answered", 16)),
    ),
    "menu_answered": _scene(
        "The caller presses a key in the menu and is answered",
        START, (4, "menu"), (3, "ring"), (5, "answer"), ("talk", "hang_up", OVER),
        RECORD, talk=20,
    ),
    "outgoing_handset": _scene(
        "The agent dials from the handset",
        (0, "dial"), (6, "other_answers"), ("talk", "hang_up", OVER), RECORD,
        direction="outbound", talk=20,
    ),
    "outgoing_no_answer": _scene(
        "The agent calls, nobody answers",
        (0, "dial"), (25, "hang_up", ("no_answer", "no answer", 19)),
        direction="outbound",
    ),
    "outgoing_busy": _scene(
        "The agent calls, the line is busy",
        (0, "dial"), (4, "hang_up", ("busy", "busy", 17)), direction="outbound",
    ),
    "outgoing_cancelled": _scene(
        "The agent calls and hangs up again",
        (0, "dial"), (5, "hang_up", ("cancelled", "cancel", 16)),
        direction="outbound",
    ),
    "outgoing_failed": _scene(
        "The agent calls a number that does not exist",
        (0, "dial"), (2, "hang_up", ("failed", "unallocated number", 1)),
        direction="outbound",
    ),
    "click_answered": _scene(
        "A call placed by a click is answered",
        (0, "ring_agent"), (3, "agent_answers"), (5, "other_answers"),
        ("talk", "hang_up", OVER), RECORD, direction="outbound", placed=True,
    ),
    "click_busy": _scene(
        "A call placed by a click finds the line busy",
        (0, "ring_agent"), (3, "agent_answers"), (3, "hang_up", ("busy", "busy", 17)),
        direction="outbound", placed=True,
    ),
    "click_no_answer": _scene(
        "A call placed by a click is not answered",
        (0, "ring_agent"), (3, "agent_answers"),
        (25, "hang_up", ("no_answer", "no answer", 19)),
        direction="outbound", placed=True,
    ),
    "click_not_taken": _scene(
        "The agent does not take the call placed by a click",
        (0, "ring_agent"), (20, "hang_up", ("cancelled", "cancel", 16)),
        direction="outbound", placed=True,
    ),
    "internal": _scene(
        "A colleague is called",
        (0, "dial"), (4, "other_answers"), ("talk", "hang_up", OVER), RECORD,
        direction="internal", talk=15,
    ),
    "two_at_once": Scenario(
        "Two callers at once: one is answered, the other waits in vain",
        parts=((0, "answered"), (3, "missed")),
    ),
}
# fmt: on
