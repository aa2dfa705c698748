"""What a visitor of the shop sees, and what becomes of it in Odoo."""

import time

from setup.shop import NUMBER

# seconds for what a job does: a worker that missed its wake looks again after a minute
PATIENCE = 120
MIDNIGHT = 60  # seconds before it in which no test begins that counts by the day
DAY = 24 * 3600
AGREED = "document.cookie = 'shop_consent=yes; path=/'"
CALL = "a.call"  # the number in the head of each page


def number_on(tab):
    """The number that its visitor sees, as E.164; and it is the same everywhere."""
    href, shown = tab.wait(f"""(() => {{
        const link = document.querySelector("{CALL}");
        const {{ href }} = link.attributes;
        return link.getClientRects().length && [href.value, link.innerText];
    }})()""")  # of one moment
    assert href == f"tel:+44{shown.replace(' ', '').removeprefix('0')}"
    return href.removeprefix("tel:")


def own_number_on(tab):
    """The number of the pool that its visitor sees, once it is there."""
    tab.wait(f"!!document.querySelector('{CALL}:not([href$=\"{NUMBER}\"])')")
    return number_on(tab)


def answered(tab):
    """Wait until the visit was taken, and what came of it is on the page."""
    tab.wait("window.telephony?.visit()")
    tab.evaluate("new Promise((done) => setTimeout(done, 100))")


def one_day():
    """Wait for the next day, in UTC, where this one is nearly over."""
    left = DAY - time.time() % DAY
    if left < MIDNIGHT:
        time.sleep(left + 1)


def until(found, words):
    """Wait for what somebody else does; return it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if value := found():
            return value
        time.sleep(0.1)
    raise AssertionError(words)
