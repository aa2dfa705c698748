"""The bridge as it runs beside a PBX: the one file, with a configuration of its own."""

import os
import signal
import subprocess
import sys
import time
from datetime import datetime

from setup.lib import paths
from setup.lib.process import HOST, Process

CONFIG = """
[odoo]
url = {url}
secret = {secret}
[asterisk]
ami_port = {AMI_PORT}
ami_user = {AMI_USER}
ami_secret = {AMI_PASSWORD}
ari_url = http://{host}:{HTTP_PORT}
ari_user = {ARI_USER}
ari_password = {ARI_PASSWORD}
recordings = {recordings}
[calls]
local_endpoints = lab-world=trunk, lab-phones=extension
[bridge]
data = {data}
"""
CDR = """
[cdr]
engine = postgresql
host = {CDR_HOST}
port = {CDR_PORT}
user = {CDR_USER}
password = {CDR_PASSWORD}
database = {CDR_DATABASE}
"""
LOG_TIME = "%Y-%m-%d %H:%M:%S,%f"


def build(folder):
    """Build the file that runs anywhere; return its path."""
    target = folder / "telephony-bridge.pyz"
    command = [sys.executable, paths.ROOT / "setup" / "bridge_zipapp", target]
    subprocess.run(command, check=True)
    return target


class BridgeProcess:
    """A bridge between a ``Lab`` and an Odoo; as a block, it runs within it.

    :param settings: other values, as ``asterisk_ami_url``
    """

    def __init__(self, program, folder, lab, url, secret, name="bridge", **settings):
        self.program, self.name = program, name
        self.environment = os.environ | {
            f"TELEPHONY_{key.upper()}": value for key, value in settings.items()
        }
        self.folder = folder / name
        self.folder.mkdir()
        self.config = self.folder / "bridge.ini"
        self.config.touch(mode=0o600)
        text = CONFIG + (CDR if "CDR_HOST" in lab.settings else "")
        self.config.write_text(
            text.format(
                url=url,
                secret=secret,
                host=HOST,
                recordings=lab.folder / "spool" / "monitor",
                data=self.folder / "data",
                **lab.settings,
            )
        )
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_exception):
        self.process.stop()

    def start(self):
        """Start it; also after it was killed."""
        command = [sys.executable, self.program, "--config", self.config]
        name = f"{self.name}-{os.getpid()}"
        self.process = Process(name, command, env=self.environment)

    def kill(self):
        """End it at once, as a crash would."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.child.wait()

    def freeze(self):
        """Have it do nothing, while its connections stay."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self):
        """Have it go on."""
        os.kill(self.process.pid, signal.SIGCONT)

    def took_over(self, since):
        """Wait until it is the active one; after how many seconds, by its own log.

        Odoo, and who asks that, learn of it later.
        """

        def active_at():
            said = self.process.log.read_text().splitlines()
            lines = [line[:23] for line in said if "This bridge is active" in line]
            times = [datetime.strptime(line, LOG_TIME).timestamp() for line in lines]
            return max(times, default=0)

        until(
            lambda: active_at() > since, 60, lambda: self.process.failure("stands by")
        )
        return active_at() - since

    @property
    def pid(self):
        """The process id, which is part of the name that it has in Odoo."""
        return self.process.pid


class World:
    """Calls from outside to phones, all of them channels of Asterisk itself."""

    def __init__(self, ami):
        self.ami = ami

    def call(self, extension="100"):
        """Call a line that rings one phone; return the call's Linkedid.

        :param extension: ``10X`` talks for a second, ``11X`` for half a minute,
            ``12X`` never answers
        """
        since = len(self.ami.messages)
        line = f"+442079460{extension}"
        self.ami.action(
            "Originate",
            Channel=f"Local/{line}@lab-world/n",
            Application="Wait",
            Data="60",
            Async="true",
        )
        began = self.ami.wait(
            lambda said: (
                said.get("Event") == "Newchannel"
                and said.get("Exten") == line
                and said.get("Channel", "").endswith(";2")
            ),
            since=since,
        )
        return began["Linkedid"]


def until(found, seconds=30, what="it did not happen"):
    """Wait until ``found()`` is true; return it."""
    deadline = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < deadline, what() if callable(what) else what
        time.sleep(0.1)
    return value
