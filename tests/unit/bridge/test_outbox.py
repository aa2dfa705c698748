"""What is to be told lasts, in order, and takes no more room than it may."""

import json
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from odoo_server import event

from telephony_crm.bridge import outbox as module
from telephony_crm.bridge import outbox_refused
from telephony_crm.bridge.outbox import LANES, Outbox, lane_of


@pytest.fixture
def path(tmp_path):
    return tmp_path / "outbox.sqlite"


@pytest.fixture
def outbox(path):
    found = Outbox(path)
    yield found
    found.close()


def waiting(outbox):
    """Return the ids of all that is to be told, lane by lane."""
    rows = [row for lane in range(LANES) for row in outbox.next(lane, 10_000)]
    return [json.loads(body)["id"] for _seq, body in rows]


def test_state_and_events_are_there_after_a_restart(outbox, path):
    outbox.commit({"1": {"a": [1, "ü"]}, "2": {"b": 2}}, [event("1", 1)])
    outbox.commit({"2": None}, [event("1", 2)])
    outbox.close()
    again = Outbox(path)
    assert again.state() == {"1": {"a": [1, "ü"]}}
    assert waiting(again) == ["1-1", "1-2"]
    again.close()


def test_of_what_cannot_be_stored_as_a_whole_nothing_is(outbox):
    with pytest.raises(TypeError):
        outbox.commit({"1": {"a": 1}}, [event("1", 1), {**event("1"), "x": object()}])
    assert (outbox.state(), waiting(outbox)) == ({}, [])
    outbox.commit({"1": {"a": 2}}, [event("1", 2)])
    assert waiting(outbox) == ["1-2"]


def test_a_killed_process_has_stored_both_or_neither(path):
    program = f"""
import os, signal, sys, types
stub = types.ModuleType("telephony_crm")
stub.__path__ = [{str(Path(module.__file__).parents[1])!r}]
sys.modules["telephony_crm"] = stub
from telephony_crm.bridge.outbox import Outbox
outbox = Outbox({str(path)!r})
for number in range(10_000):
    outbox.commit({{"1": {{"count": number}}}}, [
        {{"id": str(number), "call_ref": "1"}}])
    if number == 300:
        print("go", flush=True)
"""
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    child.stdout.readline()
    child.kill()
    child.wait()
    found = Outbox(path)
    last = found.state()["1"]["count"]
    assert last >= 300
    assert waiting(found) == [str(number) for number in range(last + 1)]
    found.close()


def test_events_of_one_call_are_in_one_lane_and_in_their_order(outbox):
    for number in range(50):
        outbox.commit({}, [event(str(number % 7), number)])
    for lane in range(LANES):
        rows = outbox.next(lane, 100)
        assert [seq for seq, _body in rows] == sorted(seq for seq, _body in rows)
    assert {lane_of(str(number)) for number in range(100)} == set(range(LANES))


def test_who_stands_by_keeps_what_it_would_tell_for_a_minute(outbox, monkeypatch):
    outbox.commit({}, [event("1", 1)], held=True)
    assert waiting(outbox) == []
    outbox.forget_held()
    outbox.take_over()
    assert waiting(outbox) == ["1-1"]
    outbox.commit({}, [event("2", 1)], held=True)
    later = time.time() + module.HELD + 1
    monkeypatch.setattr(module.time, "time", lambda: later)
    outbox.forget_held()
    outbox.take_over()
    assert waiting(outbox).count("2-1") == 0


def test_what_was_held_is_told_before_what_comes_after_it(outbox):
    outbox.commit({}, [event("1", 1)], held=True)
    outbox.commit({}, [event("1", 2)])
    assert waiting(outbox) == ["1-1", "1-2"]


def test_of_a_call_that_has_lost_an_event_nothing_is_confirmed(outbox):
    confirmed = {**event("1", 3), "confirmed": True}
    outbox.commit({}, [event("1", 1), event("1", 2), confirmed, event("2", 1)])
    assert outbox.take_lost() == set()
    [(seq, _body), *_rest] = outbox.next(lane_of("1"))
    outbox.refuse(seq, "400")
    rows = [json.loads(body) for _seq, body in outbox.next(lane_of("1"))]
    assert [one["id"] for one in rows if one["call_ref"] == "1"] == ["1-2", "1-3"]
    assert not any("confirmed" in one for one in rows)
    assert (outbox.take_lost(), outbox.take_lost()) == ({"1"}, set())


