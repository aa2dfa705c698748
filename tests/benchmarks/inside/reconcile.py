"""Compare an empty log with the records of a PBX of one day, in this process.

``reconcile.py CONFIG ANSWER DATABASE LEGS``

The worst case: nothing of the day was heard, each call is new and has two legs, a
ringing in vain and a talk. Its records come from a web server in a process of its own.
"""

import json
import random
import re
import time
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from process import answer, environment

FORMAT = "%Y-%m-%d %H:%M:%S"
EXTENSIONS = 200


def measure(database, legs):
    """Seconds of our own for each page, and how much memory grew after the first."""
    with environment(database) as env:
        pbx = env["telephony.pbx"].search([], limit=1)
        start = datetime.now().replace(microsecond=0) - timedelta(days=1)
        env.cr.execute(
            "SELECT phone_sanitized FROM res_partner WHERE phone_sanitized != '' "
            "AND id % 7 = 0 LIMIT 5000"
        )
        numbers = [number for (number,) in env.cr.fetchall()]
        pipe, child = get_context("spawn").Pipe()
        account = (child, start, int(legs), numbers)
        server = get_context("spawn").Process(target=serve, args=account, daemon=True)
        server.start()
        try:
            return _compare(env, pbx, start, pipe.recv())
        finally:
            server.terminate()


def _compare(env, pbx, start, url):
    was = pbx.api_url
    pbx.api_url = url
    env["telephony.pbx.reconciliation"].search([]).unlink()
    run = env["telephony.pbx.reconciliation"].create(
        {
            "pbx_id": pbx.id,
            "start_date": start,
            "end_date": datetime.now().replace(microsecond=0) - timedelta(minutes=10),
        }
    )
    env.cr.commit()
    turns, grown, before = [], 0, None
    while run.state in ("waiting", "running"):
        env.cr.execute("UPDATE telephony_pbx SET statistics_after = NULL")
        env.cr.commit()
        began = time.perf_counter()
        env["telephony.pbx.reconciliation"]._cron_reconcile()
        env.cr.commit()
        turns.append(time.perf_counter() - began)
        if before is None:  # code and caches are loaded
            before = _memory("VmRSS")
            Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        grown = _memory("VmHWM") - before
        if run.error:
            raise RuntimeError(run.error)
    pbx.api_url = was
    env.cr.commit()
    limit = pbx._adapter().statistics_limit
    return {
        "state": run.state,
        "rows": run.row_count,
        "calls": run.call_count,
        "seconds": sum(turns),
        "seconds_a_page": limit * sum(turns) / run.row_count,
        "a_minute": pbx._adapter().statistics_a_minute,
        "growth": grown,
    }


def serve(pipe, start, legs, numbers):
    """Answer as the PBX does; the rows are made when they are asked for."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            query = parse_qs(urlsplit(self.path).query)
            skip, limit = int(query["skip"][0]), int(query["limit"][0])
            rows = [
                _row(start, leg, legs, numbers)
                for leg in range(skip, min(skip + limit, legs))
            ]
            body = json.dumps({"status": "success", "stats": rows}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            """Override to keep silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    pipe.send(f"http://127.0.0.1:{server.server_port}")
    server.serve_forever()


def _row(start, leg, legs, numbers):
    call, talked = divmod(leg, 2)
    chance = random.Random(call)
    began = start + timedelta(seconds=call * 2 * 80_000 // legs)
    extension = 100 + (call + talked) % EXTENSIONS
    return {
        "call_id": f"{1700000000 + call}.{leg}",
        "sip": str(extension),
        "callstart": began.strftime(FORMAT),
        "clid": chance.choice(numbers).lstrip("+"),
        "destination": str(extension),
        "disposition": "answered" if talked else "no answer",
        "seconds": chance.randint(20, 300) if talked else 0,
        "is_recorded": "false",
        "pbx_call_id": f"in_day_{call}",
    }


def _memory(name):
    """This process's memory in bytes: VmRSS is now, VmHWM was the most."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) * 1024


if __name__ == "__main__":
    answer(measure)
