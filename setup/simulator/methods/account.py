"""What the account has: balance, time zone, extensions, numbers."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from ..faults import ApiError

STORES = {"on": True, "on_store": True, "off": False, "off_store": False}
MAILS = ("on_email", "off_email")


class Account:
    """``/v1/info/…``, ``/v1/pbx/internal/…`` and ``/v1/direct_numbers``."""

    ROUTES = (
        ("GET", "/v1/info/balance", "balance"),
        ("GET", "/v1/info/timezone", "timezone"),
        ("GET", "/v1/pbx/internal", "extensions"),
        ("GET", r"/v1/pbx/internal/(\d+)/status", "extension_status"),
        ("GET", r"/v1/pbx/internal/(\d+)/info", "extension_info"),
        ("PUT", "/v1/pbx/internal/recording", "set_recording"),
        ("GET", "/v1/direct_numbers", "direct_numbers"),
    )

    def __init__(self, simulator):
        self.settings = simulator.settings

    def balance(self, _request):
        """GET /v1/info/balance"""
        return {"balance": 42.5, "currency": "EUR"}

    def timezone(self, _request):
        """GET /v1/info/timezone"""
        now = datetime.now(self.settings.zone())
        minutes = int(now.utcoffset().total_seconds() // 60)
        sign = "-" if minutes < 0 else "+"
        hours, rest = divmod(abs(minutes), 60)
        return {
            "unixtime": int(now.timestamp()),
            "datetime": now.strftime("%Y-%m-%d %H:%M:%S"),
            "timezone": f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else ""),
        }

    def extensions(self, _request):
        """GET /v1/pbx/internal"""
        numbers = [int(one.number) for one in self.settings.extensions]
        return {"pbx_id": self.settings.pbx_id, "numbers": numbers}

    def extension_status(self, _request, number):
        """GET /v1/pbx/internal/{pbxsip}/status"""
        self._extension(number)
        return {
            "pbx_id": self.settings.pbx_id,
            "number": int(number),
            "is_online": "true",
        }

    def extension_info(self, _request, number):
        """GET /v1/pbx/internal/{pbxsip}/info"""
        extension = self._extension(number)
        dids = self.settings.dids
        stored = self.settings.records(extension.number)
        return {
            "pbx_id": self.settings.pbx_id,
            "number": int(number),
            "name": extension.name,
            "caller_id": dids[0].number.lstrip("+") if dids else "",
            "caller_id_app_change": "false",
            "caller_id_by_direction": "false",
            "lines": "3",
            "ip_restriction": "false",
            "record_store": "Without recognition" if stored else "false",
            "record_email": "false",
            "supervisor_status": 0,
        }

    def set_recording(self, request):
        """PUT /v1/pbx/internal/recording"""
        extension = self._extension(request.params.get("id", ""))
        status = request.params.get("status", "")
        if status in STORES:
            forget = self.settings.unrecorded
            (forget.discard if STORES[status] else forget.add)(extension.number)
        elif status not in MAILS:
            raise ApiError("Wrong parameter 'status'")
        answer = {
            "internal_number": int(extension.number),
            "recording": "on" if self.settings.records(extension.number) else "off",
        }
        for name in ("email", "speech_recognition"):
            if name in request.params:
                answer[name] = request.params[name]
        return answer

    def direct_numbers(self, _request):
        """GET /v1/direct_numbers"""
        return {"info": [self._number(did) for did in self.settings.dids]}

    def _number(self, did):
        year = timedelta(days=365)
        now = datetime.now(timezone.utc)
        return {
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

    def _extension(self, number):
        extension = self.settings.extension(number)
        if not extension:
            raise ApiError("Extension not found", 404)
        return extension
