"""The bridge to a real Asterisk: its delay, its load, and what it keeps for Odoo."""

import json
import tempfile
import time
from pathlib import Path

import psutil
from bench.exchange import Originator, Sink, exchange
from bench.inner_bridge import InnerBridge
from bench.table import Figure, median, milliseconds, number
from bench.workers import MEGABYTE

from tests.e2e.bridge import BridgeProcess, build

SECRET = "a secret of bridge and Odoo"
# A PBX with a bridge, in a database that may have it already.
CONNECT = f"""
pbx = env["telephony.pbx"].search([("name", "=", "Asterisk")])
if not pbx:
    pbx = env["telephony.pbx"].create({{"name": "Asterisk", "adapter": "asterisk",
        "country_id": env.ref("base.uk").id, "tz": "UTC", "api_secret": {SECRET!r}}})
    env["telephony.extension"].create(
        [{{"pbx_id": pbx.id, "number": f"10{{n}}"}} for n in range(5)])
env.cr.commit()
"""
DELAYED, GENTLE, ROUNDS = 60, 2, 6  # calls, and how many a second
LOAD, FAST = 10_000, 50
PACE = 52  # calls a second that are started, since none can be made up for
SETTLED = 4_000  # calls after which it remembers as many that have ended as ever
AWAY, STEADY = 60, 5  # seconds without Odoo, calls a second
MEMORY = 10  # per cent of what it had when it was settled
RIGHT = """
    SELECT count(*) FROM telephony_call c JOIN telephony_pbx p ON p.id = c.pbx_id
     WHERE p.name = 'Asterisk' AND c.state = 'ended' AND c.disposition = 'answered'
       AND c.talk_seconds BETWEEN 1 AND 3 AND (SELECT count(*) FROM telephony_call_leg l
           WHERE l.call_id = c.id) = 1
"""


def measure(world):
    """Delay as a ratio to the webhook alone; calls lost or doubled; seconds behind."""
    folder = Path(tempfile.mkdtemp(prefix="telephony-bench-"))
    with exchange(world.databases) as (lab, cdr):
        yield from _load(world, folder, lab, cdr)
        yield from _with_odoo(world, lab)


def _with_odoo(world, lab):
    databases, dataset = world.databases, world.small
    databases.shell(dataset.name, CONNECT, "the PBX could not be made")
    [[token]] = world.sql(
        dataset, "SELECT webhook_token FROM telephony_pbx WHERE name = 'Asterisk'"
    )
    with world.serving(dataset) as stack:
        webhook = f"{stack.url}/telephony/webhook/{token}"
        with InnerBridge(lab, webhook, SECRET) as bridge:
            yield _delay(lab, bridge)
            yield _backlog(world, lab, stack, bridge)


