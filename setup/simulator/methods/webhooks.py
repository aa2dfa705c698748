"""Where the account's events are posted to: two addresses and their switches."""

from __future__ import annotations

from ..faults import ApiError


class Webhooks:
    """``/v1/pbx/callinfo/…`` (calls) and ``/v1/pbx/webhooks/…`` (all else)."""

    ROUTES = (
        ("GET", "/v1/pbx/(callinfo|webhooks)", "show"),
        ("POST", "/v1/pbx/(callinfo|webhooks)/url", "set_url"),
        ("DELETE", "/v1/pbx/(callinfo|webhooks)/url", "delete_url"),
        ("POST", "/v1/pbx/(callinfo)/notifications", "switch"),
        ("POST", "/v1/pbx/(webhooks)/hooks", "switch"),
    )

    def __init__(self, simulator):
        self.poster = simulator.poster

    def show(self, _request, which):
        """GET /v1/pbx/callinfo and GET /v1/pbx/webhooks"""
        subscription, flags = self._subscription(which)
        return {"url": subscription.url, flags: subscription.flags()}

    def set_url(self, request, which):
        """POST /v1/pbx/…/url: the address must repeat a token first."""
        subscription, _flags = self._subscription(which)
        url = request.params.get("url", "")
        if not isinstance(url, str) or not self.poster.echo(url):
            raise ApiError("The url does not answer the zd_echo request")
        subscription.url = url
        return {"url": url}

    def delete_url(self, _request, which):
        """DELETE /v1/pbx/…/url"""
        subscription, _flags = self._subscription(which)
        subscription.url = ""
        return {"url": ""}

    def switch(self, request, which):
        """POST /v1/pbx/callinfo/notifications and POST /v1/pbx/webhooks/hooks"""
        subscription, flags = self._subscription(which)
        subscription.set(request.params)
        return {flags: subscription.flags()}

    def _subscription(self, which):
        """The address meant by a path, and what its switches are called."""
        if which == "callinfo":
            return self.poster.calls, "notifications"
        return self.poster.others, "hooks"
