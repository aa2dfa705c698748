"""What Ctrl-C does to tests that run: they end, and tidy up as at any end."""

import os
import signal
import subprocess
import sys
import time

import pytest

from setup.lib import paths

# It learns of the key somewhat later than the tests do, as on a busy machine.
RUN = """
import signal, sys, time
from functools import partial
from types import SimpleNamespace
from setup.lib import paths
from setup.lib.chosen_tests import Choice
from setup.lib.commands.test import Session

def interrupt(*_args):
    time.sleep(0.5)
    raise KeyboardInterrupt

signal.signal(signal.SIGINT, interrupt)
paths.PYTHON = sys.executable
session = Session(SimpleNamespace(odoo=SimpleNamespace(path="")), Choice([]))
run = partial(session.outside, [sys.argv[1]], {})
session.at_once([("part", run)]) if sys.argv[2] == "beside" else run("part")
"""
TEST = """
import pathlib, time, pytest

HERE = pathlib.Path(__file__).parent

@pytest.fixture
def server():
    yield
    time.sleep(1)
    (HERE / "tidied").touch()

def test_long(server):
    (HERE / "begun").touch()
    time.sleep(60)
"""


@pytest.mark.parametrize("where", ["alone", "beside"])
def test_an_interrupted_test_tidies_up(tmp_path, where):
    file = tmp_path / "test_long.py"
    file.write_text(TEST)
    with subprocess.Popen(
        [sys.executable, "-c", RUN, str(file), where],
        cwd=paths.ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as run:
        try:
            deadline = time.monotonic() + 60
            while not (tmp_path / "begun").exists():
                assert time.monotonic() < deadline and run.poll() is None
                time.sleep(0.02)
            os.killpg(run.pid, signal.SIGINT)  # as a terminal does
            run.wait(60)
            assert (tmp_path / "tidied").exists()
        finally:
            run.kill()