def _delay(lab, bridge):
    """Time from Asterisk's own stamp to Odoo's answer, over the same requests alone."""
    calls = Originator(lab)
    calls.calls(5, GENTLE)  # to warm up
    _settle(bridge)
    whole, alone = [], []
    for _round in range(ROUNDS):  # by turns, for the machine is not always as busy
        known = set(bridge.ended)
        calls.calls(DELAYED // ROUNDS, GENTLE)
        _settle(bridge)
        new = [id_ for id_ in list(bridge.told) if id_ not in known]
        whole += [
            bridge.ended[id_] - bridge.begun[id_]
            for id_ in new
            if bridge.begun.get(id_)
        ]
        alone += [_alone(bridge, id_) for id_ in new]
    calls.close()
    return Figure(
        "Asterisk's event to Odoo's answer, by the bridge",
        median(whole) / median(alone),
        target=3,
        measured=f"median {milliseconds(median(whole))}",
        floor=f"the webhook alone {milliseconds(median(alone))}",
        details={"whole": sorted(whole), "alone": sorted(alone)},
    )


def _alone(bridge, id_):
    """Return the seconds that the webhook takes for an event as one of the bridge's."""
    event, _seconds = bridge.told[id_]
    twin = {**event, "id": f"{id_}-alone", "call_ref": f"{event['call_ref']}-alone"}
    body, before = json.dumps(twin).encode(), time.time()
    assert bridge.tell(body).status_code == 200
    return time.time() - before


def _settle(bridge, seconds=30):
    """Wait until all is told of all calls."""
    time.sleep(3)  # the last call talks
    deadline = time.monotonic() + seconds
    while bridge.bridge.outbox.figures()["outbox"] and time.monotonic() < deadline:
        time.sleep(0.1)


def _backlog(world, lab, stack, bridge):
    """Seconds until Odoo knows all that happened while it was stopped.

    Counted from when Odoo answers: how long it takes to start is not the bridge's
    doing, and is said beside.
    """
    calls = Originator(lab)
    before = world.value(world.small, RIGHT)
    stack.odoo.stop()
    calls.calls(AWAY * STEADY, STEADY)
    calls.close()
    time.sleep(3)
    waiting = bridge.bridge.outbox.figures()["outbox"]
    started = time.monotonic()
    stack.start()
    begun = time.monotonic()
    found = 0
    while found < calls.sent and time.monotonic() - begun < 120:
        found = world.value(world.small, RIGHT) - before
        time.sleep(0.25)
    took = time.monotonic() - begun
    if found != calls.sent:
        raise RuntimeError(f"{found} calls are right in Odoo, not {calls.sent}")
    return Figure(
        f"Odoo stopped for {AWAY} s under {STEADY} calls/s: all is there, "
        "from its first answer on",
        took,
        target=30,
        unit=" s",
        measured=f"{calls.sent} calls, {waiting} events",
        floor=f"{number(waiting / took)} events/s; before, Odoo's start took "
        f"{number(begun - started)} s",
        details={"seconds_from_start": took + begun - started},
    )


def _load(world, folder, lab, cdr):
    """Calls that are lost or doubled, against the PBX's own records; and memory."""
    count = LOAD if world.large.size >= 1_000_000 else LOAD // 2
    samples = {}
    with Sink() as sink:
        bridge = BridgeProcess(build(folder), folder, lab, sink.webhook, SECRET)
        with bridge:
            process = psutil.Process(bridge.pid)
            time.sleep(5)

            def look(started):
                if started % (SETTLED // 2) == 0:
                    samples[started] = process.memory_info().rss / MEGABYTE

            calls = Originator(lab)
            seconds = calls.calls(count, PACE, look)
            deadline = time.monotonic() + 300
            while sink.count("ended") < count and time.monotonic() < deadline:
                time.sleep(0.2)
            time.sleep(2)  # for what should not come
            calls.close()
            last = process.memory_info().rss / MEGABYTE
    recorded = {row for row in cdr("SELECT DISTINCT linkedid FROM cdr") if row}
    told = set(sink.events)
    doubled = sum(
        len(ids) > 1
        for kinds in sink.events.values()
        for kind, ids in kinds.items()
        if kind in ("started", "ended")
    )
    wrong = len(recorded ^ told) + doubled + abs(len(recorded) - count)
    whole = sum(
        set(kinds) >= {"started", "ringing", "answered", "left", "ended"}
        for kinds in sink.events.values()
    )
    yield Figure(
        "calls a second that the bridge was given",
        count / seconds,
        target=FAST,
        at_least=True,
        unit="/s",
        measured=f"{count} calls in {number(seconds)} s",
    )
    yield Figure(
        f"calls lost or doubled by the bridge at {FAST} calls/s",
        wrong + (count - whole),
        target=0,
        unit="",
        measured=f"{len(told)} calls, {number(count / seconds)}/s",
        floor=f"records of the PBX {len(recorded)}",
        details={"lost": sorted(recorded - told)[:20], "doubled": doubled},
    )
    settled = samples[SETTLED]
    yield Figure(
        f"the bridge's memory, from {SETTLED:,} calls (all it remembers) to {count:,}",
        100 * (last - settled) / settled,
        target=MEMORY,
        unit=" %",
        measured=f"{number(last)} MB",
        floor=f"after {SETTLED:,} {number(settled)} MB",
        details={"megabytes": samples},
    )
