"""What can be said in the bridge's file, section by section, and what holds unsaid."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class OdooConfig:
    """How Odoo is reached.

    :param url: the webhook address that the page of the PBX shows
    :param secret: the API secret that is entered there
    :param verify: ``no``, or a file of certificates; empty: those of the system
    """

    url: str = ""
    secret: str = field(default="", repr=False)
    verify: str = ""
    database: str = ""


@dataclass(frozen=True)
class AsteriskConfig:
    """How Asterisk is reached.

    :param ami_url: ``http://pbx:8088/rawman``, where AMI has no port of its own
    :param ari_url: of the web server of the PBX, ``http://pbx:8088``
    :param verify: as of `OdooConfig`
    :param recordings: the folder of MixMonitor, as this process sees it
    """

    ami_host: str = "127.0.0.1"
    ami_port: int = 5038
    ami_user: str = ""
    ami_secret: str = field(default="", repr=False)
    ami_tls: bool = False
    ami_url: str = ""
    ari_url: str = ""
    ari_user: str = ""
    ari_password: str = field(default="", repr=False)
    verify: str = ""
    recordings: str = "/var/spool/asterisk/monitor"


@dataclass(frozen=True)
class CallsConfig:
    r"""How channels are read, see `tracker_config.TrackerConfig`.

    :param extensions: regular expression of the endpoints that are extensions
    :param devices: ``PJSIP/reception=100, alice=101``
    :param contexts: of the dialplan, in which Odoo may have numbers dialled
    :param local_endpoints: ``lab-phones=extension, lab-world=trunk``
    """

    extensions: str = r"\d{2,6}"
    devices: str = ""
    contexts: str = "from-internal"
    local_endpoints: str = ""


@dataclass(frozen=True)
class CdrConfig:
    """Where the PBX writes its records; without ``engine`` those that AMI tells count.

    :param engine: ``postgresql`` or ``mysql``
    :param tz: of the times in the table, such as ``Europe/Kyiv``; empty: this machine's
    """

    engine: str = ""
    host: str = "127.0.0.1"
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    database: str = "asteriskcdrdb"
    table: str = "cdr"
    tz: str = ""


@dataclass(frozen=True)
class BridgeConfig:
    """The process itself.

    :param data: a folder that only it can write to
    :param limit: so many events wait at most
    """

    data: str = "/var/lib/telephony-bridge"
    limit: int = 500_000


@dataclass(frozen=True)
class Config:
    """All of it."""

    odoo: OdooConfig = OdooConfig()
    asterisk: AsteriskConfig = AsteriskConfig()
    calls: CallsConfig = CallsConfig()
    cdr: CdrConfig = CdrConfig()
    bridge: BridgeConfig = BridgeConfig()


SECTIONS = {
    "odoo": OdooConfig,
    "asterisk": AsteriskConfig,
    "calls": CallsConfig,
    "cdr": CdrConfig,
    "bridge": BridgeConfig,
}
NEEDED = (
    ("odoo", "url"),
    ("odoo", "secret"),
    ("asterisk", "ami_user"),
    ("asterisk", "ami_secret"),
)
