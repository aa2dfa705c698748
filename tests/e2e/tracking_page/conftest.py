"""A shop with the script on its pages, and visitors of it."""

import pytest

from ..browser import Browser
from .shop import Shop

# Notes what a visitor or a developer would complain of.
COMPLAINTS = """
window.complaints = [];
const note = (event) => complaints.push(String(event.message || event.reason));
addEventListener("error", note);
addEventListener("unhandledrejection", note);
const error = console.error;
console.error = (...words) => { complaints.push(words.join(" ")); error(...words); };
window.shift = 0;
const add = (list) => list.getEntries().forEach((one) => (shift += one.value));
new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(scope="session")
def page_browser():
    with Browser("--disable-features=PaintHolding") as running:
        yield running


@pytest.fixture(scope="session")
def running_shop():
    with Shop() as shop:
        yield shop


@pytest.fixture
def shop(running_shop):
    running_shop.clear()
    yield running_shop
    assert running_shop.refused == []


@pytest.fixture
def visitor(page_browser, shop):
    with page_browser.visitor(shop.url) as visitor:
        yield visitor


@pytest.fixture
def visit(visitor):
    """Open a page of the shop; nothing on it may complain by the end.

    Nor may anything on it have moved, unless it is told that it ``moves``.
    """
    tabs = []

    def opened(path="/", before="", moves=False):
        tab = visitor.open(path, COMPLAINTS + before)
        tabs.append((tab, moves))
        return tab

    yield opened
    for tab, moves in tabs:
        assert tab.evaluate("window.complaints || []") == []
        assert moves or not tab.evaluate("window.shift")
