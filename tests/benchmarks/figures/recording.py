"""A recording that is listened to, against a file of Odoo's own of the same size."""

import http.client
import time
from collections import defaultdict

from bench.office import PASSWORD, USUAL
from bench.rpc import Session
from bench.table import Figure, median, number
from bench.workers import MEGABYTE, Peak, worker

SIZE = 30  # MB
ROUNDS = 12
WARM_UP = 3
PIECE = 64 * 1024
# A sound for a call of the agent, and the same as a file of the agent's own.
PREPARE = """
import json, struct
env["telephony.call.recording"].search([("ref", "=", "bench")]).unlink()
user = env["res.users"].search([("login", "=", {login!r})])
size = {size} * 1024 * 1024
head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", size - 8, b"WAVE", b"fmt ", 16, 1, 1,
                   8000, 16000, 2, 16, b"data", size - 44)
raw = head + bytes(size - 44)
call = env["telephony.call"].search([("participant_ids", "in", user.ids)], limit=1)
vals = {{"name": "x.wav", "raw": raw, "mimetype": "audio/wav"}}
sound = env["ir.attachment"].create(
    {{**vals, "res_model": "telephony.call.recording", "res_id": 0}})
recording = env["telephony.call.recording"].create(
    {{"call_id": call.id, "ref": "bench", "state": "stored", "mimetype": "audio/wav",
      "attachment_id": sound.id}})
file = env["ir.attachment"].with_user(user).create(vals)
env["ir.config_parameter"].set_param(
    "telephony_bench.recording", json.dumps([recording.id, file.id]))
env.cr.commit()
"""
CLEAN = """
import json
parameters = env["ir.config_parameter"]
recording, file = json.loads(parameters.get_param("telephony_bench.recording"))
env["telephony.call.recording"].browse(recording).unlink()
env["ir.attachment"].browse(file).unlink()
parameters.search([("key", "=", "telephony_bench.recording")]).unlink()
env.cr.commit()
"""
STORED = "SELECT value FROM ir_config_parameter WHERE key = 'telephony_bench.recording'"


def measure(world):
    """Rate of ours over Odoo's, by turns; and how much more a worker holds."""
    dataset = world.small
    script = PREPARE.format(login=USUAL, size=SIZE)
    world.databases.shell(dataset.name, script, "the recording could not be made")
    try:
        yield from _measure(world, dataset)
    finally:
        world.databases.shell(dataset.name, CLEAN, "the recording could not be removed")


def _measure(world, dataset):
    recording, file = world.sql(dataset, STORED)[0][0].strip("[]").split(",")
    rates = defaultdict(list)
    grown = []
    with world.serving(dataset, workers=1) as stack:
        session = Session(stack.url, dataset.name, USUAL, PASSWORD)
        for turn in range(WARM_UP + ROUNDS):
            rates["floor"].append(_read(session, f"/web/content/{int(file)}"))
            with Peak(worker(stack.odoo.pid)) as memory:
                # Each is a play of its own, and noted as such.
                path = f"/telephony/recording/{int(recording)}?play=bench{turn}"
                rates["ours"].append(_read(session, path))
            grown.append(memory.most - memory.before)
    ours, bare = (median(rates[name][WARM_UP:]) for name in ("ours", "floor"))
    yield Figure(
        f"recording of {SIZE} MB by a range request, rate",
        ours / bare,
        target=0.7,
        at_least=True,
        measured=f"{number(ours)} MB/s",
        floor=f"Odoo's own attachment {number(bare)} MB/s",
        details=dict(rates),
    )
    yield Figure(
        "… a worker's memory meanwhile, more than before",
        max(grown[WARM_UP:]),
        target=10,
        unit=" MB",
        measured=f"{number(max(grown[WARM_UP:]))} MB",
        floor="",
        details={"grown": grown},
    )


def _read(session, path):
    """Read a whole file as a player does; MB a second.

    :raises RuntimeError: when it is not what was asked for
    """
    host, port = session.connection.host, session.connection.port
    connection = http.client.HTTPConnection(host, port, timeout=120)
    start = time.perf_counter()
    headers = {"Cookie": session.cookie, "Range": "bytes=0-"}
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    size = 0
    while piece := response.read(PIECE):
        size += len(piece)
    took = time.perf_counter() - start
    connection.close()
    if response.status != 206 or size != SIZE * MEGABYTE:
        raise RuntimeError(f"{path}: {response.status}, {size} bytes")
    return size / MEGABYTE / took
