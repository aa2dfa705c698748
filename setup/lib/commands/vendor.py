"""``setup/vendor``: build what the addon carries of npm anew, into static/lib.

The versions are those of setup/vendored/package-lock.json (``setup/lock`` takes newer
ones). The same lock file gives the same files, byte by byte: a test builds them again
and compares.
"""

import json
import shutil

from setup.lib import npm, paths, venv
from setup.lib.console import run, say, step
from setup.lib.prepare import preparing

SOURCE = paths.SETUP / "vendored"
PACKAGES = paths.HOME / "vendored-npm"
TARGET = paths.ROOT / "telephony_crm" / "static" / "lib" / "jssip"
# What becomes part of the file; esbuild only makes it.
INSIDE = ("jssip", "debug", "ms", "events", "sdp-transform")


def main(arguments):
    """Write the files; 0 once they are there."""
    if arguments:
        say(__doc__)
        return 0 if set(arguments) <= {"-h", "--help"} else 2
    venv.fail_outside()
    with preparing():
        fetch()
    with step(f"files in {TARGET.relative_to(paths.ROOT)}"):
        build(TARGET)
    return 0


def fetch():
    """Have the packages of the lock file.

    :raises Failure: when npm is missing or the registry cannot be reached
    """
    npm.install(SOURCE, PACKAGES, "npm packages that the addon carries")


def build(target):
    """Write jssip.js, LICENSE and VERSION into the folder ``target``."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    modules = PACKAGES / "node_modules"
    run(
        [
            modules / ".bin" / "esbuild",
            "node_modules/jssip/lib/JsSIP.js",
            "--bundle",
            "--minify",
            "--format=iife",
            "--global-name=JsSIP",
            "--platform=browser",
            "--target=es2021",
            "--charset=utf8",
            "--legal-comments=none",
            "--line-limit=200",
            f"--outfile={target / 'jssip.js'}",
        ],
        "esbuild could not make one file of JsSIP",
        "remove the folder vendored-npm of the state folder and try again",
        cwd=PACKAGES,
    )
    (target / "LICENSE").write_text("\n".join(map(licence, INSIDE)))
    (target / "VERSION").write_text("".join(map(version, (*INSIDE, "esbuild"))))


def version(name):
    """A line with name and version of a package, as installed."""
    package = PACKAGES / "node_modules" / name / "package.json"
    return f"{name} {json.loads(package.read_text())['version']}\n"


def licence(name):
    """The licence of a package, under its name."""
    folder = PACKAGES / "node_modules" / name
    (file,) = (file for file in folder.iterdir() if file.stem.lower() == "license")
    lines = [line.rstrip() for line in file.read_text().splitlines()]
    return f"{name}\n{'=' * len(name)}\n\n" + "\n".join(lines).strip() + "\n"
