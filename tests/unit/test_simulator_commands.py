"""The simulator's commands, as a person types them."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from simulator_odoo import StandIn

from setup.simulator import Simulator

MAIN = Path(__file__).resolve().parents[2] / "setup" / "simulator" / "main.py"


@pytest.fixture
def odoo():
    with StandIn() as stand_in:
        yield stand_in


def run(*words, cwd="/"):
    """Run main.py from another folder; the finished process."""
    return subprocess.run(
        [sys.executable, MAIN, *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=60,
        env={**os.environ, "PYTHONPATH": ""},
    )


@pytest.mark.parametrize("command", ["serve", "play", "list", "send"])
def test_every_command_explains_itself(command):
    done = run(command, "--help")
    assert done.returncode == 0
    assert "--webhook" in done.stdout and "--encoding" in done.stdout


def test_list_names_scenes_and_people():
    done = run("list")
    assert done.returncode == 0
    for word in ("two_at_once", "olena", "+442079460100", "Bruno Costa"):
        assert word in done.stdout


def test_play_plays_here_when_no_simulator_runs(odoo):
    done = run(
        "play", "missed", "--here", "--speed", "0", "--webhook", odoo.url,
        "--number", "+33199001723", "--encoding", "raw", "--content", "multipart",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["disposition"] == "missed"
    assert odoo.events == ["NOTIFY_START", "NOTIFY_INTERNAL", "NOTIFY_END"]
    assert len(odoo.posts[0][1]["Signature"]) == 28


def test_play_asks_the_simulator_that_runs(odoo):
    with Simulator(speed=0, webhook_url=odoo.url) as pbx:
        done = run("play", "missed", "--port", str(pbx.server.port))
        assert done.returncode == 0, done.stderr
        pbx.settle()
        assert json.loads(done.stdout)["call_ref"] in pbx.calls


def test_play_fails_when_the_webhook_is_refused(odoo):
    odoo.status = 403
    done = run("play", "missed", "--here", "--speed", "0", "--webhook", odoo.url)
    assert done.returncode == 1


def test_send_posts_one_event_with_any_field(odoo):
    done = run(
        "send", "NOTIFY_END", "--webhook", odoo.url, "--ref", "in_1",
        "--field", "disposition=no money, no limit", "--field", "duration=7",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    ((fields, headers),) = odoo.posts
    assert (fields["pbx_call_id"], fields["duration"]) == ("in_1", "7")
    assert fields["disposition"] == "no money, no limit"
    assert headers["Signature"]


def test_send_can_sign_wrongly_and_send_unknown_events(odoo):
    assert run("send", "SMS", "--webhook", odoo.url).returncode == 0
    assert run("send", "DOCUMENT", "--webhook", odoo.url).returncode == 0
    run("send", "NOTIFY_START", "--webhook", odoo.url, "--signature", "")
    assert odoo.events == ["SMS", "DOCUMENT", "NOTIFY_START"]
    assert json.loads(odoo.fields("SMS")["result"])["text"] == "Hi"
    assert "Signature" not in odoo.posts[2][1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["send", "NOTIFY_START"], "give --webhook"),
        (["play", "missed", "--here", "--customer", "nobody"], "no customer 'nobody'"),
        (["list", "--config", "/no/such/file"], "/no/such/file"),
        (["list", "--tz", "Mars/Crater"], "unknown time zone"),
    ],
)
def test_a_mistake_is_told_in_one_line(words, said):
    done = run(*words)
    assert done.returncode == 1
    assert said in done.stderr and "Traceback" not in done.stderr


def test_serve_lets_the_phone_ring_by_itself_until_stopped(odoo):
    process = subprocess.Popen(
        [
            sys.executable, MAIN, "serve", "--port", "0", "--autoplay",
            "--webhook", odoo.url, "--speed", "0.01",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    try:
        said = [process.stdout.readline() for _ in range(3)]
        url = re.search(r"http://\S+?(?=/v1/)", said[0])[0]
        assert f"{url}/simulator/" in said[1] and odoo.url in said[2]
        state = requests.get(f"{url}/simulator/state", timeout=10).json()
        assert state["autoplay"]["running"]
        deadline = time.monotonic() + 60
        while "NOTIFY_END" not in odoo.events:
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        assert odoo.fields("NOTIFY_START")["caller_id"] == "+380442000017"
    finally:
        process.terminate()
        assert process.wait(20) == 0


def test_the_address_is_made_of_odoos_and_the_configured_token():
    process = subprocess.Popen(
        [
            sys.executable, MAIN, "serve", "--port", "0",
            "--odoo", "http://127.0.0.1:8069/",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    try:
        said = "".join(process.stdout.readline() for _ in range(3))
        assert "http://127.0.0.1:8069/telephony/webhook/demo-4f1c9a7be2d84c53\n" in said
    finally:
        process.terminate()
        process.wait(20)
