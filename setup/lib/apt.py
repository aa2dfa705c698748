"""Debian packages fetched and unpacked without root, past the machine's own apt."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from setup.lib.console import Failure, run

ETC = Path("/etc/apt")
KEYRINGS = Path("/usr/share/keyrings")
NOT_KEPT = ("doc", "man", "locale", "info", "bug", "lintian")  # of usr/share


class Mirror(NamedTuple):
    """An archive this machine already uses, and the keys it trusts for it."""

    uri: str
    keys: str


def mirrors(etc=ETC):
    """The Debian archives of the machine's own sources, in their order."""
    found = []
    files = [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]
    for file in files:
        if not file.is_file():
            continue
        if file.suffix == ".sources":
            found += _deb822(file.read_text())
        elif file.suffix == ".list":
            found += _one_line(file.read_text())
    return [Mirror(uri, keys) for uri, suite, keys in found if _is_debian(uri, suite)]


def _is_debian(uri, suite):
    """Whether an entry is the main archive (not security, not somebody else's)."""
    path = uri.rstrip("/").rsplit("/", 1)[-1]
    return "security" not in uri + suite and path == "debian"


def _deb822(text):
    """(uri, suite, keys) of a ``.sources`` file."""
    for stanza in re.split(r"\n[ \t]*\n", re.sub(r"(?m)^#.*\n?", "", text)):
        fields = dict(re.findall(r"(?m)^([\w-]+):[ \t]*(.*(?:\n[ \t].*)*)", stanza))
        fields = {name.lower(): value.strip() for name, value in fields.items()}
        if "deb" not in fields.get("types", "").split():
            continue
        if fields.get("enabled", "yes").lower() in ("no", "false", "0"):
            continue
        keys = fields.get("signed-by", "")
        keys = keys if keys.startswith("/") else ""
        for uri in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                yield uri, suite, keys


def _one_line(text):
    """(uri, suite, keys) of a ``.list`` file."""
    entry = re.compile(r"(?m)^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)")
    for options, uri, suite in entry.findall(text):
        keys = re.search(r"signed-by=(\S+)", options)
        yield uri, suite, keys[1] if keys else ""


def unpack(packages, suite, work, target, remedy):
    """Download ``packages`` of Debian's ``suite`` and unpack them into ``target``.

    :param work: folder for lists and downloads; what is there is used again
    :param remedy: what a person can do when that fails
    :raises Failure: when there is no mirror, or it does not have them
    """
    apt = _apt(suite, work, remedy)
    run(
        [*apt, "download", *packages],
        f"Debian {suite} does not give {packages[0]}",
        remedy,
        cwd=work / "archives",
    )
    _extract(work, target)


def unpack_whole(packages, suite, work, target, remedy):
    """As ``unpack``, with all that the packages need, the C library included.

    What this machine has counts for nothing: programs of another release do not run
    with its libraries. They are started by the loader among what is unpacked.
    """
    apt = [
        *_apt(suite, work, remedy),
        *("-o", f"Dir::State::status={work / 'status'}"),
        *("-o", "Dir::Etc::preferences=/dev/null"),
        *("-o", "Dir::Etc::preferencesparts=/dev/null"),
        *("-o", "APT::Install-Recommends=false"),
    ]
    (work / "status").touch()  # empty: nothing is installed
    run(
        [*apt, "-y", "--download-only", "install", *packages],
        f"Debian {suite} does not give {packages[0]} with all it needs",
        remedy,
        stdin=subprocess.DEVNULL,
    )
    _extract(work, target)
    for name in NOT_KEPT:
        shutil.rmtree(target / "usr/share" / name, ignore_errors=True)


def _apt(suite, work, remedy):
    """The words of an apt-get that knows only Debian's ``suite``, lists read anew."""
    if not shutil.which("apt-get"):
        raise Failure("this machine has no apt-get to get packages with", remedy)
    sources = list(dict.fromkeys(mirrors()))
    if not sources:
        raise Failure("no Debian archive among this machine's apt sources", remedy)
    keyrings = sorted(KEYRINGS.glob("debian-archive-keyring.*"))
    keys = sources[0].keys or str(keyrings[0] if keyrings else "")
    trust = f"[signed-by={keys}] " if keys else ""
    for folder in ("lists/partial", "archives/partial"):
        (work / folder).mkdir(parents=True, exist_ok=True)
    listing = work / "sources.list"
    listing.write_text(f"deb {trust}{sources[0].uri} {suite} main\n")
    apt = [
        "apt-get", "-q",
        *("-o", f"Dir::Etc::sourcelist={listing}"),
        *("-o", "Dir::Etc::sourceparts=/dev/null"),
        *("-o", f"Dir::State::Lists={work / 'lists'}"),
        *("-o", f"Dir::Cache={work}"),
        *("-o", "Acquire::Languages=none"),
        *("-o", "APT::Sandbox::User=root"),
        # A mirror that stands still is good enough; its signature is checked.
        *("-o", "Acquire::Check-Valid-Until=false"),
        # A list that cannot be had is an error, and no warning.
        *("-o", "APT::Update::Error-Mode=any"),
    ]  # fmt: skip
    run([*apt, "update"], f"Debian's list of {suite} packages cannot be read", remedy)
    return apt


def _extract(work, target):
    """Unpack all that was downloaded into ``work``."""
    for package in sorted((work / "archives").glob("*.deb")):
        run(["dpkg", "-x", package, target], f"{package.name} cannot be unpacked")
