"""The commands in ``setup/asterisk/``: start, stop, status, cli, record."""

import argparse
import os
import sys
from contextlib import contextmanager

from setup.asterisk import Lab, recorder
from setup.asterisk.scenes import SCENES
from setup.lib import postgres, system
from setup.lib.console import Failure, say

NOT_RUNNING = 3  # as with a service's `status`


def main(arguments):
    """Run the command named first; its exit code."""
    name, *words = arguments
    command = COMMANDS[name]
    parser = argparse.ArgumentParser(
        prog=f"setup/asterisk/{name}", description=command.__doc__
    )
    if name != "record":
        parser.add_argument("--name", default="lab", help="of several (%(default)s)")
    if name == "cli":
        parser.add_argument("line", nargs="+", help='such as "core show channels"')
    if name == "record":
        known = f"all when none is named; {', '.join(SCENES)}"
        parser.add_argument("scene", nargs="*", help=known)
    return command(parser.parse_args(words))


def start(chosen):
    """Get Asterisk 22 as far as it is missing, start it, say where its doors are."""
    lab = Lab(chosen.name)
    if lab.running:
        say(f"It runs already, process {lab.pid}.")
    else:
        lab.start(stays=True)
    _describe(lab)
    return 0


def stop(chosen):
    """Stop the Asterisk that was started."""
    lab = Lab(chosen.name)
    pid = lab.pid
    say(f"Stopped, process {pid}." if lab.stop() else "It is not running.")
    return 0


def status(chosen):
    """Say whether it runs, and where its doors are."""
    lab = Lab(chosen.name)
    if not lab.running:
        say("It is not running.")
        return NOT_RUNNING
    _describe(lab)
    return 0


def cli(chosen):
    """Say one line to Asterisk's own console."""
    lab = Lab(chosen.name)
    said = lab.cli(" ".join(chosen.line)) if lab.running else None
    if said is None:
        raise Failure("Asterisk is not running", "setup/asterisk/start")
    sys.stdout.write(said)
    return 0


def record(chosen):
    """Play the calls of the tests, and write down what the PBX said of each."""
    unknown = set(chosen.scene) - set(SCENES)
    if unknown:
        raise Failure(f"no such scene: {', '.join(unknown)}", "see --help")
    name = f"record-{os.getpid()}"
    system.require(*postgres.needs())
    with postgres.running() as server, records(server) as cdr:
        with Lab(name, cdr=cdr) as lab:
            recorder.record(
                lab, chosen.scene or SCENES, lambda text: server.sql(text, cdr[0])
            )
    say(f"Written to {recorder.TARGET}.")
    return 0


@contextmanager
def records(server):
    """A database for call records as FreePBX has it; (its name, ``server``)."""
    database = f"telephony_test_{os.getpid()}_cdr"
    server.sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
    server.sql(f'CREATE DATABASE "{database}"')
    try:
        server.sql(recorder.SCHEMA.read_text(), database)
        yield database, server
    finally:
        server.sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def _describe(lab):
    values = lab.settings
    say(f"""
Asterisk, process {lab.pid}, in {lab.folder}

  web, ARI    {lab.url}/ari   user {values["ARI_USER"]}, {values["ARI_PASSWORD"]}
  AMI         127.0.0.1:{values["AMI_PORT"]}   user {values["AMI_USER"]}, \
{values["AMI_PASSWORD"]}
  SIP         127.0.0.1:{values["SIP_PORT"]} (UDP), the trunk at {values["TRUNK_PORT"]}
  browsers    ws://127.0.0.1:{values["HTTP_PORT"]}/ws   110 and 111, \
{values["SIP_PASSWORD"]}
""")


COMMANDS = {
    "start": start,
    "stop": stop,
    "status": status,
    "cli": cli,
    "record": record,
}
