"""From the webhook to the card on the screen, against a bare bus message."""

import time

from bench.browser import Browser
from bench.callers import callers
from bench.calls import Call, floor
from bench.load import Client
from bench.office import PASSWORD, USUAL
from bench.rpc import Session
from bench.table import Figure, median, milliseconds
from bench.world import HERE

ROUNDS = 25
WARM_UP = 4
PATIENCE = 20  # seconds for anything to appear
CARD = ".o_telephony_card"
MESSAGE = ".telephony_bench_message"
CLOSE_ALL = """
    document.querySelectorAll(".o_telephony_card .o_telephony_close")
        .forEach((button) => button.click())
"""


class Screen:
    """What an agent sees, with a PBX that posts.

    :param stack: the running Odoo
    :param browser: a page of it, logged in
    """

    def __init__(self, stack, browser, user_id):
        self.client = Client(stack.url)
        self.browser = browser
        self.user_id = user_id

    def seconds(self, post, selector, digits):
        """Post, and wait until it is on the screen: how long that took."""
        self.browser.evaluate(f"void (window.sight = seen('{selector}', '{digits}'))")
        start = time.time()
        self.client.send([post])
        return self.browser.evaluate("window.sight") / 1000 - start

    def message(self):
        """Seconds of a bare bus message."""
        digits = str(time.time_ns())
        post = floor(self.user_id, "/telephony_bench/message", name=digits)
        return self.seconds(post, MESSAGE, digits)

    def ready(self):
        """Wait until messages get through at all."""
        wait = f"!!document.querySelector('{MESSAGE}')"
        deadline = time.monotonic() + PATIENCE
        while not self.browser.evaluate(wait):
            if time.monotonic() > deadline:
                raise RuntimeError("no bus message reaches the browser")
            self.client.send(
                [floor(self.user_id, "/telephony_bench/message", name="0")]
            )
            time.sleep(0.5)
        self.browser.evaluate((HERE / "bench" / "seen.js").read_text())

    def card(self, kind, call, digits):
        """Seconds until the card of a call is there; it is ended and closed then."""
        took = self.seconds(getattr(call, kind)(), CARD, digits)
        self.client.send([call.end()])
        self.browser.evaluate(CLOSE_ALL)
        return took


def measure(world):
    """The medians of both, by turns in the same page."""
    world.have_numbers(world.large)
    times = {"message": [], "start": [], "internal": []}
    with world.serving(world.large) as stack, Browser() as browser:
        session = Session(stack.url, world.large.name, USUAL, PASSWORD)
        browser.open(f"{stack.url}/odoo/my-calls", session.session_id)
        screen = Screen(stack, browser, session.uid)
        screen.ready()
        mine = callers(world, world.large, WARM_UP + ROUNDS, session.uid)
        others = callers(world, world.large, WARM_UP + ROUNDS)
        extension = mine[0].extension
        for own, other in zip(mine, others, strict=True):
            times["message"].append(screen.message())
            call = Call(own.number, extension)
            times["start"].append(screen.card("start", call, own.number[-8:]))
            call = Call(other.number, extension)
            screen.client.send([call.start()])
            times["internal"].append(screen.card("internal", call, other.number[-8:]))
    bare = median(times["message"][WARM_UP:])
    for kind, words in (
        ("start", "a call of my customer comes in"),
        ("internal", "my extension is rung"),
    ):
        ours = median(times[kind][WARM_UP:])
        yield Figure(
            f"webhook → card on the screen: {words}",
            ours / bare,
            target=2,
            measured=milliseconds(ours),
            floor=f"bare bus message {milliseconds(bare)}",
            details={"seconds": times[kind], "floor": times["message"]},
        )
