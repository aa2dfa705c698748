"""What is wrong with a configuration is said in words that name it."""

import pytest
import requests
from ami_server import AmiServer

from telephony_crm.bridge.config import load
from telephony_crm.bridge.config_sections import AsteriskConfig, Config
from telephony_crm.bridge.config_values import ConfigError
from telephony_crm.bridge.main import main
from telephony_crm.bridge.process import Bridge, check_of

GOOD = """
[odoo]
url = https://odoo.example/telephony/webhook/abc
secret = top%secret
[asterisk]
ami_user = odoo
ami_secret = ami-secret
ami_tls = yes
[calls]
extensions = [1-4]\\d\\d
devices = PJSIP/alice=101, bob=102
"""


@pytest.fixture
def write(tmp_path):
    def write(text, mode=0o600):
        path = tmp_path / "bridge.ini"
        path.write_text(text)
        path.chmod(mode)
        return path

    return write


def test_a_file_is_read_and_the_environment_wins(write):
    environ = {"TELEPHONY_ODOO_SECRET": "other", "TELEPHONY_ASTERISK_AMI_PORT": "5039"}
    config = load(write(GOOD), environ)
    assert config.odoo.secret == "other"
    assert (config.asterisk.ami_port, config.asterisk.ami_tls) == (5039, True)
    assert config.calls.extensions == "[1-4]\\d\\d"
    assert load(write(GOOD), {}).odoo.secret == "top%secret"


def test_the_environment_alone_is_enough():
    config = load(
        None,
        {
            "TELEPHONY_ODOO_URL": "https://odoo.example/telephony/webhook/abc",
            "TELEPHONY_ODOO_SECRET": "s",
            "TELEPHONY_ASTERISK_AMI_USER": "odoo",
            "TELEPHONY_ASTERISK_AMI_SECRET": "a",
        },
    )
    assert config.asterisk.ami_host == "127.0.0.1"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_that_others_can_read_is_refused(write, mode):
    with pytest.raises(ConfigError, match="chmod 600"):
        load(write(GOOD, mode), {})


def test_what_systemd_hands_out_is_read_and_nothing_beside_it(write, tmp_path):
    path = write(GOOD, 0o440)
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert load(path, environ).odoo.secret == "top%secret"
    with pytest.raises(ConfigError, match="chmod 600"):
        load(write(GOOD, 0o444), environ)
    elsewhere = {"CREDENTIALS_DIRECTORY": str(tmp_path / "elsewhere")}
    with pytest.raises(ConfigError, match="chmod 600"):
        load(write(GOOD, 0o440), elsewhere)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("secret = top%secret", "", "secret is missing"),
        ("/telephony/webhook/abc", "", "webhook address"),
        ("https:", "ftp:", "webhook address"),
        ("ami_tls = yes", "ami_tls = perhaps", "yes or no"),
        ("ami_tls = yes", "ami_port = x", "number"),
        ("ami_tls = yes", "ami_prot = 1", "has no ami_prot"),
        ("ami_tls = yes", "ari_url = http://pbx", "ari_user is missing"),
        ("[calls]", "[cals]", "no section"),
        ("[1-4]", "(", "extensions"),
        ("bob=102", "bob", "a=1, b=2"),
        ("[calls]", "[cdr]\nengine = oracle\n[calls]", "postgresql or mysql"),
        ("[calls]", "[cdr]\ntable = cdr; DROP\n[calls]", "name of a table"),
        ("[calls]", "[cdr]\ntz = Mars/Base\n[calls]", "time zone"),
        ("[odoo]", "odoo", "cannot be read"),
    ],
)
def test_what_is_wrong_is_named(write, before, after, words):
    assert before in GOOD
    with pytest.raises(ConfigError, match=words):
        load(write(GOOD.replace(before, after)), {})


@pytest.mark.parametrize("section", ["odoo", "asterisk"])
def test_a_file_of_certificates_that_is_none_is_named(write, tmp_path, section):
    folder, garbage = tmp_path, tmp_path / "garbage.pem"
    garbage.write_text("no certificate")
    for file in ("/nowhere.pem", folder, garbage):
        text = GOOD.replace(f"[{section}]", f"[{section}]\nverify = {file}")
        with pytest.raises(ConfigError, match=rf"\[{section}\] verify") as caught:
            load(write(text), {})
        assert str(file) in str(caught.value)
    good = requests.certs.where()
    for value in ("no", "", good):
        text = GOOD.replace(f"[{section}]", f"[{section}]\nverify = {value}")
        assert getattr(load(write(text), {}), section).verify == value


def test_no_secret_is_printed(write):
    config = load(write(GOOD), {})
    assert "top%secret" not in repr(config)
    assert "ami-secret" not in repr(config)


def test_the_command_says_what_is_wrong_and_ends(write, capsys):
    assert main(["--config", str(write("[odoo]"))]) == 2
    assert "[odoo] url is missing." in capsys.readouterr().err


def test_an_asterisk_that_is_too_old_is_named():
    with AmiServer() as server:
        server.answers["listcommands"] = (
            b"Response: Success\r\nActionID: {id}\r\nCoreShowChannels: x\r\n"
            b"BridgeList: x\r\nRedirect: x\r\nSetvar: x\r\nOriginate: x\r\n"
            b"MixMonitor: x\r\n\r\n"
        )
        server.answers["coresettings"] = (
            b"Response: Success\r\nActionID: {id}\r\nAsteriskVersion: 16.30.0\r\n\r\n"
        )
        asterisk = AsteriskConfig(
            ami_port=server.port, ami_user="odoo", ami_secret="secret", recordings=""
        )
        found = check_of(Config(asterisk=asterisk)).run()
    assert found["problems"] == [
        "The PBX is Asterisk 16.30.0. At least 18 is needed.",
    ]


def test_two_bridges_do_not_work_in_one_folder(write, tmp_path, capsys):
    path = write(f"{GOOD}[bridge]\ndata = {tmp_path}/data\n")
    first = Bridge(load(path, {}))
    assert main(["--config", str(path)]) == 2
    assert "Another bridge works in" in capsys.readouterr().err
    first.outbox.close()
    first._lock.close()
