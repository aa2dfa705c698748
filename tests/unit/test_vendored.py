"""What the addon carries of npm is what the lock file gives, byte by byte."""

import shutil

import pytest

from setup.lib.commands import vendor
from setup.lib.console import Failure


@pytest.fixture(scope="module")
def packages():
    """The packages of the lock file, where npm and its registry are in reach."""
    if not shutil.which("npm"):
        pytest.skip("npm is missing: the vendored files were not built again")
    try:
        vendor.fetch()
    except Failure as failure:
        pytest.skip(f"the vendored files were not built again: {failure.cause}")


def test_the_vendored_files_are_what_the_script_builds(packages, tmp_path):
    vendor.build(tmp_path / "built")
    built = {file.name: file.read_bytes() for file in (tmp_path / "built").iterdir()}
    carried = {file.name: file.read_bytes() for file in vendor.TARGET.iterdir()}
    assert sorted(built) == sorted(carried) == ["LICENSE", "VERSION", "jssip.js"]
    assert [name for name in built if built[name] != carried[name]] == []


def test_what_is_carried_says_its_licences_and_versions():
    versions = (vendor.TARGET / "VERSION").read_text()
    licences = (vendor.TARGET / "LICENSE").read_text()
    for name in vendor.INSIDE:
        assert f"{name} " in versions
        assert f"{name}\n{'=' * len(name)}\n" in licences
    assert licences.count("Permission is hereby granted, free of charge") == len(
        vendor.INSIDE
    )


def test_a_page_that_loads_it_asks_nobody_else():
    """The file names no place from which it would fetch something."""
    code = (vendor.TARGET / "jssip.js").read_text()
    assert code.startswith('"use strict";var JsSIP=')
    for word in ("importScripts(", "XMLHttpRequest", "fetch(", "eval("):
        assert word not in code
