"""The bridge's own test names what is wrong with an Asterisk, and what to change."""

import contextlib
import http.server
import json
import os
import socket
import subprocess
import sys
import threading
import time

import pytest

from setup.asterisk import Lab
from setup.asterisk.ami import Ami
from setup.lib.process import HOST

from ..addon import import_bridge
from ..bridge import World, build, until

[ari] = import_bridge("ari")

SECRET, WRONG = "Tell-Nobody-1", "Tell-Nobody-2"
SECRETS = ("ODOO_SECRET", "ASTERISK_AMI_SECRET", "ASTERISK_ARI_PASSWORD")
WEBHOOK = "/telephony/webhook/x"
# Users that lack something.
MANAGER = f"""
[blind]
secret = {SECRET}
read = system,agent,cdr
write = system,call,originate,reporting
[queueless]
secret = {SECRET}
read = system,call,cdr
write = system,call,originate,reporting
[countless]
secret = {SECRET}
read = system,call,agent
write = system,call,originate,reporting
[tied]
secret = {SECRET}
read = system,call,agent,cdr
write = reporting
[elsewhere]
secret = {SECRET}
deny = 0.0.0.0/0.0.0.0
permit = 192.0.2.1/255.255.255.255
read = all
write = all
"""
ARI = f"""
[reader]
type = user
read_only = yes
password = {SECRET}
password_format = plain
"""


@pytest.fixture(scope="module")
def lab(programs):
    with Lab("e2e-check") as running:
        for name, more in (("manager.conf", MANAGER), ("ari.conf", ARI)):
            with (running.folder / "etc" / name).open("a") as file:
                file.write(more)
        running.cli("manager reload")
        running.cli("module reload res_ari.so")
        yield running


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return build(tmp_path_factory.mktemp("program"))


