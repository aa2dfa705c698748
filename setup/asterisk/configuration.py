"""The configuration of one Asterisk: free ports, passwords, templates filled."""

import random
import re
import secrets
from pathlib import Path

from setup.lib import paths
from setup.lib.console import Failure, capture, say
from setup.lib.ports import free_datagram_ports, free_ports

from .tone import tone

ETC = Path(__file__).parent / "etc"
SAMPLES = paths.ROOT / "telephony_crm" / "samples"
DIALPLAN = SAMPLES / "asterisk"
RTP_PORTS = 400  # of one Asterisk
#: What is /etc/asterisk/telephony.env elsewhere.
SCRIPTS_FILE = "etc/telephony.env"
ASKED = ("TELEPHONY_ROUTE", "TELEPHONY_LOOKUP")
EXTENSIONS = ("100", "101", "102", "103", "104", "105")  # desk phones
BROWSERS = ("110", "111")
FOLDERS = (
    "cache", "etc", "log/cdr-csv", "r", "spool/monitor", "spool/outgoing",
    "spool/recording", "spool/tmp", "spool/voicemail", "varlib/keys",
)  # fmt: skip
MARK = re.compile(r"@([A-Z][A-Z_0-9]*)@")


def choose(more, cdr):
    """Return new settings: the marks of the templates and their values, all texts.

    :param more: values of marks that win over those chosen here
    :param cdr: (name of the database, ``Server``) for call records, or None
    """
    http, ami = free_ports(2)
    start = random.randrange(16000, 32000 - RTP_PORTS, RTP_PORTS)
    settings = {
        "HTTP_PORT": http,
        "AMI_PORT": ami,
        "RTP_START": start,
        "RTP_END": start + RTP_PORTS - 1,
        "HOST_IP": _address(),
        "ARI_USER": "ari",
        "ARI_PASSWORD": secrets.token_hex(12),
        "AMI_USER": "ami",
        "AMI_PASSWORD": secrets.token_hex(12),
        "SIP_PASSWORD": secrets.token_hex(12),
        "RING": 5,
        "BROWSERS": "",  # rung only by their own numbers
        **dict.fromkeys(ASKED, ""),  # nobody is asked
        **more,
    }
    names = ("SIP_PORT", "TRUNK_PORT", *(f"PHONE_{number}" for number in EXTENSIONS))
    settings |= zip(names, free_datagram_ports(len(names)), strict=True)
    if cdr:
        database, server = cdr
        settings |= {
            "CDR_HOST": server.host,
            "CDR_PORT": server.port or "5432",
            "CDR_USER": server.user,
            "CDR_PASSWORD": server.password,
            "CDR_DATABASE": database,
        }
    return {name: str(value) for name, value in settings.items()}


def _address():
    """An address of this machine that is not its loopback, see ``rtp.conf``."""
    known = (capture(["hostname", "-I"]) or "").split()
    return next((one for one in known if "." in one), "198.51.100.1")


def render(folder, programs, settings):
    """Write Asterisk's folder: templates filled, and what they speak of.

    :raises Failure: for a mark in a template that has no value
    """
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    _link_data(folder, programs.folder / "usr/share/asterisk")
    values = settings | {
        "RUN": str(folder),
        "MODULES": str(programs.modules),
        "SCRIPTS": str(SAMPLES),
    }
    for template in sorted(ETC.glob("*.conf")):
        text = template.read_text()
        if template.name == "cdr_pgsql.conf" and "CDR_HOST" not in values:
            continue
        missing = set(MARK.findall(text)) - set(values)
        if missing:
            raise Failure(f"{template} has no value for {', '.join(sorted(missing))}")
        text = MARK.sub(lambda mark: values[mark[1]], text)
        if template.name == "modules.conf":
            text = _those_there(text, programs.modules, "CDR_HOST" in values)
        _write(folder / "etc" / template.name, text)
    lines = [f"{name}={settings[name]}\n" for name in ASKED if settings[name]]
    _write(folder / SCRIPTS_FILE, "".join(lines))


def _write(path, text):
    """Write what holds passwords."""
    path.touch(mode=0o600)
    path.write_text(text)


def _link_data(folder, source):
    """Make the folder of data: all that was unpacked, and our own beside it."""
    data = folder / "data"
    data.mkdir(exist_ok=True)
    for path in source.iterdir():
        if path.name not in ("static-http", "moh"):
            (data / path.name).symlink_to(path)
    (data / "moh").mkdir()
    (data / "moh" / "wait.ulaw").write_bytes(tone(330))
    (data / "static-http").mkdir()
    (data / "static-http" / "monitor").symlink_to(folder / "spool" / "monitor")


def _those_there(text, modules, records):
    """``modules.conf`` without the modules that this Asterisk does not ship."""
    kept = []
    for line in text.splitlines():
        module = line.removeprefix("require = ")
        if module != line:
            if not (modules / module).exists():
                say(f"  this Asterisk has no {module}")
                continue
            if module == "cdr_pgsql.so" and not records:
                continue
        kept.append(line)
    return "\n".join(kept) + "\n"
