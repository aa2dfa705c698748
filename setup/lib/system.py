"""System packages: what a command needs, and how it gets there."""

import glob
import importlib.util
import os
import re
import shutil
import sys

from setup.lib.console import Failure, run, step


def postgres_bin():
    """Folder of the newest PostgreSQL server programs, or None."""

    def version(folder):
        return int(re.search(r"/(\d+)/bin$", folder)[1])

    found = sorted(glob.glob("/usr/lib/postgresql/*[0-9]/bin"), key=version)
    if found and version(found[-1]) >= 13:
        return found[-1]
    initdb = shutil.which("initdb")
    return os.path.dirname(os.path.realpath(initdb)) if initdb else None


def chromium():
    """The browser as Odoo's own tests look for it, or None."""
    names = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


def nginx():
    """The web server; Debian keeps it where users without rights do not look."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def venv():
    """Whether this Python can make virtual environments; Debian's may not."""
    return importlib.util.find_spec("ensurepip")


VERSION = ".".join(map(str, sys.version_info[:2]))
# What is looked for -> how to look, and the Debian package that has it.
NEEDS = {
    "venv": (venv, f"python{VERSION}-venv"),
    "postgresql": (postgres_bin, "postgresql"),
    "psql": (lambda: shutil.which("psql"), "postgresql-client"),
    "npm": (lambda: shutil.which("npm"), "npm"),
    "chromium": (chromium, "chromium"),
    "nginx": (nginx, "nginx-light"),
    "git": (lambda: shutil.which("git"), "git"),  # the addon's packager asks it
}


def require(*needs):
    """Have each of ``needs`` (keys of NEEDS) on the machine.

    As root they are installed.

    :raises Failure: when something is missing, with the command that installs it
    """
    packages = missing(needs)
    if not packages:
        return
    names = " ".join(packages)
    cause = f"missing on this machine: {names}"
    if not shutil.which("apt-get"):
        raise Failure(cause, "install what these Debian packages hold")
    command = f"apt-get install {names}"
    if os.geteuid():
        raise Failure(cause, f"run: sudo {command}")
    with step(f"system packages: {names}"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        remedy = f"try by hand: apt-get update && {command}"
        run(["apt-get", "update", "-q"], "apt-get update failed", remedy)
        run(
            ["apt-get", "install", "-yq", "--no-install-recommends", *packages],
            "the packages could not be installed",
            remedy,
            env=environment,
        )
    if missing(needs):
        raise Failure(f"installed, yet not found: {' '.join(missing(needs))}", remedy)


def missing(needs):
    """The Debian packages of those of ``needs`` that are not there."""
    importlib.invalidate_caches()
    return [NEEDS[need][1] for need in needs if not NEEDS[need][0]()]
