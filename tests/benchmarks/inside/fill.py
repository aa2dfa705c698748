"""Fill ``telephony.number`` from all contacts and leads, in this process.

``fill.py CONFIG ANSWER DATABASE``
"""

import re
import time
from pathlib import Path

from process import answer, environment

SAMPLE = 20_000


def measure(database):
    """How many numbers, in how many seconds, and how much memory it took.

    ``reading`` is how many of the same numbers per second are read when nothing else
    is done with them.
    """
    with environment(database) as env:
        reading = _reading(env)
        env.cr.execute("TRUNCATE telephony_number")
        env["telephony.number.fill"]._start()
        env.cr.commit()
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        before = _memory("VmRSS")
        start = time.perf_counter()
        env["telephony.number.fill"]._cron_fill()
        seconds = time.perf_counter() - start
        env.cr.execute("SELECT count(*), count(e164) FROM telephony_number")
        count, readable = env.cr.fetchone()
        return {
            "state": env["telephony.number.fill"]._progress()["state"],
            "count": count,
            "readable": readable,
            "seconds": seconds,
            "growth": _memory("VmHWM") - before,
            "reading": reading,
        }


def _reading(env):
    """Numbers read in a second, each for the first time."""
    forms = env["telephony.number"]._forms
    countries = env["telephony.number"]._countries_by_code(False, env.company.id)
    env.cr.execute("SELECT phone FROM res_partner WHERE phone != '' LIMIT %s", [SAMPLE])
    phones = [phone for (phone,) in env.cr.fetchall()]
    start = time.perf_counter()
    for phone in phones:
        forms(phone, countries)
    return len(phones) / (time.perf_counter() - start)


def _memory(name):
    """This process's memory in bytes: VmRSS is now, VmHWM was the most."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) * 1024


answer(measure)
