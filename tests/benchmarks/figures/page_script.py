"""What the tracking script costs a web page of 2,000 nodes: bytes, time, movement."""

import gzip
import json
from pathlib import Path

from bench.browser import Browser
from bench.page import NODES, SPELLINGS, Page, shop
from bench.table import Figure, median, milliseconds

ROUNDS = 15
WARM_UP = 2
SHOWN = NODES // 50 + 1  # numbers on the page
# A site with the callback widget, five numbers and three domains.
SITE = Path(__file__).parents[1] / "data" / "site.json"


def measure(_world):
    """Size, main thread with the script less without, by turns, and layout shift."""
    times = {"/with": [], "/without": []}
    with Browser() as browser, Page(browser) as page:
        for _round in range(WARM_UP + ROUNDS):
            for path, taken in times.items():
                taken.append(page.seconds(path))
                shown, shift = page.seen()
                wanted = SHOWN if path == "/with" else 0
                if shown != wanted:
                    raise RuntimeError(f"{path}: {shown} of {wanted} numbers changed")
                if path == "/with":
                    moved = shift
    served = shop.page_script.core(json.loads(SITE.read_text())).encode()
    size = len(gzip.compress(served, mtime=0))
    yield Figure("script core, gzip", size / 1000, target=5, unit=" kB")
    ours, bare = (median(times[path][WARM_UP:]) for path in times)
    yield Figure(
        f"script core: main thread on a page with {NODES:,} nodes",
        (ours - bare) * 1000,
        target=20,
        unit=" ms",
        measured=milliseconds(ours),
        floor=f"without it {milliseconds(bare)}",
        details={"spellings": SPELLINGS, **times},
    )
    yield Figure("script core: layout shift", moved, target=0, unit="")