@pytest.fixture(scope="module")
def odoo():
    """The address of an Odoo that takes whatever it is told."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("X-Telephony-Answer", str(time.time()))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *args):
            """Override to keep silent."""

    with http.server.ThreadingHTTPServer((HOST, 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{HOST}:{server.server_port}"
        server.shutdown()


@pytest.fixture
def check(lab, program, odoo):
    """Run the test with some settings changed; return what it says."""
    settings = lab.settings
    right = {
        "ODOO_URL": f"{odoo}{WEBHOOK}",
        "ODOO_SECRET": SECRET,
        "ASTERISK_AMI_PORT": settings["AMI_PORT"],
        "ASTERISK_AMI_USER": settings["AMI_USER"],
        "ASTERISK_AMI_SECRET": settings["AMI_PASSWORD"],
        "ASTERISK_ARI_URL": lab.url,
        "ASTERISK_ARI_USER": settings["ARI_USER"],
        "ASTERISK_ARI_PASSWORD": settings["ARI_PASSWORD"],
        "ASTERISK_RECORDINGS": str(lab.recordings),
    }

    def check(**changed):
        given = {**right, **changed}
        done = subprocess.run(
            [sys.executable, program, "--check"],
            env=os.environ | {f"TELEPHONY_{key}": given[key] for key in given},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode in (0, 1), done.stderr
        found = json.loads(done.stdout)
        assert done.returncode == bool(found["problems"])
        for name in SECRETS:
            assert given[name] not in done.stdout + done.stderr
        return found

    return check


def test_all_is_well_over_both_ways_to_ami(check, lab):
    for changed in ({}, {"ASTERISK_AMI_URL": f"{lab.url}/rawman"}):
        found = check(**changed)
        assert found["problems"] == []
        assert found["asterisk"].startswith("22.")
    assert check()["ami"]


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"ASTERISK_AMI_SECRET": WRONG}, ("manager.conf", "secret", "permit")),
        ({"ASTERISK_AMI_PORT": "1"}, ("refused", "manager.conf", "enabled=yes")),
        ({"ASTERISK_AMI_HOST": "no.such.invalid"}, ("no.such.invalid", "host")),
        ({"ASTERISK_AMI_TLS": "yes"}, ("encryption", "tlsenable")),
        ({"ASTERISK_AMI_URL": "{url}/nothing"}, ("webenabled=yes",)),
        ({"ASTERISK_AMI_USER": "blind"}, ("blind", "manager.conf", "call among read")),
        ({"ASTERISK_AMI_USER": "queueless"}, ("queueless", "needs agent among read")),
        ({"ASTERISK_AMI_USER": "countless"}, ("countless", "needs cdr among read")),
        ({"ASTERISK_AMI_USER": "tied"}, ("tied", "write=", "call", "originate")),
        ({"ASTERISK_AMI_USER": "elsewhere"}, ("elsewhere", "permit and deny")),
        ({"CDR_ENGINE": "mysql", "CDR_PORT": "1"}, ("CDR table", "[cdr]")),
        ({"ODOO_URL": "http://127.0.0.1:1{path}"}, ("Odoo", "http://127.0.0.1:1")),
        ({"ODOO_URL": "{url}{path}"}, ("copy it from the PBX's page",)),
        ({"ASTERISK_ARI_PASSWORD": WRONG}, ("ari.conf", "password")),
        ({"ASTERISK_ARI_USER": "reader"}, ("reader", "read_only=no")),
        ({"ASTERISK_ARI_URL": "http://127.0.0.1:1"}, ("http.conf", "bindport")),
        ({"ASTERISK_ARI_URL": "{url}/pbx"}, ("ari.conf", "prefix")),
        ({"ASTERISK_ARI_URL": "https://{place}"}, ("encryption", "http or https")),
    ],
)
def test_what_is_wrong_is_named_with_what_to_change(check, lab, changed, names):
    place = lab.url.removeprefix("http://")
    changed = {
        key: text.format(url=lab.url, place=place, path=WEBHOOK)
        for key, text in changed.items()
    }
    if changed.get("ASTERISK_AMI_USER") or changed.get("ASTERISK_ARI_USER"):
        secret = "AMI_SECRET" if "ASTERISK_AMI_USER" in changed else "ARI_PASSWORD"
        changed[f"ASTERISK_{secret}"] = SECRET
    problems = check(**changed)["problems"]
    assert len(problems) == 1, problems
    for name in names:
        assert name in problems[0]


def test_the_event_socket_tells_of_the_same_channels_as_ami_and_who_has_it(lab):
    settings = lab.settings
    connection = ari.Ari(lab.url, settings["ARI_USER"], settings["ARI_PASSWORD"])
    heard, lost = [], []
    sockets = [
        ari.EventSocket(connection, "telephony-x", lost.append, heard.append),
        ari.EventSocket(connection, "telephony-x", lambda is_replaced: None),
    ]
    sockets[0].open()
    with Ami(lab) as ami:
        World(ami).call()
        until(lambda: len(heard) >= 4)
        ami.wait("Hangup")
        told = {
            said.get("Uniqueid")
            for _at, said in ami.messages
            if said.get("Event") == "Newchannel"
        }
        ami.action("Hangup", Channel="/.*/")
    assert {one["type"] for one in heard} == {"ChannelCreated"}
    assert {one["channel"]["id"] for one in heard} == told
    sockets[1].open()
    until(lambda: lost == [True])
    for socket_ in sockets:
        socket_.close()
    until(lambda: not connection.holds_app("telephony-x"))


def test_a_port_of_somebody_else_is_told_from_a_closed_one(check):
    with socket.create_server((HOST, 0)) as server:

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    connection, _address = server.accept()
                    with connection:
                        connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")

        threading.Thread(target=serve, daemon=True).start()
        port = str(server.getsockname()[1])
        [problem] = check(ASTERISK_AMI_PORT=port)["problems"]
    assert "is not AMI" in problem
    assert "SSH-2.0" in problem
