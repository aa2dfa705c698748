"""The one file beside a PBX: it needs Python, two packages, and nothing else."""

import ast
import importlib.metadata
import json
import re
import shutil
import signal
import subprocess
import sys
import time
import venv
from pathlib import Path

import pytest
from ami_server import AmiServer
from odoo_server import SECRET, OdooServer
from test_listener import BRIDGES, CHANNELS

ROOT = Path(__file__).resolve().parents[3]
NEEDED = ("requests", "websocket-client")
OLDEST = (3, 10)


def with_what_they_need(names):
    """Return distributions and all that they require, without extras, by name."""
    found, waiting = {}, list(names)
    while waiting:
        one = importlib.metadata.distribution(waiting.pop())
        name = one.metadata["Name"].lower().replace("_", "-")
        if name not in found:
            found[name] = one
            required = [text for text in one.requires or () if "extra ==" not in text]
            waiting += [re.match(r"[\w.-]+", text)[0] for text in required]
    return found


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """A Python of its own, in which there is only what the bridge says it needs."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False, symlinks=True)
    [site] = folder.glob("lib/python*/site-packages")
    for one in with_what_they_need(NEEDED).values():
        for file in one.files:
            if ".." not in file.parts and file.suffix != ".pyc":
                target = site / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(one.locate_file(file), target)
    return folder / "bin" / "python"


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    target = tmp_path_factory.mktemp("program") / "telephony-bridge.pyz"
    subprocess.run([sys.executable, ROOT / "setup/bridge_zipapp", target], check=True)
    return target


@pytest.fixture
def ami():
    with AmiServer() as running:
        running.answers |= {"coreshowchannels": CHANNELS, "bridgelist": BRIDGES}
        yield running


@pytest.fixture
def config(tmp_path, ami):
    file = tmp_path / "bridge.ini"
    file.touch(mode=0o600)

    def write(url):
        file.write_text(
            f"[odoo]\nurl = {url}\nsecret = {SECRET}\n"
            f"[asterisk]\nami_port = {ami.port}\nami_user = odoo\nami_secret = secret\n"
            f"recordings =\n[bridge]\ndata = {tmp_path / 'data'}\n"
        )
        return file

    return write


def run(python, *words):
    return subprocess.run(
        [python, "-I", *words], capture_output=True, text=True, timeout=60, check=False
    )


def test_there_is_nothing_but_the_two_packages_and_theirs(python):
    code = (
        "import importlib.metadata as m;"
        "print(*sorted(d.metadata['Name'].lower() for d in m.distributions()))"
    )
    there = run(python, "-c", code).stdout.replace("_", "-").split()
    assert set(NEEDED) <= set(there)
    assert set(there) == set(with_what_they_need(NEEDED))
    for missing in ("odoo", "psycopg2", "pymysql", "phonenumbers"):
        assert run(python, "-c", f"import {missing}").returncode == 1


def test_it_explains_itself(python, program):
    done = run(python, program, "--help")
    assert done.returncode == 0, done.stderr
    assert "--check" in done.stdout
    assert run(python, program, "--version").stdout.strip()


def test_it_tests_its_connections(python, program, config):
    with OdooServer() as odoo:
        file = config(odoo.webhook)
        done = run(python, program, "--config", file, "--check")
        assert odoo.lists == [0], "it was asked, and told of nothing"
    assert done.returncode in (0, 1), done.stderr
    found = json.loads(done.stdout)
    assert (found["ami"], done.stderr) == ("9.0.0", "")
    assert not any("Odoo" in problem for problem in found["problems"])


def test_it_works_and_ends_when_it_is_asked_to(python, program, config, ami):
    with OdooServer() as odoo:
        command = [python, "-I", program, "--config", config(odoo.webhook)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as child:
            deadline = time.monotonic() + 30
            while not any(told["active"] for _path, told in odoo.polls):
                assert time.monotonic() < deadline and child.poll() is None
                time.sleep(0.05)
            ami.event(
                "Newchannel",
                Channel="PJSIP/trunk-1",
                Uniqueid="7.1",
                Linkedid="7.1",
                ChannelState="4",
                CallerIDNum="+442079460017",
            )
            while not odoo.events:
                assert time.monotonic() < deadline and child.poll() is None
                time.sleep(0.05)
            child.send_signal(signal.SIGTERM)
            assert child.wait(60) == 0
            log = child.stderr.read()
    assert "Traceback" not in log
    assert odoo.events[0]["number"] == "+442079460017"


def test_what_is_missing_is_named(program, config, tmp_path):
    venv.create(tmp_path / "bare", with_pip=False, symlinks=True)
    file = config("https://odoo.example/telephony/webhook/x")
    done = run(tmp_path / "bare/bin/python", program, "--config", file)
    assert done.returncode == 2
    assert "There is no Python module requests" in done.stderr
    assert "requests and websocket-client" in done.stderr


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "telephony_crm/bridge").glob("*.py"))
    + sorted((ROOT / "telephony_crm/samples").rglob("*.py")),
    ids=lambda path: path.name,
)
def test_it_is_written_for_the_oldest_python_that_it_names(path):
    ast.parse(path.read_text(), feature_version=OLDEST)
