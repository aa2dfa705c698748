"""Our own time goes on evenly, and what was noted by it is put right by Odoo's."""

import json
import time
from types import SimpleNamespace

import pytest

from telephony_crm.bridge import local_clock as module
from telephony_crm.bridge.local_clock import LocalClock, put_right


class Machine(SimpleNamespace):
    """A machine whose clock can be set, as the module `time` of a process."""

    CLOCK_BOOTTIME = 7

    def time(self):
        return self.started + self.steady + self.set_by

    def clock_gettime(self, _clock):
        return self.steady


@pytest.fixture
def machine(monkeypatch, tmp_path):
    found = Machine(started=1_790_000_000.0, steady=500.0, set_by=0.0)
    monkeypatch.setattr(module, "time", found)
    monkeypatch.setattr(module, "BOOT", tmp_path / "boot_id")
    module.BOOT.write_text("first\n")
    return found


def test_it_goes_on_evenly_whoever_sets_the_machines_clock(machine):
    clock = LocalClock()
    assert clock.now() == machine.time()
    machine.steady += 10
    machine.set_by = -3600.0
    assert clock.now() == 1_790_000_510.0


def test_another_process_goes_on_where_this_one_was_until_the_machine_starts_anew(
    machine,
):
    anchor = json.loads(json.dumps(LocalClock().anchor))
    machine.set_by, machine.steady = -3600.0, 700.0
    assert LocalClock(anchor).now() == 1_790_000_700.0
    module.BOOT.write_text("second\n")
    assert LocalClock(anchor).now() == machine.time()
    for nonsense in (None, [], {}, {"boot": "second"}, {"boot": "second", "ahead": ""}):
        assert LocalClock(nonsense).now() == machine.time()


def test_odoos_time_is_learned_as_exactly_as_it_is_told(machine):
    clock = LocalClock()
    assert (clock.known_offset(), clock.machine_offset) == (None, None)
    clock.learn(clock.now() - 3600, asked=clock.now() - 20)
    assert clock.known_offset() == 3600
    clock.learn(clock.now() - 3600.4, asked=clock.now() - 1)  # that may be the way
    assert clock.offset == 3600
    clock.learn(clock.now() - 3600.4, asked=clock.now() - 0.01)
    assert clock.offset == pytest.approx(3600.4)
    machine.set_by = -3600.0  # somebody has set it right
    assert clock.machine_offset == pytest.approx(0.4)


def test_after_a_step_of_the_machines_clock_odoo_is_asked_anew(machine):
    clock = LocalClock()
    clock.learn(clock.now() - 5, clock.now())
    machine.set_by = 1.0
    clock.watch()
    assert clock.is_known
    machine.set_by = 60.0
    clock.watch()
    assert not clock.is_known
    assert clock.odoo_now() == clock.now() - 5  # as good as nothing better is known
    clock.learn(clock.now() - 5, clock.now())
    clock.watch()
    assert clock.is_known


def test_the_times_of_an_event_are_put_right_and_nothing_else():
    event = {
        "id": "1",
        "occurred_at": "2026-01-15T10:15:00.250000Z",
        "started_at": "2026-01-15T10:14:00Z",
        "number": "2026-01-15T10:15:00Z",
    }
    assert json.loads(put_right(json.dumps(event), 3600.25)) == {
        **event,
        "occurred_at": "2026-01-15T09:15:00.000000Z",
        "started_at": "2026-01-15T09:13:59.750000Z",
    }
    text = json.dumps(event)
    assert put_right(text, 0.0) is text


def test_it_works_where_nobody_names_the_start_of_the_machine(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "BOOT", tmp_path / "none")
    clock = LocalClock(LocalClock().anchor | {"ahead": 0.0})
    assert clock.now() == pytest.approx(time.time(), abs=1)