def test_beyond_its_limit_whole_old_calls_are_dropped_and_counted(path):
    outbox = Outbox(path, limit=20)
    for call in range(10):
        for number in range(5):
            outbox.commit({}, [event(str(call), number)])
    left = waiting(outbox)
    assert len(left) <= 20
    assert {one.partition("-")[0] for one in left} == {"6", "7", "8", "9"}
    assert outbox.figures()["dropped"] == 30
    assert outbox.take_lost() == {"0", "1", "2", "3", "4", "5"}
    outbox.close()


def test_what_is_refused_is_kept_aside_and_said_for_a_day(outbox, monkeypatch):
    outbox.commit({}, [event("1", 1), event("1", 2)])
    [(seq, _body), _other] = outbox.next(lane_of("1"))
    outbox.refuse(seq, "400 There is no field")
    assert waiting(outbox) == ["1-2"]
    assert outbox.figures()["refused"] == 1
    tomorrow = time.time() + 86_401
    monkeypatch.setattr(module.time, "time", lambda: tomorrow)
    assert outbox.figures()["refused"] == 0


def test_the_file_does_not_grow_with_what_was_told(outbox, path):
    for round_ in range(20):
        outbox.commit({}, [event(str(number), round_) for number in range(500)])
        for lane in range(LANES):
            outbox.told(seq for seq, _body in outbox.next(lane, 1000))
        outbox.tidy()
    size = sum(one.stat().st_size for one in path.parent.iterdir())
    assert size < 20 * 1024 * 1024
    assert outbox.figures()["outbox"] == 0


