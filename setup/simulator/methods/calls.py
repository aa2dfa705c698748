"""Calls: placing one, statistics, recordings."""

from __future__ import annotations

import re
import time

from ..call_statistics import Statistics
from ..faults import ApiError

OUTSIDE = re.compile(r"\+?\d{7,15}")


class Calls:
    """``/v1/request/callback``, ``/v1/statistics/…`` and ``/v1/pbx/record/request``."""

    ROUTES = (
        ("GET", "/v1/request/callback", "callback"),
        ("GET", "/v1/statistics", "overall"),
        ("GET", "/v1/statistics/pbx", "legs"),
        ("GET", "/v1/statistics/incoming-calls", "incoming"),
        ("GET", "/v1/statistics/callback_widget", "widget"),
        ("GET", "/v1/pbx/record/request", "record_link"),
        ("DELETE", "/v1/pbx/record/request", "record_delete"),
    )

    def __init__(self, simulator):
        self.simulator = simulator
        self.settings = simulator.settings
        self.statistics = Statistics(simulator.settings, simulator.book)
        self.recordings = simulator.recordings

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
        return {"from": source, "to": target, "time": int(time.time())}

    def overall(self, request):
        """GET /v1/statistics: what went out and costs something."""
        return self._statistics(self.statistics.overall, request)

    def legs(self, request):
        """GET /v1/statistics/pbx: a row for each leg."""
        return self._statistics(self.statistics.legs, request)

    def incoming(self, request):
        """GET /v1/statistics/incoming-calls: a row for each call."""
        return self._statistics(self.statistics.incoming, request)

    def widget(self, request):
        """GET /v1/statistics/callback_widget: nobody used one."""
        return self._statistics(self.statistics.widget, request)

    def record_link(self, request):
        """GET /v1/pbx/record/request"""
        return self.recordings.links(request.params, request.base)

    def record_delete(self, request):
        """DELETE /v1/pbx/record/request"""
        return self.recordings.delete(request.params)

    def _statistics(self, method, request):
        try:
            return method(request.params)
        except (TypeError, ValueError) as error:
            raise ApiError("Wrong parameters") from error
