"""The REST side: who asks, and which method answers.

Not imitated: ``format=xml`` (answers are always JSON) and ``predicted`` (the agent is
rung first in any case).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .faults import ApiError
from .methods import GROUPS
from .signing import same, sign_request


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
        self.settings = simulator.settings
        self.routes = [
            (verb, re.compile(pattern), getattr(group, name))
            for group in (kind(simulator) for kind in GROUPS)
            for verb, pattern, name in group.ROUTES
        ]

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
        for verb, pattern, method in self.routes:
            found = pattern.fullmatch(path)
            if found and verb == request.method:
                return {"status": "success", **method(request, *found.groups())}
        raise ApiError("Method not found", 404)
