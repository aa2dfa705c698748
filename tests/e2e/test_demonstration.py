"""``setup/run --asterisk`` as a person starts and ends it, on a machine made ready."""

import os
import re
import signal
import subprocess
from urllib.request import urlopen

import psutil
import pytest

from setup.lib import paths
from setup.lib.ports import free_ports
from setup.lib.process import HOST, is_free

from .access import Rpc
from .bridge import until

PATIENCE = 240  # seconds for a start on a busy machine
AGAIN = 20  # of a processor, for any start but the first
ALWAYS = {"Asterisk", "demonstration", "Odoo", "bridge"}  # steps of each start
CALLS_WITHIN = 120  # seconds, on a busy machine; the plan is `demo.json`


class Demonstration:
    """A run of it, in a session of its own as in a terminal."""

    def __init__(self, database, port, log):
        self.database, self.port, self.log = database, port, log
        self.url = f"http://{HOST}:{port}"
        command = [paths.SETUP / "run", "--asterisk", "--port", port, "--db", database]
        with log.open("w") as output:
            self.child = subprocess.Popen(
                [str(word) for word in command],
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self):
        """All that it has printed."""
        return self.log.read_text()

    def ready(self):
        """Wait until it says so; after how many seconds of work of a processor.

        Those of the clock depend on what else the machine does.
        """
        until(
            lambda: "Ready after" in self.said or self.child.poll() is not None,
            PATIENCE,
            lambda: self.said,
        )
        assert self.child.poll() is None, self.said
        first = psutil.Process(self.child.pid)
        return sum(map(_worked, [first, *first.children(recursive=True)]))

    @property
    def steps(self):
        """What was missing and done."""
        return {words.split()[0] for words in re.findall(r"^✓ (.+)", self.said, re.M)}

    def end(self):
        """Press Ctrl-C; what it had started and what is left of that."""
        started = psutil.Process(self.child.pid).children(recursive=True)
        os.kill(self.child.pid, signal.SIGINT)
        self.child.wait(60)
        _gone, left = psutil.wait_procs(started, timeout=10)
        return started, left

    def kill(self):
        """End all of it, when a test has failed."""
        if self.child.poll() is None:
            self.child.terminate()
            self.child.wait(30)


def _worked(process):
    """Seconds that a process has worked, and those it has seen the end of."""
    try:
        return sum(process.cpu_times()[:4])
    except psutil.NoSuchProcess:
        return 0


def _environment():
    """As a terminal has it: not that in which the tests run."""
    path = os.environ["PATH"].split(os.pathsep)
    ours = [one for one in path if not one.startswith(str(paths.HOME))]
    kept = {key: val for key, val in os.environ.items() if key != "PYTHONPATH"}
    return kept | {"PATH": os.pathsep.join(ours)}


@pytest.fixture(scope="module")
def start(programs, databases, bare, tmp_path_factory):
    """Starts the demonstration; each time it is the same one."""
    database = f"telephony_test_{os.getpid()}_demonstration"
    databases.copy(bare, database)
    [port] = free_ports(1)
    while not is_free(port + 20):  # that of the shop
        [port] = free_ports(1)
    running = []

    def start():
        log = tmp_path_factory.mktemp("run") / "said"
        running.append(Demonstration(database, port, log))
        return running[-1]

    yield start
    for one in running:
        one.kill()
    databases.drop(database)


def test_it_says_where_it_is_rings_by_itself_and_leaves_nothing_behind(start):
    first = start()
    first.ready()
    assert first.url in first.said
    login, password = re.search(r"login (\w+), password (\w+)", first.said).groups()
    assert login == password
    ask = Rpc(first)
    cards = until(
        lambda: ask(login, "telephony.call", "get_cards"), CALLS_WITHIN, "nobody called"
    )
    assert cards[0]["partner"]["name"] == "Olena Shevchenko"
    shop = re.search(r"(http://\S+)  a web site whose visitors", first.said)[1]
    script = re.search(r'src="([^"]+/telephony/tracking/[^"]+)"', _read(shop))[1]
    assert "+44" in _read(script)
    is_clean(first)

    again = start()
    assert again.ready() < AGAIN
    assert again.steps == ALWAYS, again.said
    is_clean(again)


def _read(url):
    with urlopen(url, timeout=60) as page:
        return page.read().decode()


def is_clean(demonstration):
    """End it: nothing that it had started goes on, and nothing went wrong."""
    started, left = demonstration.end()
    names = {process.name() for process in left}
    assert len(started) > 5 and not names
    assert demonstration.child.returncode == 130, demonstration.said
    assert is_free(demonstration.port)
    assert "✗" not in demonstration.said
