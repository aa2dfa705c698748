"""Telephones around an Asterisk: processes of sipp, each with its script."""

import os
import subprocess
import time
from pathlib import Path

from setup.lib.console import Failure
from setup.lib.ports import free_datagram_ports
from setup.lib.process import HOST, Process

from . import telephones
from .tone import tone

TONES = {telephones.CALLER_TONE: 440, telephones.PHONE_TONE: 620}  # Hz
LONGEST = 60  # seconds that a telephone lives


class Phones:
    """The telephones of one call, or of several; as a block, gone at its end.

    :param name: of these, where there are others at the same time
    """

    def __init__(self, lab, name="phones"):
        self.lab = lab
        self.name = name
        self.folder = lab.folder / name
        self.folder.mkdir(exist_ok=True)
        self.running = []
        for name, hertz in TONES.items():
            if not (self.folder / name).exists():
                (self.folder / name).write_bytes(tone(hertz))

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.stop()

    def stop(self):
        """Take them away, whatever they do."""
        for process in self.running:
            process.stop()

    def phone(self, number, *, stays=False, **conduct):
        """Have an extension wait for one call, see ``telephones.phone``.

        :param stays: for one call after the other, or several at once
        """
        port = self.lab.settings[f"PHONE_{number}"]
        script = telephones.phone(number, **conduct)
        return self._start(f"phone-{number}", script, port, stays)

    def outside(self, *, stays=False, **conduct):
        """Have somebody of the outer world wait for one call."""
        port = self.lab.settings["TRUNK_PORT"]
        return self._start("outside", telephones.phone("all", **conduct), port, stays)

    def caller(self, number, called, **conduct):
        """Let ``number`` call; an extension's number calls from inside."""
        script = telephones.caller(number, called, **conduct)
        return self._start(f"caller-{number.lstrip('+')}", script)

    def _start(self, name, script, port=None, stays=False):
        ours, sound = free_datagram_ports(2)
        name = f"{len(self.running)}-{name}"
        file = self.folder / f"{name}.xml"
        file.write_text(script)
        errors = self.folder / f"{name}.errors"
        errors.unlink(missing_ok=True)
        command = self.lab.programs.command(
            "usr/bin/sipp", f"{HOST}:{self.lab.settings['SIP_PORT']}",
            "-sf", file, "-i", HOST, "-p", port or ours,
            "-mi", HOST, "-mp", sound,
            "-aa",  # what a transfer comes to is told while other things happen
            "-nostdin", "-trace_err", "-error_file", errors,
        )  # fmt: skip
        if not stays:
            command += ["-m", "1", "-timeout", f"{LONGEST}s", "-timeout_error"]
        process = Process(
            f"sipp-{self.lab.name}-{self.name}-{name}",
            command,
            cwd=self.folder,
            env=os.environ | {"TERM": "dumb"},
        )
        self.running.append(process)
        if port:
            _wait_for(process, int(port))
        return process

    def over(self, seconds=LONGEST):
        """Wait until all telephones have done what they should.

        :raises Failure: that says what one of them missed
        """
        deadline = time.monotonic() + seconds
        for process in self.running:
            left = max(0.1, deadline - time.monotonic())
            try:
                code = process.child.wait(left)
            except subprocess.TimeoutExpired:
                code = 1
            if code:
                name = process.name.rsplit(f"-{self.name}-", 1)[1]
                errors = self.folder / f"{name}.errors"
                said = errors.read_text(errors="replace") if errors.exists() else ""
                raise Failure(f"the telephone {name} did not get through:\n{said}")


def _wait_for(process, port):
    """Wait until ``process`` listens: what is sent before is lost."""
    wanted = f":{port:04X}"
    while process.alive:
        lines = Path("/proc/net/udp").read_text().splitlines()[1:]
        if any(line.split()[1].endswith(wanted) for line in lines):
            return
        time.sleep(0.01)
    raise process.failure("ended by itself")
