"""npm packages that tests try ours against: written by others, kept by nobody here."""

import os
import shutil

import pytest

from setup.lib import npm


def environment(package):
    """The environment in which node finds a package; installs it at the first use.

    :param package: name and version, such as ``ajv@8.17.1``
    """
    if not shutil.which("npm") or not shutil.which("node"):
        pytest.skip(f"npm and node are missing: {package} was not tried")
    return {**os.environ, "NODE_PATH": str(npm.packages(package))}
