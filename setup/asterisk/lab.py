"""One Asterisk: its folder, its ports, its passwords, started and stopped."""

import base64
import json
import os
import shutil
import signal
import time
import urllib.parse
import urllib.request
from pathlib import Path

from setup.lib import paths
from setup.lib.console import Failure, capture, step
from setup.lib.process import HOST, Process

from . import configuration, package

START_SECONDS = 60
STOP_SECONDS = 15


class Lab:
    """An Asterisk called ``name``; as a block, it runs within it.

    :param name: of its folder; two of different names do not disturb each other
    :param cdr: name of a database and the ``Server`` it is in, for the call records
    :param more: values for marks in the templates, see ``configuration.choose``
    """

    def __init__(self, name="lab", *, cdr=None, **more):
        self.name = paths.slug(name)
        self.folder = package.FOLDER / "run" / self.name
        self.programs = None
        self.cdr = cdr
        self.more = more
        self.file = self.folder / "lab.json"
        self.settings = json.loads(self.file.read_text()) if self.running else {}

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_exception):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def pid(self):
        """The process id it was started with, or None."""
        try:
            return int((self.folder / "asterisk.pid").read_text())
        except (OSError, ValueError):
            return None

    @property
    def running(self):
        """Whether that process is there, and is this Asterisk and no zombie."""
        try:
            words = Path(f"/proc/{self.pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return os.fsencode(self.folder / "etc/asterisk.conf") in words

    def start(self, *, stays=False):
        """Get it as far as it is missing, start it, and wait until it is ready.

        :param stays: it goes on when this process has ended
        :raises Failure: with the end of what Asterisk said
        """
        self.programs = package.prepare()
        if self.running:
            raise Failure(f"{self.name} runs already", "setup/asterisk/stop first")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, mode=0o700)
        self.settings = configuration.choose(self.more, self.cdr)
        self.file.touch(mode=0o600)
        self.file.write_text(json.dumps(self.settings, indent=1))
        configuration.render(self.folder, self.programs, self.settings)
        with step(f"Asterisk {self.programs.version()}"):
            process = Process(
                f"asterisk-{self.name}",
                self.command("-f"),
                outlives=stays,
                cwd=self.folder,
                env=os.environ
                | {
                    # the machine's OpenSSL settings may be of another version
                    "OPENSSL_CONF": "/dev/null",
                    "TELEPHONY_CONF": str(self.scripts_file),
                },
            )
            (self.folder / "asterisk.pid").write_text(str(process.pid))
            try:
                self._wait(process)
            except BaseException:
                process.stop()
                raise

    def _wait(self, process):
        deadline = time.monotonic() + START_SECONDS
        while "fully booted" not in (self.cli("core waitfullybooted") or ""):
            if not process.alive:
                raise process.failure("ended by itself")
            if time.monotonic() > deadline:
                raise process.failure(f"was not ready within {START_SECONDS} s")
            time.sleep(0.1)

    def stop(self):
        """Ask it to end, and make it after a while; whether it was running."""
        if not self.running:
            return False
        pid = self.pid
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while self.running:
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
                break
            _reap(pid)
            time.sleep(0.05)
        return True

    def command(self, *arguments):
        """The words that start this Asterisk's program with ``arguments``."""
        programs = self.programs or package.Programs(package.UNPACKED)
        settings = self.folder / "etc/asterisk.conf"
        return programs.command("usr/sbin/asterisk", *arguments, "-C", settings)

    def cli(self, line):
        """What its console says to ``line``; None when it does not answer."""
        return capture(self.command("-rx", line))

    @property
    def url(self):
        """The address of its web server: ``/ari``, ``/ws``, ``/rawman``…"""
        return f"http://{HOST}:{self.settings['HTTP_PORT']}"

    @property
    def scripts_file(self):
        """The file in which scripts of the dialplan find addresses and secrets."""
        return self.folder / configuration.SCRIPTS_FILE

    @property
    def recordings(self):
        """The folder MixMonitor writes to; also served below ``/static/monitor``."""
        return self.folder / "spool" / "monitor"

    def ari(self, method, path, **params):
        """One request to the REST interface; the answer's JSON, or None without."""
        query = urllib.parse.urlencode(params)
        request = urllib.request.Request(
            f"{self.url}/ari/{path}{query and '?'}{query}", method=method
        )
        user, password = self.settings["ARI_USER"], self.settings["ARI_PASSWORD"]
        secret = base64.b64encode(f"{user}:{password}".encode()).decode()
        request.add_header("Authorization", f"Basic {secret}")
        with urllib.request.urlopen(request, timeout=10) as response:
            body = response.read()
        return json.loads(body) if body else None


def _reap(pid):
    """Take note of the end of a child of ours, which else stays as a zombie."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass  # it is somebody else's
