"""npm packages that tests try ours against: written by others, kept by nobody here."""

import os
import shutil
import subprocess

import pytest

from setup.lib.paths import HOME, locked


def environment(package):
    """The environment in which node finds a package; installs it at the first use.

    :param package: name and version, such as ``ajv@8.17.1``
    """
    if not shutil.which("npm") or not shutil.which("node"):
        pytest.skip(f"npm and node are missing: {package} was not tried")
    name, _at, version = package.rpartition("@")
    folder = HOME / f"node-{name}-{version}"
    with locked("node"):
        if not (folder / "node_modules" / name / "package.json").exists():
            subprocess.run(
                ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts",
                 "--prefix", folder, package],
                check=True,
                capture_output=True,
                timeout=300,
            )  # fmt: skip
    return {**os.environ, "NODE_PATH": str(folder / "node_modules")}
