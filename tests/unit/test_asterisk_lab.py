"""What the Asterisk of tests is made from: templates, scripts of telephones, tones."""

import array
import json
import math
import re
from xml.etree import ElementTree

import pytest

from setup.asterisk import autoplay, configuration, telephones
from setup.asterisk.package import Programs
from setup.asterisk.recorder import TARGET
from setup.asterisk.scenes import SCENES
from setup.asterisk.tone import tone
from setup.lib import paths
from setup.lib.demonstration_pbx import DEMO
from setup.lib.postgres import Server

CALLER = {
    "answered": {"talks": 2},
    "waits for the other side": {},
    "gives up": {"gives_up": 1},
    "is refused": {"fails": True},
    "presses keys": {"does": ((1, telephones.presses, "12"),)},
}
PHONE = {
    "picks up": {"talks": 1},
    "never picks up": {"answers": None},
    "is busy": {"busy": True},
    "forwards": {"forwards": "sip:101@127.0.0.1"},
    "holds": {"does": ((1, telephones.holds, 1),)},
    "asks a colleague": {"does": ((1, telephones.consults, "101", 1),)},
    "transfers": {"does": ((1, telephones.transfers, "101"),)},
}


@pytest.fixture
def programs(tmp_path):
    """A tree like the unpacked one, as far as the configuration looks at it."""
    libraries = tmp_path / "root/usr/lib/x86_64-linux-gnu"
    modules = libraries / "asterisk/modules"
    modules.mkdir(parents=True)
    (libraries / "ld-linux-x86-64.so.2").touch()
    for name in ("res_ari.so", "cdr_pgsql.so"):
        (modules / name).touch()
    (tmp_path / "root/usr/share/asterisk/sounds").mkdir(parents=True)
    return Programs(tmp_path / "root")


def rendered(folder, programs, cdr=None):
    settings = configuration.choose({}, cdr)
    configuration.render(folder, programs, settings)
    files = sorted((folder / "etc").glob("*.conf"))
    return settings, {path.name: path.read_text() for path in files}


def test_no_mark_is_left_and_only_this_machine_is_listened_to(tmp_path, programs):
    settings, files = rendered(tmp_path / "lab", programs)
    for name, text in files.items():
        assert not configuration.MARK.search(text), name
        for address in re.findall(r"(?m)^bind(?:addr)? *= *(\S+)", text):
            assert address.split(":")[0] == "127.0.0.1", name
    assert f"port = {settings['AMI_PORT']}" in files["manager.conf"]
    assert f"bindport = {settings['HTTP_PORT']}" in files["http.conf"]


def user(text, name):
    """Return what a file says of a user, but for its name and password."""
    lines = text.partition(f"[{name}]\n")[2].partition("\n[")[0].splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {key.strip(): value.strip() for key, _equals, value in pairs}


def test_its_users_may_do_what_the_readme_says_and_no_more(tmp_path, programs):
    """What is proven with them is then proven for who follows it."""
    settings, files = rendered(tmp_path / "lab", programs)
    readme = (paths.ROOT / "README.md").read_text()
    _before, _mark, ami = readme.partition("; manager.conf\n")
    _before, _mark, ari = readme.partition("; ari.conf\n")
    for said, found, names in (
        (ami, user(files["manager.conf"], settings["AMI_USER"]), ("read", "write")),
        (ari, user(files["ari.conf"], settings["ARI_USER"]), ("type", "read_only")),
    ):
        right = user(re.sub("(?m)^ +", "", said), "telephony")
        assert all(right[name] for name in names)
        assert {name: found[name] for name in names} == {
            name: right[name] for name in names
        }


def test_nobody_else_may_read_the_passwords(tmp_path, programs):
    rendered(tmp_path / "lab", programs)
    files = list((tmp_path / "lab/etc").iterdir())
    assert files and all(path.stat().st_mode & 0o77 == 0 for path in files)


def test_only_modules_that_are_there_are_required(tmp_path, programs):
    _settings, files = rendered(tmp_path / "lab", programs)
    assert re.findall("require = (.*)", files["modules.conf"]) == ["res_ari.so"]


def test_with_a_database_the_records_of_calls_go_there(tmp_path, programs):
    server = Server("/var/run/a", "5432", "somebody", "secret")
    _settings, files = rendered(tmp_path / "lab", programs, ("records", server))
    assert "require = cdr_pgsql.so" in files["modules.conf"]
    assert "hostname = /var/run/a\n" in files["cdr_pgsql.conf"]
    assert "dbname = records\n" in files["cdr_pgsql.conf"]


@pytest.mark.parametrize("conduct", CALLER.values(), ids=CALLER)
def test_the_script_of_a_caller_is_whole(conduct):
    check(telephones.caller("+442079460017", "+442079460100", **conduct))


@pytest.mark.parametrize("conduct", PHONE.values(), ids=PHONE)
def test_the_script_of_a_phone_is_whole(conduct):
    check(telephones.phone("100", **conduct))


def check(script):
    """Each place jumped to exists once, and no value is left open."""
    root = ElementTree.fromstring(script.encode())
    places = [label.get("id") for label in root.iter("label")]
    assert len(places) == len(set(places))
    for element in root.iter():
        for name in ("next", "ontimeout"):
            assert element.get(name) in {None, *places}
    assert "{" not in script


def test_a_tone_is_a_tone():
    found = array.array("h", map(heard, tone(440, seconds=1)))
    crossings = sum(a < 0 <= b for a, b in zip(found, found[1:], strict=False))
    assert abs(crossings - 440) <= 1
    strength = math.sqrt(sum(sample**2 for sample in found) / len(found))
    assert strength == pytest.approx(8000 / math.sqrt(2), rel=0.05)


def heard(code):
    """A sample of G.711 (µ-law) as 16 bits, by the recommendation's table."""
    code = ~code & 0xFF
    size = (((code & 0x0F) << 3) + 132 << (code >> 4 & 7)) - 132
    return -size if code & 0x80 else size


def test_the_demonstration_can_play_its_whole_plan():
    demo = json.loads(DEMO.read_text())
    for scene in demo["autoplay"]["scenes"]:
        phones, conduct = autoplay.SCENARIOS[scene["scenario"]]
        for number, way in phones.items():
            assert number in autoplay.PHONES
            check(telephones.phone(number, **way))
        check(telephones.caller("+442079460017", scene.get("did", "100"), **conduct))


@pytest.mark.parametrize("name", SCENES)
def test_each_scene_is_written_down_and_tells_nothing_of_a_machine(name):
    text = (TARGET / f"{name}.jsonl").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert lines == sorted(lines, key=lambda line: line["at"])
    assert {line["message"]["Event"] for line in lines} >= {"Newchannel", "Hangup"}
    records = (TARGET / f"{name}.cdr.json").read_text()
    assert all(row["linkedid"] for row in json.loads(records))
    for told in ("127.0.0.1", "localhost", "/root", "/home", "/tmp"):
        assert told not in text + records
