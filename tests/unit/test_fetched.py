"""Tests whose program cannot be had fail and say why: silence is not green."""

import importlib.util

import pytest
from conftest import ROOT

from setup.lib.console import Failure

spec = importlib.util.spec_from_file_location("fetched", ROOT / "tests/e2e/fetched.py")
fetched = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fetched)


def unreachable():
    raise Failure("the archive does not answer", "check the network")


def test_a_test_without_its_program_fails_with_cause_and_remedy(monkeypatch):
    monkeypatch.delenv(fetched.LEFT_OUT, raising=False)
    with pytest.raises(pytest.fail.Exception) as raised:
        fetched.fetched("asterisk", unreachable)
    for words in ("does not answer", "check the network", f"{fetched.LEFT_OUT}=ast"):
        assert words in str(raised.value)


def test_who_leaves_a_program_out_has_said_so(monkeypatch):
    monkeypatch.setenv(fetched.LEFT_OUT, "mariadb, asterisk")
    with pytest.raises(pytest.skip.Exception, match=fetched.LEFT_OUT):
        fetched.fetched("asterisk", unreachable)
    monkeypatch.setenv(fetched.LEFT_OUT, "mariadb")
    assert fetched.fetched("asterisk", lambda: "there") == "there"
