"""Which bridge is active: one, and soon another one when it is gone."""

import threading
import time

import pytest

from telephony_crm.bridge import leader as module
from telephony_crm.bridge.errors import Gone
from telephony_crm.bridge.leader import Leader
from telephony_crm.bridge.leader_places import AmiPlace, names_of

URL = "https://odoo.example/telephony/webhook/one"
APP, VARIABLE = names_of(URL)


class Meeting:
    """A PBX as far as bridges meet there: one variable, and one socket."""

    def __init__(self):
        self.variables, self.holder = {}, None
        self.lock = threading.Lock()

    def restart(self):
        """Forget all, as a PBX does that is started anew."""
        with self.lock:
            holder, self.holder = self.holder, None
            self.variables.clear()
        if holder:
            holder(False)


class Place:
    """How one bridge gets there."""

    def __init__(self, meeting):
        self.meeting, self.reachable, self.mine = meeting, True, None

    def _go(self):
        if not self.reachable:
            raise Gone("ari_unreachable")

    def get_variable(self, name):
        self._go()
        return self.meeting.variables.get(name, "")

    def set_variable(self, name, value):
        self._go()
        self.meeting.variables[name] = value

    def is_free(self):
        self._go()
        return self.meeting.holder is None

    def claim(self, on_lost):
        self._go()
        with self.meeting.lock:
            before, self.meeting.holder = self.meeting.holder, on_lost
        if before and before is not self.mine:
            before(True)
        self.mine = on_lost

    def release(self):
        if self.meeting.holder is self.mine:
            self.meeting.holder = None


@pytest.fixture
def meeting(monkeypatch):
    for name, value in (("BEAT", 0.04), ("STALE", 1.2), ("CUT_OFF", 1.0)):
        monkeypatch.setattr(module, name, value)
    return Meeting()


@pytest.fixture
def start(meeting):
    running = []

    def start(name, place=None, variable=VARIABLE, **options):
        options.setdefault("on_change", lambda is_active: None)
        leader = Leader(place or Place(meeting), name, variable, **options)
        leader.start()
        running.append(leader)
        return leader

    yield start
    for leader in running:
        leader.stop()


def until(found, seconds=30):
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def freeze(leader):
    """Have a bridge do nothing any more, while its socket stays open."""
    leader._stop.set()
    leader._place.release = lambda: None
    leader._thread.join()


def test_the_first_is_active_at_once_and_the_second_stands_by(start):
    one = start("one")
    until(lambda: one.is_active)
    two = start("two")
    time.sleep(1.5)
    assert (one.is_active, two.is_active) == (True, False)


def test_when_the_active_one_ends_the_other_takes_over(start):
    one = start("one")
    until(lambda: one.is_active)
    two = start("two")
    one.stop()
    until(lambda: two.is_active)


def test_one_that_hangs_is_replaced_and_told_so(start, meeting):
    one = start("one")
    until(lambda: one.is_active)
    two = start("two")
    time.sleep(0.1)
    freeze(one)
    since = time.monotonic()
    until(lambda: two.is_active)
    assert time.monotonic() - since > 1  # and no sooner
    assert one._lost is True
    one._stop.clear()
    one._thread = threading.Thread(target=one._run)
    one._thread.start()
    until(lambda: not one.is_active)
    time.sleep(0.2)
    assert (one.is_active, two.is_active) == (False, True)


def test_of_many_that_start_at_once_one_remains(start):
    leaders = [start(f"bridge-{number}") for number in range(6)]
    time.sleep(0.5)
    until(lambda: sum(one.is_active for one in leaders) == 1)
    time.sleep(0.5)
    assert sum(one.is_active for one in leaders) == 1


def test_after_a_restart_of_the_pbx_one_is_active_again(start, meeting):
    leaders = [start(f"bridge-{number}") for number in range(3)]
    until(lambda: sum(one.is_active for one in leaders) == 1)
    meeting.restart()
    time.sleep(0.3)
    until(lambda: sum(one.is_active for one in leaders) == 1)
    until(lambda: meeting.holder is not None)


def test_who_does_not_reach_the_pbx_is_not_active_and_says_why(start, meeting):
    place = Place(meeting)
    one = start("one", place)
    until(lambda: one.is_active)
    place.reachable = False
    until(lambda: not one.is_active)
    assert one.problem.code == "ari_unreachable"
    two = start("two")
    until(lambda: two.is_active)
    place.reachable = True
    until(lambda: one.problem is None)
    assert (one.is_active, two.is_active) == (False, True)


def test_who_does_not_reach_ari_leaves_to_nobody_what_happens(start, meeting):
    place = Place(meeting)
    one = start("one", place)
    assert one.is_silent or one.is_active
    until(lambda: one.is_active)
    place.reachable = False
    until(lambda: not one.is_active)
    assert (one.is_silent, one.sees_another) == (False, False)
    two = start("two")
    until(lambda: two.is_active)
    place.reachable = True
    until(lambda: one.sees_another)
    assert one.is_silent


def test_who_never_reaches_ari_tells_what_happens(start, meeting):
    place = Place(meeting)
    place.reachable = False
    one = start("one", place)
    assert one.is_silent  # nobody knows yet
    until(lambda: not one.is_silent)
    assert not one.is_active


def test_a_bridge_that_hears_nothing_leaves_the_place_to_one_that_does(start):
    hears = {"one": True, "two": False}
    one = start("one", hears=lambda: hears["one"])
    until(lambda: one.is_active)
    two = start("two", hears=lambda: hears["two"])
    hears.update(one=False, two=True)
    until(lambda: two.is_active and not one.is_active)


def test_a_bridge_that_has_heard_nothing_yet_does_not_lead(start):
    heard = threading.Event()
    looks = []
    one = start("one", hears=lambda: looks.append(1) or heard.is_set())
    until(lambda: len(looks) > 2)
    assert not one.is_active
    heard.set()
    until(lambda: one.is_active)


def test_what_fails_on_taking_over_ends_nothing(start):
    said = []

    def on_change(is_active):
        said.append(is_active)
        raise RuntimeError("disk full")

    one = start("one", on_change=on_change)
    until(lambda: one.is_active and one.problem is None)
    assert (said, one.is_alive) == ([True], True)


def test_over_ami_the_variable_alone_decides(start, meeting):
    def action(name, **fields):
        if name == "Setvar":
            meeting.variables[fields["Variable"]] = fields["Value"]
            return {"Response": "Success"}
        value = meeting.variables.get(fields["Variable"], "")
        return {"Response": "Success", "Value": value}

    one = start("one", AmiPlace(action))
    until(lambda: one.is_active)
    two = start("two", AmiPlace(action))
    time.sleep(1.5)
    assert (one.is_active, two.is_active) == (True, False)
    one.stop()
    until(lambda: two.is_active)


def test_bridges_to_different_odoos_do_not_meet(start, meeting):
    other = names_of("https://odoo.example/telephony/webhook/two")
    assert other[0] != APP
    one = start("one")
    until(lambda: one.is_active)
    another = Meeting()
    another.variables = meeting.variables  # they share the PBX, but no socket
    two = start("two", Place(another), other[1])
    until(lambda: two.is_active)
    time.sleep(0.2)
    assert (one.is_active, two.is_active) == (True, True)


def test_by_which_name_odoo_is_reached_does_not_matter():
    assert names_of("http://10.0.0.1:8069/telephony/webhook/one") == (APP, VARIABLE)
    assert "one" not in APP + VARIABLE
