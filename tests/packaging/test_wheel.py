"""The addons as packages: built, installed beside Odoo with pip, and loaded."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from setup.lib import paths
from setup.lib.odoo import LAUNCHER
from setup.lib.prepare import ground

ADDONS = sorted(path.parent for path in paths.ROOT.glob("*/__manifest__.py"))
IN_WHEEL = Path("odoo/addons")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with this project's addons, built and installed by pip alone."""
    sources = tmp_path_factory.mktemp("sources")
    wheels = tmp_path_factory.mktemp("wheels")
    target = tmp_path_factory.mktemp("site")
    # Copies, since git refuses to look into a checkout that is somebody else's.
    for addon in ADDONS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(addon, sources / addon.name, ignore=ignored)
    pip(
        "wheel", "--no-deps", "--no-index", "--no-build-isolation",
        "--wheel-dir", wheels, *sources.iterdir(),
    )  # fmt: skip
    pip("install", "--no-deps", "--no-index", "--target", target, *wheels.iterdir())
    return target


def pip(*words):
    """Run pip; its output is shown when it fails."""
    command = [sys.executable, "-m", "pip", *map(str, words)]
    subprocess.run(command, check=True, env=os.environ | {"PYTHONPATH": ""})


def test_each_wheel_holds_every_file_its_manifest_names(site):
    for addon in ADDONS:
        manifest = ast.literal_eval((addon / "__manifest__.py").read_text())
        place = site / IN_WHEEL / addon.name
        assert not [
            name for name in manifest.get("data", ()) if not (place / name).exists()
        ]


def test_odoo_installs_and_loads_the_addons_from_their_wheels(site):
    script = "\n".join(
        f"import odoo.addons.{addon.name} as addon; print('loaded', addon.__file__)"
        for addon in ADDONS
    )
    name = f"telephony_test_{os.getpid()}_wheel"
    with ground() as databases:
        try:
            databases.copy(databases.template(), name)
            run = Installed(databases, site, name)
            run("-i", ",".join(addon.name for addon in ADDONS), "--stop-after-init")
            output = run("shell", input=script)
        finally:
            databases.drop(name)
    for addon in ADDONS:
        assert f"loaded {site / IN_WHEEL / addon.name / '__init__.py'}" in output


class Installed:
    """Odoo with the installed addons and without the checkout on its paths."""

    def __init__(self, databases, site, database):
        config = Path(site).with_suffix(".conf")
        core = ",".join(map(str, databases.odoo.addons))
        text = databases.config.read_text()
        config.write_text(text.replace(databases.odoo.addons_path, core))
        places = (str(databases.odoo.path), str(site))
        self.environment = databases.environment | {
            "PYTHONPATH": os.pathsep.join(places),
            "ODOO_RC": str(config),
        }
        self.database = database

    def __call__(self, *words, **options):
        """Run an Odoo command on the database to its end; its output."""
        command, words = (words[:1], words[1:]) if words[0] == "shell" else ((), words)
        done = subprocess.run(
            [sys.executable, LAUNCHER, *command, "-d", self.database, "--no-http",
             "--log-level=warn", *words],
            stdout=subprocess.PIPE,
            text=True,
            env=self.environment,
            cwd=paths.HOME,
            check=True,
            **options,
        )  # fmt: skip
        return done.stdout
