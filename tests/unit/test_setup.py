"""What the commands make of a machine: its apt sources, an Odoo of one's own."""

import socket
import subprocess
import sys

import pytest

from setup.lib import apt, odoo, paths
from setup.lib.chosen_tests import Choice
from setup.lib.commands.test import NOTHING_COLLECTED, Session
from setup.lib.console import Failure
from setup.lib.ports import Ports

DEB822 = """\
Types: deb
# a comment
URIs: http://mirror.test/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.test/debian-security
Suites: bookworm-security
Components: main

Types: deb-src
URIs: http://sources.test/debian
Suites: bookworm

Enabled: no
Types: deb
URIs: http://off.test/debian
Suites: bookworm
"""
ONE_LINE = """\
# deb http://commented.test/debian bookworm main
deb [signed-by=/etc/apt/keyrings/a.gpg] https://mirror.test/debian/ trixie main
deb http://other.test/ubuntu noble main
deb-src http://mirror.test/debian trixie main
deb http://mirror.test/debian trixie-security main
"""


@pytest.fixture
def etc(tmp_path):
    (tmp_path / "sources.list.d").mkdir()
    return tmp_path


def test_the_mirror_is_read_from_deb822_sources(etc):
    (etc / "sources.list.d/debian.sources").write_text(DEB822)
    mirror = apt.Mirror(
        "http://mirror.test/debian", "/usr/share/keyrings/debian-archive-keyring.gpg"
    )
    assert set(apt.mirrors(etc)) == {mirror}


def test_the_mirror_is_read_from_one_line_sources(etc):
    (etc / "sources.list").write_text(ONE_LINE)
    mirror = apt.Mirror("https://mirror.test/debian/", "/etc/apt/keyrings/a.gpg")
    assert apt.mirrors(etc) == [mirror]


def test_disabled_lists_and_other_archives_give_no_mirror(etc):
    (etc / "sources.list.d/debian.list.disabled").write_text(ONE_LINE)
    (etc / "sources.list.d/other.list").write_text("deb http://other.test/x sid main")
    assert apt.mirrors(etc) == []


def checkout(folder, version="19, 0, 0, FINAL, 0, ''"):
    """Make ``folder`` look like an Odoo checkout of that version."""
    (folder / "odoo/addons").mkdir(parents=True)
    (folder / "addons/crm").mkdir(parents=True)
    (folder / "odoo/release.py").write_text(f"version_info = ({version})\n")
    return folder


def test_a_checkout_has_two_folders_of_addons(tmp_path):
    found = odoo.inspect(checkout(tmp_path))
    assert found.path == tmp_path
    assert found.addons == (tmp_path / "addons", tmp_path / "odoo/addons")
    assert found.version == "19.0.0"


@pytest.mark.parametrize("version", ["18, 0, 0", "'saas~19', 1, 0", "20, 0, 0"])
def test_another_version_of_odoo_is_refused(tmp_path, version):
    with pytest.raises(Failure, match="19.0 is needed"):
        odoo.inspect(checkout(tmp_path, version))


def test_a_folder_without_odoo_is_refused_with_its_name(tmp_path):
    with pytest.raises(Failure, match=f"{tmp_path} is no Odoo"):
        odoo.inspect(tmp_path)


def test_paths_choose_and_everything_else_goes_to_pytest(tmp_path):
    file = tmp_path / "test_x.py"
    file.touch()
    words = ["-k", str(file), "-x", f"{file}::Case::test_one", "--maxfail=1"]
    choice = Choice(words)
    assert choice.chosen == [(file, "::Case::test_one")]
    assert choice.options == ["-k", str(file), "-x", "--maxfail=1"]


def test_a_path_that_does_not_exist_is_an_error(tmp_path):
    with pytest.raises(Failure, match="does not exist"):
        Choice([str(tmp_path / "test_nothing.py")])


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        ((0, 0), 0),
        ((0, NOTHING_COLLECTED), 0),
        ((NOTHING_COLLECTED, NOTHING_COLLECTED), NOTHING_COLLECTED),
        ((0, 1, NOTHING_COLLECTED), 1),
        ((0, -9), 9),
        ((-15, NOTHING_COLLECTED), 15),
    ],
)
def test_one_part_that_failed_or_was_killed_fails_the_whole(codes, code):
    session = Session(None, Choice([]))
    session.ends = [("part", one, 1.0) for one in codes]
    assert session.summary() == code


TAKE = """
import pathlib, socket, sys
from setup.lib import paths
paths.LOCKS = pathlib.Path(sys.argv[1])
from setup.lib.ports import Ports
print(*Ports(socket.SOCK_STREAM, range(30_000, 30_060)).take(20))
"""


def test_a_port_on_which_somebody_listens_is_not_given(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "LOCKS", tmp_path)
    [port] = Ports(socket.SOCK_STREAM, range(30_000, 30_060)).take(1)
    with socket.create_server(("127.0.0.1", port)), pytest.raises(Failure):
        Ports(socket.SOCK_STREAM, [port]).take(1)


def test_a_port_is_given_to_one_process_only(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "LOCKS", tmp_path)
    ours = Ports(socket.SOCK_STREAM, range(30_000, 30_060))
    mine = ours.take(20)
    done = subprocess.run(
        [sys.executable, "-c", TAKE, str(tmp_path)],
        cwd=paths.ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    theirs = list(map(int, done.stdout.split()))
    assert len({*mine, *theirs}) == 40
