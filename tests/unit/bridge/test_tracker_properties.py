"""Calls made up at random, against a reckoning that knows nothing of calls."""

import json

from ami_script import START, Pbx, calls, track
from hypothesis import given, settings
from hypothesis import strategies as st
from snapshots import Mirror

from telephony_crm.bridge.tracker import Tracker

# The same examples on every run, and no clock to judge them by.
settings.register_profile("steady", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("steady")

DEEDS = (
    "come",
    "ring",
    "take",
    "refuse",
    "hold",
    "away",
    "back",
    "drop",
    "bye",
    "meet",
)
#: What is done, to whom, and how many seconds pass before it.
deeds = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.integers(0, 5), st.integers(0, 20)),
    min_size=8,
    max_size=40,
).map(lambda found: [("come", 0, 1), ("ring", 0, 2), ("take", 0, 3), *found])


class World:
    """Customers and agents, and for how long each heard whom."""

    def __init__(self):
        self.pbx = Pbx()
        self.count = 0
        self.customers, self.rung, self.agents = {}, {}, {}
        self.room, self.held = {}, set()
        self.heard, self.met = {}, set()
        self.begun, self.over = {}, {}

    def pass_time(self, seconds):
        for customer in self.customers:
            for agent in self.agents:
                if self.is_together(agent, customer):
                    pair = customer, agent
                    self.met.add(pair)
                    if agent not in self.held:
                        self.heard[pair] = self.heard.get(pair, 0) + seconds
        self.pbx.at(self.pbx.now + seconds)

    def is_together(self, agent, customer):
        room = self.room.get(customer)
        return room is not None and room == self.room.get(agent)

    def do(self, deed, whom, seconds):
        self.pass_time(seconds)
        pool = {
            "come": [None],
            "ring": self.customers,
            "bye": self.customers,
            "take": self.rung,
            "refuse": self.rung,
        }.get(deed, self.agents)
        if names := list(pool):
            getattr(self, f"_{deed}")(names[whom % len(names)])
        self.pass_time(0)

    def _name(self, endpoint):
        self.count += 1
        return f"PJSIP/{endpoint}-{self.count:08x}"

    def _enter(self, channel, bridge):
        self._leave(channel)
        self.room[channel] = bridge
        self.pbx.enter(bridge, channel)

    def _leave(self, channel):
        if bridge := self.room.pop(channel, None):
            self.pbx.leave(bridge, channel)

    def _come(self, _nobody):
        if len(self.begun) < 3:
            name = self._name("trunk")
            self.pbx.incoming(name)
            self.customers[name] = f"b-{name}"
            self.begun[name] = self.pbx.now

    def _ring(self, customer):
        name = self._name(f"10{self.count % 4}")
        self.pbx.dial(customer, name)
        self.rung[name] = customer

    def _take(self, name):
        customer = self.rung.pop(name)
        if customer in self.customers:
            self.pbx.pick_up(customer, name)
            self.agents[name] = customer
            self._enter(name, self.customers[customer])
            if customer not in self.room:
                self._enter(customer, self.customers[customer])
        else:
            self.pbx.hang_up(name)

    def _refuse(self, name):
        self.pbx.dialled(self.rung.pop(name), name, "BUSY").hang_up(name, cause=17)

    def _hold(self, agent):
        event = "Unhold" if agent in self.held else "Hold"
        self.held ^= {agent}
        self.pbx.about(event, agent)

    def _away(self, agent):
        self._leave(agent)

    def _back(self, agent):
        if self.agents[agent] in self.customers:
            self._enter(agent, self.customers[self.agents[agent]])

    def _meet(self, agent):
        """All of them go into a conference."""
        for channel in [*self.customers, *self.agents]:
            self._enter(channel, "conference")

    def _drop(self, agent):
        self._leave(agent)
        self.pbx.hang_up(agent)
        del self.agents[agent]

    def _bye(self, customer):
        self._leave(customer)
        self.pbx.hang_up(customer)
        del self.customers[customer]
        self.over[customer] = self.pbx.now

    def end(self):
        for names, deed in (
            (self.rung, self._refuse),
            (self.agents, self._drop),
            (self.customers, self._bye),
        ):
            for name in list(names):
                deed(name)

    def ref(self, channel):
        return self.pbx.headers[channel]["Uniqueid"]


