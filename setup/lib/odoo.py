"""Odoo 19 itself: one's own by ODOO_PATH, else Debian's package unpacked."""

import os
import re
import shutil
from pathlib import Path
from typing import NamedTuple

from setup.lib import apt, npm, paths
from setup.lib.console import Failure, step

SERIES = (19, 0)
# The first is Odoo; its tree links to files of the others.
PACKAGES = (
    "odoo-19",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-font-awesome",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
)
REMEDY = (
    "check the network, or get Odoo 19 in another way (a checkout, a package) and"
    " name its folder in ODOO_PATH"
)
UNPACKED = paths.HOME / "odoo"
IN_PACKAGE = Path("usr/lib/python3/dist-packages")
# Debian leaves this file out for its licence; every page asks for it.
SELFIE = Path("odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js")
LAUNCHER = paths.HOME / "bin" / "odoo"


class Odoo(NamedTuple):
    """An Odoo: ``path`` goes on PYTHONPATH, ``addons`` on the addons path."""

    path: Path
    addons: tuple
    version: str

    @property
    def addons_path(self):
        """The value of ``--addons-path``, this project's addons first."""
        return ",".join(map(str, (paths.ROOT, *self.addons)))


def needs():
    """The system programs without which there is no Odoo."""
    return () if os.environ.get("ODOO_PATH") else ("npm",)


def prepare():
    """Have an Odoo 19 and what it takes from npm, and say where it is."""
    own = os.environ.get("ODOO_PATH")
    if not own or shutil.which("npm"):  # one's own Odoo is whole without npm
        npm.install(paths.SETUP / "npm", paths.NPM, "npm packages of Odoo")
    found = inspect(Path(own).expanduser().absolute()) if own else _unpacked()
    if not LAUNCHER.exists():
        LAUNCHER.parent.mkdir(parents=True, exist_ok=True)
        # ``python -m odoo`` would break the process that serves the websocket.
        paths.replace(LAUNCHER, "import odoo.cli\n\nodoo.cli.main()\n")
    return found


def _unpacked():
    """Debian's package, unpacked in the state folder."""
    if not UNPACKED.exists():
        with step("Odoo 19 from Debian"), paths.built(UNPACKED) as draft:
            apt.unpack(PACKAGES, "sid", paths.HOME / "apt", draft, REMEDY)
            library = paths.NPM / "node_modules/@mediapipe/selfie_segmentation"
            target = draft / IN_PACKAGE / SELFIE
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library / target.name, target)
        shutil.rmtree(paths.HOME / "apt")
    return inspect(UNPACKED)


def inspect(folder):
    """Read what Odoo ``folder`` is: a checkout, an installed package, its parent.

    :raises Failure: when it is no Odoo, or not version 19.0
    """
    candidates = (folder, folder.parent, folder / IN_PACKAGE)
    is_odoo = (path for path in candidates if (path / "odoo/release.py").is_file())
    path = next(is_odoo, None)
    remedy = "unset ODOO_PATH, or name an Odoo 19 checkout or installed package"
    if not path or (path == folder.parent and folder.name != "odoo"):
        raise Failure(f"{folder} is no Odoo: it has no odoo/release.py", remedy)
    release = (path / "odoo/release.py").read_text()
    version = re.search(r"(?m)^version_info = \((.*)\)", release)
    parts = re.findall(r"[\w~]+", version[1]) if version else []
    if parts[:2] != [str(part) for part in SERIES]:
        found = ".".join(parts[:2]) or "unknown"
        raise Failure(f"{path} is Odoo {found}, and 19.0 is needed", remedy)
    addons = tuple(filter(Path.is_dir, (path / "addons", path / "odoo/addons")))
    if not any((folder / "crm").is_dir() for folder in addons):
        raise Failure(f"{path} has no addon crm beside Odoo", remedy)
    shared = path.name in ("dist-packages", "site-packages")
    if shared and path != UNPACKED / IN_PACKAGE:
        path = _alone(path)
    return Odoo(path, addons, ".".join(parts[:3]))


def _alone(path):
    """A folder with nothing but a link to the package ``odoo`` of ``path``.

    So that the system's other Python packages stay out of the environment.
    """
    folder = paths.HOME / f"odoo-{paths.digest(str(path))}"
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / "odoo"
    if not link.is_symlink():
        link.symlink_to(path / "odoo")
    return folder
