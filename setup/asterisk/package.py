"""Asterisk 22 and sipp: Debian's packages of a newer release, unpacked in a folder.

They run by the loader and the libraries among them, so the machine stays as it is:
no root, no container, nothing installed.
"""

import shutil
from pathlib import Path
from typing import NamedTuple

from setup.lib import apt, paths
from setup.lib.console import Failure, capture, step
from setup.lib.prepare import preparing

SERIES = "22."
SUITES = ("forky", "sid")  # Debian 12 and 13 have none
PACKAGES = ("asterisk", "asterisk-core-sounds-en-gsm", "sip-tester")
FOLDER = paths.HOME / "asterisk"
UNPACKED = FOLDER / "root"
SOUNDS = Path("usr/share/asterisk/sounds")
REMEDY = "check the network and the Debian archive among this machine's apt sources"


class Programs(NamedTuple):
    """Unpacked programs; ``folder`` is the root of their tree."""

    folder: Path

    @property
    def libraries(self):
        """The folder of their libraries, that of their loader as well.

        :raises Failure: when this is no such tree
        """
        loaders = self.folder.glob("usr/lib/*/ld-linux-*.so.[0-9]")
        found = next((path for path in loaders if not path.is_symlink()), None)
        if not found:
            raise Failure(f"there is no program loader in {self.folder}", REMEDY)
        return found.parent

    @property
    def modules(self):
        """The folder of Asterisk's modules."""
        return self.libraries / "asterisk" / "modules"

    def command(self, program, *arguments):
        """The words that start a program, such as ``usr/sbin/asterisk``."""
        libraries = self.libraries
        loader = next(libraries.glob("ld-linux-*.so.[0-9]"))
        path = f"{libraries}:{self.folder / 'usr/lib'}"
        return [
            *(loader, "--inhibit-cache", "--library-path", path),
            *(self.folder / program, *arguments),
        ]

    def version(self):
        """Asterisk's version as ``22.10.0``; '' where it does not run."""
        said = capture(self.command("usr/sbin/asterisk", "-V")) or ""
        return said.split()[1] if said.startswith("Asterisk ") else ""


def prepare():
    """Have the programs, fetched when they are missing."""
    if not UNPACKED.exists():
        with preparing():
            if not UNPACKED.exists():
                _fetch()
    return Programs(UNPACKED)


def _fetch():
    """Unpack them from the first of the releases that has them."""
    for suite in SUITES:
        try:
            with step(f"Asterisk from Debian {suite}"), paths.built(UNPACKED) as draft:
                work = FOLDER / f"apt-{suite}"
                apt.unpack_whole(PACKAGES, suite, work, draft, REMEDY)
                _complete(Programs(draft))
            shutil.rmtree(work)
            return
        except Failure as error:
            failure = error
    raise failure


def _complete(programs):
    """Do what the packages' own scripts would have done, and see that it runs."""
    english = programs.folder / SOUNDS / "en"
    if not english.exists():
        english.symlink_to("en_US_f_Allison")
    version = programs.version()
    if not version.startswith(SERIES):
        found = f"version {version}" if version else "nothing that runs here"
        raise Failure(f"Asterisk {SERIES}x is needed, and this is {found}", REMEDY)