def test_a_full_disk_is_said_and_nothing_is_half_stored(outbox):
    pages = outbox._db.execute("PRAGMA page_count").fetchone()[0]
    outbox._db.execute(f"PRAGMA max_page_count = {pages + 3}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        outbox.commit({"1": {"a": "x" * 100_000}}, [event("1", 1)])
    assert (outbox.state(), waiting(outbox)) == ({}, [])
    outbox._db.execute(f"PRAGMA max_page_count = {pages + 1000}")
    outbox.commit({"1": {"a": 1}}, [event("1", 1)])
    assert waiting(outbox) == ["1-1"]


FULL_DISK = """
import os, sqlite3, sys, types
stub = types.ModuleType("telephony_crm")
stub.__path__ = [sys.argv[1]]
sys.modules["telephony_crm"] = stub
from telephony_crm.bridge.outbox import LANES, Outbox

def fill(outbox, number):
    outbox.commit({"1": {"a": "x" * 500}}, [
        {"id": f"{number}-{one}", "call_ref": str(number), "x": "x" * 2000}
        for one in range(20)])

outbox, number = Outbox(sys.argv[2] + "/outbox.sqlite"), 0
if sys.argv[3] == "fill":
    try:
        while True:
            fill(outbox, number)
            number += 1
    except sqlite3.OperationalError as error:
        print(error)
    sys.argv[4] == "kill" and os._exit(0)
else:
    waiting = outbox.figures()["outbox"]
    outbox.insist(lambda db: db.execute("REPLACE INTO note VALUES ('clock', '{}')"))
    for _round in range(waiting):
        for lane in range(LANES):
            rows = outbox.next(lane, 100)
            if rows:
                outbox.told([seq for seq, _body in rows])
    fill(outbox, number)
    outbox.tidy()
    print(waiting > 1000, outbox.figures()["outbox"], outbox._room.is_given)
outbox.close()
"""


@pytest.mark.parametrize("end", ["close", "kill"])
def test_a_disk_that_is_full_of_what_waits_is_emptied_when_that_is_told(tmp_path, end):
    mount = "mount -t tmpfs -o size=16m tmpfs"
    own = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    if subprocess.run([*own, f'{mount} "$0"', tmp_path], check=False).returncode:
        pytest.skip("nobody may mount a small disk here")
    run = '"$0" -c "$1" "$2" "$3"'
    words = f'{mount} "$3" && {run} fill {end} && {run} empty {end}'
    package = Path(module.__file__).parents[1]
    done = subprocess.run(
        [*own, words, sys.executable, FULL_DISK, package, tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == [
        "database or disk is full",
        "True 20 False",
    ], done.stderr


def test_a_damaged_file_is_kept_aside_and_another_one_begun(outbox, path):
    outbox.commit({"1": {"a": 1}}, [event("1", 1)])
    outbox.close()
    path.write_bytes(b"no database at all" * 1000)
    again = Outbox(path)
    assert again.aside.read_bytes().startswith(b"no database")
    assert (again.state(), waiting(again), again.is_damaged) == ({}, [], False)
    again.commit({"1": {"a": 1}}, [event("1", 1)])
    assert waiting(again) == ["1-1"]
    again.close()


def test_damage_that_shows_while_it_works_is_known(outbox, path):
    outbox.commit({}, [event(str(number)) for number in range(500)])
    outbox.tidy()
    outbox._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    outbox._db.execute("PRAGMA shrink_memory")
    with pytest.raises(sqlite3.DatabaseError):
        for lane in range(LANES):
            outbox.next(lane)
    assert outbox.is_damaged


def test_nobody_else_can_read_what_waits(outbox, path):
    outbox.commit({}, [event("1", 1)])
    modes = {one.name: one.stat().st_mode & 0o777 for one in path.parent.iterdir()}
    assert len(modes) > 1
    assert set(modes.values()) == {0o600}
    outbox.close()
    path.chmod(0o644)
    Outbox(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_was_refused_is_told_again_where_it_was_when_somebody_asks(outbox):
    outbox.commit({}, [event("1", number) for number in range(4)])
    rows = outbox.next(lane_of("1"))
    for seq, _body in rows[1:3]:
        outbox.refuse(seq, "400 There is no field")
    outbox.told([rows[0][0]])
    assert outbox.figures()["refusal"] == "400 There is no field"
    assert outbox.retry() == 2
    assert waiting(outbox) == ["1-1", "1-2", "1-3"]
    assert (outbox.retry(), outbox.figures()["refused"]) == (0, 0)
    assert outbox.figures()["refusal"] == ""


def test_times_are_odoos_as_soon_as_that_can_be_known(outbox, path):
    def times():
        rows = [row for lane in range(LANES) for row in outbox.next(lane)]
        return {json.loads(body)["occurred_at"][11:19] for _seq, body in rows}

    outbox.offset = lambda: None
    outbox.commit({}, [event("1", 1)])
    assert times() == {"10:15:00"}
    outbox.offset = lambda: 3600.0
    outbox.commit({}, [event("1", 2)])
    assert times() == {"09:15:00"}
    [(seq, _body), _other] = outbox.next(lane_of("1"))
    outbox.refuse(seq, "400")
    outbox.offset = lambda: 60.0  # ours has stood still; but not when that was noted
    outbox.retry()
    assert times() == {"09:15:00", "10:14:00"}


def test_a_file_of_an_earlier_version_is_read(path):
    old = sqlite3.connect(path)
    old.executescript("""
        CREATE TABLE event (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, lane INTEGER NOT NULL,
            call_ref TEXT NOT NULL, body TEXT NOT NULL, made REAL NOT NULL,
            held INTEGER NOT NULL);
        CREATE TABLE refused (
            seq INTEGER PRIMARY KEY, body TEXT NOT NULL, reason TEXT NOT NULL,
            made REAL);
    """)
    body = json.dumps(event("1", 1))
    row = [lane_of("1"), "1", body, time.time()]
    old.execute("INSERT INTO event VALUES (1, ?, ?, ?, ?, 0)", row)
    old.commit()
    old.close()
    found = Outbox(path)
    found.offset = lambda: 3600.0
    assert found.next(lane_of("1")) == [(1, body)]
    found.close()


def test_so_many_refused_events_are_kept_however_far_apart(outbox, monkeypatch):
    monkeypatch.setattr(outbox_refused, "REFUSED", 3)
    for number in range(5):
        for call in range(10):  # those between them are taken
            outbox.commit({}, [event(str(call), number)])
        seqs = {
            json.loads(body)["call_ref"]: seq
            for lane in range(LANES)
            for seq, body in outbox.next(lane, 100)
        }
        outbox.refuse(seqs.pop("9"), "400")
        outbox.told(seqs.values())
    kept = outbox._db.execute("SELECT body FROM refused ORDER BY seq").fetchall()
    assert [json.loads(body)["id"] for [body] in kept] == ["9-2", "9-3", "9-4"]
