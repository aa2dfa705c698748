"""The addon beside the libraries that systems bring along, not only beside today's."""

import os
import subprocess
import sys

import pytest

from setup.lib import paths

#: Releases of urllib3 and requests that Odoo 19 runs with.
SYSTEMS = {
    "Debian 12": ("urllib3==1.26.12", "requests==2.28.1"),
    "Odoo's own requirements": ("urllib3==1.26.20", "requests==2.31.0"),
    "Ubuntu 24.04": ("urllib3==2.0.7", "requests==2.31.0"),
}


@pytest.fixture(params=SYSTEMS)
def releases(request, tmp_path):
    """The wheels of a system's releases, which Python can import as they are."""
    download = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
         "--only-binary=:all:", "--dest", tmp_path, *SYSTEMS[request.param]],
        capture_output=True, text=True,
    )  # fmt: skip
    if download.returncode:
        pytest.skip("no package index in reach")
    return sorted(map(str, tmp_path.glob("*.whl")))


def test_a_pbx_is_asked_with_the_libraries_of_a_system(releases):
    assert len(releases) == 2
    tests = paths.ROOT / "tests" / "unit" / "test_exchange.py"
    subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:odoo", "-q", tests],
        check=True,
        cwd=paths.ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(releases)},
    )
