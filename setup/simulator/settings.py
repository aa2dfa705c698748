"""What the simulated account has and how it speaks: read from a JSON file."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DEMO = Path(__file__).with_name("demo.json")


@dataclass(frozen=True)
class Extension:
    """An internal number of the PBX and who sits there, with their login in Odoo."""

    number: str
    name: str = ""
    mobile: str = ""
    login: str = ""


@dataclass(frozen=True)
class Did:
    """A public number of the company (E.164)."""

    number: str
    name: str = ""
    country: str = ""
    city: str = ""


@dataclass(frozen=True)
class Customer:
    """Somebody outside; ``kind``: contact, lead, unknown or blocked."""

    key: str
    number: str
    name: str = ""
    company: str = ""
    label: str = ""
    kind: str = "unknown"


@dataclass
class Spelling:
    """How the account spells what the protocol leaves open.

    :param plus: whether outside numbers carry their ``+``
    :param internal: ``short`` (``100``) or ``long`` (``499499-100``)
    :param answer: NOTIFY_ANSWER's destination: ``did`` (with ``internal``) or
        ``extension`` (without it)
    :param hidden: ``caller_id`` of a hidden caller, ``0`` or empty
    :param statistics: ``spec`` (types as the vendor's OpenAPI file has them) or
        ``seen`` (strings with names, as integrators report them)
    :param internal_end: whether the undocumented NOTIFY_INTERNAL_END is posted
    :param sip: of an inbound statistics row: ``extension`` that was rung, or ``did``
    :param reset: X-RateLimit-Reset as ``moment`` (Unix time) or ``seconds`` from now
    """

    plus: bool = True
    internal: str = "short"
    answer: str = "did"
    hidden: str = "0"
    statistics: str = "spec"
    internal_end: bool = False
    sip: str = "extension"
    reset: str = "moment"


@dataclass
class Settings:
    """Everything a simulator is started with.

    :param encoding: of a webhook's signature: ``hex`` or ``raw`` digest in base64
    :param content: of a webhook's body: ``urlencoded`` or ``multipart``
    :param speed: length of every pause: 1 as in life, 0.2 five times shorter, 0 none
    :param shrink: whether lengths shrink with the pauses, so that a call of half a
        minute truly takes three seconds at speed 0.1; otherwise it is said to have
        begun earlier, and its events come in a hurry at its end
    :param seed: makes delivery faults and sounds repeatable
    :param reply_timeout: seconds a caller waits for the reply to a webhook
    :param headers: sent with every webhook, such as ``X-Forwarded-For``
    :param callback_legs: 1 or 2 OUT events' pairs for a call placed over REST
    :param recorded: whether calls are recorded
    :param unrecorded: extensions whose calls are not
    :param second_url: the address for what is no call, such as messages
    :param retries: how often an event is posted again that was not answered with 200,
        and after ``retry_seconds`` each time; the vendor documents none
    :param statistics_delay: seconds after its end at which a call enters the statistics
    :param senders: names and numbers that a text message may come from
    :param templates: texts of messages
    :param odoo_url: where those at the extensions work
    :param shop_url: a web site whose visitors call, see ``Visitors``
    :param shop: what else the demonstration says of it: its ``scenes``
    """

    key: str = ""
    secret: str = ""
    webhook_token: str = ""
    webhook_url: str = ""
    pbx_id: int = 499499
    tz: str = "UTC"
    encoding: str = "hex"
    content: str = "urlencoded"
    speed: float = 1.0
    shrink: bool = False
    seed: int = 0
    reply_timeout: float = 10.0
    headers: dict = field(default_factory=dict)
    callback_legs: int = 1
    recorded: bool = True
    unrecorded: set = field(default_factory=set)
    second_url: str = ""
    retries: int = 0
    retry_seconds: float = 5.0
    statistics_delay: float = 0.0
    senders: list = field(default_factory=lambda: ["Teamsale"])
    templates: list = field(default_factory=list)
    spelling: Spelling = field(default_factory=Spelling)
    extensions: list = field(default_factory=list)
    dids: list = field(default_factory=list)
    customers: list = field(default_factory=list)
    autoplay: dict = field(default_factory=dict)
    odoo_url: str = ""
    shop_url: str = ""
    shop: dict = field(default_factory=dict)

    def __post_init__(self):
        """Refuse at once what would only fail in the middle of a call."""
        if self.encoding not in ("hex", "raw"):
            raise ValueError(f"encoding is hex or raw, not {self.encoding!r}")
        if self.content not in ("urlencoded", "multipart"):
            raise ValueError(f"content is urlencoded or multipart: {self.content!r}")
        if self.speed < 0:
            raise ValueError("speed is 0 or more")
        if not self.extensions:
            raise ValueError("the account has no extensions: give at least one")
        self.zone()

    def zone(self) -> tzinfo:
        """The account's time zone: an IANA name, or ``UTC+2`` as the vendor says it."""
        fixed = re.fullmatch(r"UTC(?:([+-])(\d{1,2})(?::(\d\d))?)?", self.tz)
        if fixed:
            sign, hours, minutes = fixed.groups()
            shift = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
            return timezone(-shift if sign == "-" else shift)
        try:
            return ZoneInfo(self.tz)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"unknown time zone {self.tz!r}") from error

    def naive(self, moment: datetime) -> datetime:
        """An aware moment on the account's clock, without its zone."""
        return moment.astimezone(self.zone()).replace(tzinfo=None)

    def local(self, moment: datetime) -> str:
        """An aware moment as the account writes it."""
        return self.naive(moment).strftime("%Y-%m-%d %H:%M:%S")

    def records(self, extension: str) -> bool:
        """Whether talks of that extension are recorded."""
        return self.recorded and extension not in self.unrecorded

    def extension(self, spelled: str) -> Extension | None:
        """The extension meant by ``100``, ``499499-100`` or ``499499*100``."""
        number = re.sub(rf"^{self.pbx_id}[-*]", "", str(spelled).strip())
        return next((ext for ext in self.extensions if ext.number == number), None)

    def customer(self, key: str) -> Customer:
        """The customer of that key; KeyError names those there are."""
        for customer in self.customers:
            if customer.key == key:
                return customer
        known = ", ".join(customer.key for customer in self.customers)
        raise KeyError(f"no customer {key!r}; there are: {known}")

    @classmethod
    def load(cls, path=None, **overrides) -> Settings:
        """Settings of a JSON file (the demonstration's by default).

        ``overrides`` win over the file where they are not None; what the file says
        for other readers is passed over.
        """
        data = json.loads(Path(path or DEMO).read_text(encoding="utf-8"))
        data.update((key, val) for key, val in overrides.items() if val is not None)
        for name, kind in (
            ("extensions", Extension),
            ("dids", Did),
            ("customers", Customer),
        ):
            data[name] = [_only(kind, item) for item in data.get(name, [])]
        data["spelling"] = _only(Spelling, data.get("spelling", {}))
        return _only(cls, data)


def _only(kind, data):
    """``kind`` made of those keys of ``data`` that it has."""
    if isinstance(data, kind):
        return data
    names = {item.name for item in fields(kind)}
    return kind(**{key: value for key, value in data.items() if key in names})