def play(script):
    world = World()
    for deed in script:
        world.do(*deed)
    world.pass_time(1)
    world.end()
    return world


@given(deeds)
def test_each_customer_is_one_call_with_the_talk_that_there_was(script):
    world = play(script)
    tracker, events, _stored = track(world.pbx.stream)
    found = calls(events)
    assert set(found) == {world.ref(customer) for customer in world.begun}
    for customer, begun in world.begun.items():
        call = found[world.ref(customer)]
        assert (call.state, call.direction) == ("ended", "inbound")
        length = (call.end_date - call.start_date).total_seconds()
        assert abs(length - (world.over[customer] - begun)) <= 1
        met = {agent for who, agent in world.met if who == customer}
        assert (call.disposition == "answered") == bool(met)
        check_legs(world, customer, call, met)
    assert all(call.ended for call in tracker.book.calls.values())


def check_legs(world, customer, call, met):
    talked = {}
    for leg in call.legs:
        ref = leg.ref.partition(":")[0]
        if leg.disposition == "answered" and leg.kind == "agent":
            talked.setdefault(ref, []).append(leg.talk_seconds - leg.hold_seconds)
    assert set(talked) == {world.ref(agent) for agent in met}
    for agent in met:
        said = talked[world.ref(agent)]
        real = world.heard.get((customer, agent), 0)
        assert abs(sum(said) - real) <= len(said), (agent, said, real)


@given(deeds)
def test_restart_after_every_message_changes_nothing(script):
    stream = play(script).pbx.stream
    assert track(stream)[1:] == track(stream, restart=True)[1:]


@given(deeds, st.integers(0, 200))
def test_events_of_one_bridge_are_those_of_another(script, cut):
    """Where a second one takes over with what the first has stored."""
    stream = play(script).pbx.stream
    cut = cut % (len(stream) + 1)
    _tracker, whole, _stored = track(stream)
    _tracker, first, _stored = track(stream[:cut])
    assert whole[: len(first)] == first
    at = START + 100_000
    tracker = track(stream)[0]
    gone = tracker.resync({"channels": [], "bridges": []}, at)
    assert (gone.events, gone.queries) == ([], [])


@given(deeds, st.integers(0, 200), st.integers(1, 60))
def test_whatever_was_missed_each_customer_is_one_call_and_over(script, start, length):
    """A bridge is killed, hears nothing for a while, and asks what is going on."""
    world = play(script)
    stream = world.pbx.stream
    start %= len(stream)
    end = min(start + length, len(stream))
    tracker, events, stored = track(stream[:start])
    tracker = Tracker(state={ref: json.loads(one) for ref, one in stored.items()})
    mirror = Mirror()
    for at, message in stream[:end]:
        mirror.hear(at, message)
    at = stream[end - 1][0]
    events += tracker.resync(mirror.snapshot(at), at).events
    again = tracker.resync(mirror.snapshot(at), at)
    assert not again.events  # what is known already is not told again
    missed = {m.get("Channel") for _at, m in stream[start:end]} & set(world.begun)
    for at, message in stream[end:]:
        events += tracker.feed(message, at).events
    found, wholes = calls(events), calls(track(stream)[1])
    everybody = {world.ref(customer): customer for customer in world.begun}
    assert set(found) <= set(everybody)
    assert {call.state for call in found.values()} <= {"ended"}
    for ref, customer in everybody.items():
        assert ref in found or customer in missed
        if customer not in missed:  # of the others the PBX's own rows tell more
            call, whole = found[ref], wholes[ref]
            assert (call.direction, call.number) == (whole.direction, whole.number)
            assert call.disposition == whole.disposition
            assert abs((call.end_date - whole.end_date).total_seconds()) <= 1
