"""The REST methods. Shapes of the answers: the vendor's OpenAPI file.

Not imitated: ``format=xml`` (answers are always JSON) and ``predicted`` (the agent is
rung first in any case).
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from . import call_statistics
from .faults import ApiError
from .recordings import Recordings
from .signing import same, sign_request

OUTSIDE = re.compile(r"\+?\d{7,15}")


@dataclass(frozen=True)
class ApiRequest:
    """A request as it arrived; ``base``: scheme and host it was sent to."""

    method: str
    path: str
    params: dict
    authorization: str
    base: str


class Api:
    """Answers the methods of one account."""

    def __init__(self, simulator):
        self.simulator = simulator
        self.settings = simulator.settings
        self.book = simulator.book
        self.recordings = Recordings(self.settings, self.book)

    def authorize(self, request: ApiRequest):
        """Refuse a request whose signature is not this account's."""
        key, _, signature = request.authorization.partition(":")
        right = sign_request(self.settings.secret, request.path, request.params)
        known = same(key.strip(), self.settings.key)
        if not (same(signature.strip(), right) and known):
            raise ApiError("Not authorized", 401)

    def call(self, request: ApiRequest) -> dict:
        """The answer of a method; raises ApiError."""
        path = request.path.rstrip("/")
        for method, pattern, name in ROUTES:
            found = re.fullmatch(pattern, path)
            if found and method == request.method:
                return getattr(self, name)(request, *found.groups())
        raise ApiError("Method not found", 404)

    def balance(self, _request):
        """GET /v1/info/balance"""
        return _success(balance=42.5, currency="EUR")

    def timezone(self, _request):
        """GET /v1/info/timezone"""
        now = datetime.now(self.settings.zone())
        minutes = int(now.utcoffset().total_seconds() // 60)
        sign = "-" if minutes < 0 else "+"
        hours, rest = divmod(abs(minutes), 60)
        zone = f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")
        return _success(
            unixtime=int(now.timestamp()),
            datetime=now.strftime("%Y-%m-%d %H:%M:%S"),
            timezone=zone,
        )

    def extensions(self, _request):
        """GET /v1/pbx/internal"""
        numbers = [int(one.number) for one in self.settings.extensions]
        return _success(pbx_id=self.settings.pbx_id, numbers=numbers)

    def extension_status(self, _request, number):
        """GET /v1/pbx/internal/{pbxsip}/status"""
        self._extension(number)
        return _success(
            pbx_id=self.settings.pbx_id, number=int(number), is_online="true"
        )

    def extension_info(self, _request, number):
        """GET /v1/pbx/internal/{pbxsip}/info"""
        extension = self._extension(number)
        store = "Without recognition" if self.settings.recorded else "false"
        return _success(
            pbx_id=self.settings.pbx_id,
            number=int(number),
            name=extension.name,
            caller_id=self._presented(),
            caller_id_app_change="false",
            caller_id_by_direction="false",
            lines="3",
            ip_restriction="false",
            record_store=store,
            record_email="false",
            supervisor_status=0,
        )

    def direct_numbers(self, _request):
        """GET /v1/direct_numbers"""
        year = timedelta(days=365)
        now = datetime.now(timezone.utc)
        return _success(
            info=[
                {
                    "number": did.number.lstrip("+"),
                    "status": "on",
                    "country": did.country,
                    "description": did.city,
                    "number_name": did.name or None,
                    "sip": f"{self.settings.pbx_id}",
                    "sip_name": None,
                    "start_date": self.settings.local(now - year),
                    "stop_date": self.settings.local(now + year),
                    "monthly_fee": 2,
                    "currency": "EUR",
                    "channels": 3,
                    "minutes": 0,
                    "autorenew": "true",
                    "is_on_test": "false",
                    "type": "common",
                }
                for did in self.settings.dids
            ]
        )

    def callinfo(self, _request):
        """GET /v1/pbx/callinfo"""
        poster = self.simulator.poster
        return _success(url=poster.url, notifications=_flags(poster.switches))

    def set_url(self, request):
        """POST /v1/pbx/callinfo/url: the address must repeat a token first."""
        url = request.params.get("url", "")
        if not self.simulator.poster.echo(url):
            raise ApiError("The url does not answer the zd_echo request")
        self.simulator.poster.url = url
        return _success(url=url)

    def delete_url(self, _request):
        """DELETE /v1/pbx/callinfo/url"""
        self.simulator.poster.url = ""
        return _success(url="")

    def notifications(self, request):
        """POST /v1/pbx/callinfo/notifications"""
        switches = self.simulator.poster.switches
        for name in switches:
            if name in request.params:
                switches[name] = request.params[name] == "true"
        return _success(notifications=_flags(switches))

    def callback(self, request):
        """GET /v1/request/callback: place a call."""
        source, target = request.params.get("from", ""), request.params.get("to", "")
        extension = self.settings.extension(source)
        if not extension and not OUTSIDE.fullmatch(source):
            raise ApiError("Wrong parameter 'from'")
        if not OUTSIDE.fullmatch(target):
            raise ApiError("Wrong parameter 'to'")
        extension = extension or self.settings.extension(request.params.get("sip", ""))
        self.simulator.place(extension, target)
        return {
            "status": "success",
            "from": source,
            "to": target,
            "time": int(time.time()),
        }

    def statistics(self, request):
        """GET /v1/statistics/pbx"""
        try:
            calls = self.book.all()
            return call_statistics.answer(self.settings, calls, request.params)
        except ValueError as error:
            raise ApiError("Wrong parameters") from error

    def record_link(self, request):
        """GET /v1/pbx/record/request"""
        return _success(**self.recordings.links(request.params, request.base))

    def record_delete(self, request):
        """DELETE /v1/pbx/record/request"""
        return _success(**self.recordings.delete(request.params))

    def _extension(self, number):
        extension = self.settings.extension(number)
        if not extension:
            raise ApiError("Extension not found", 404)
        return extension

    def _presented(self):
        dids = self.settings.dids
        return dids[0].number.lstrip("+") if dids else ""


ROUTES = (
    ("GET", "/v1/info/balance", "balance"),
    ("GET", "/v1/info/timezone", "timezone"),
    ("GET", "/v1/pbx/internal", "extensions"),
    ("GET", r"/v1/pbx/internal/(\d+)/status", "extension_status"),
    ("GET", r"/v1/pbx/internal/(\d+)/info", "extension_info"),
    ("GET", "/v1/direct_numbers", "direct_numbers"),
    ("GET", "/v1/pbx/callinfo", "callinfo"),
    ("POST", "/v1/pbx/callinfo/url", "set_url"),
    ("DELETE", "/v1/pbx/callinfo/url", "delete_url"),
    ("POST", "/v1/pbx/callinfo/notifications", "notifications"),
    ("GET", "/v1/request/callback", "callback"),
    ("GET", "/v1/statistics/pbx", "statistics"),
    ("GET", "/v1/pbx/record/request", "record_link"),
    ("DELETE", "/v1/pbx/record/request", "record_delete"),
)


def _success(**values):
    return {"status": "success", **values}


def _flags(switches):
    return {name: "true" if on else "false" for name, on in switches.items()}
