"""A user's session, speaking to Odoo as its web client does."""

import http.client
import itertools
import json
import time
from urllib.parse import urlsplit

LIMIT = 80  # of a list's page
COUNT_LIMIT = 10_001  # from there on the web client shows "10000+"


class Session:
    """Logged in at ``url``."""

    def __init__(self, url, database, login, password):
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
        self.cookie = ""
        self.serial = itertools.count()
        about = self.post(
            "/web/session/authenticate", db=database, login=login, password=password
        )
        self.uid = about["uid"]
        self.context = about["user_context"]

    @property
    def session_id(self):
        """The cookie's value."""
        return self.cookie.partition("=")[2]

    def post(self, path, **params):
        """The result of one JSON-RPC request.

        :raises RuntimeError: with the server's words
        """
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        headers = {"Content-Type": "application/json", "Cookie": self.cookie}
        body = json.dumps(body | {"id": next(self.serial)}).encode()
        self.connection.request("POST", path, body, headers)
        response = self.connection.getresponse()
        answer = json.loads(response.read())
        for name, value in response.getheaders():
            if name.lower() == "set-cookie" and value.startswith("session_id="):
                self.cookie = value.partition(";")[0]
        if "error" in answer:
            raise RuntimeError(f"{path}: {answer['error']['data']['message']}")
        return answer["result"]

    def call(self, model, method, *args, **kwargs):
        """Call a model's method."""
        kwargs.setdefault("context", self.context)
        return self.post(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=list(args),
            kwargs=kwargs,
        )


class ListView:
    """The list of a model as the web client asks for it."""

    def __init__(self, session, model):
        self.session = session
        self.model = model
        views = session.call(model, "get_views", [[False, "list"]])
        fields = views["models"][model]["fields"]
        arch = views["views"]["list"]["arch"]
        self.specification = {
            name: self._specification(fields[name]["type"])
            for name in _field_names(arch)
        }

    @staticmethod
    def _specification(kind):
        return {"fields": {"display_name": {}}} if kind == "many2one" else {}

    def read(self, domain):
        """The first page and the count; how long it took, and what came."""
        start = time.perf_counter()
        page = self.session.call(
            self.model,
            "web_search_read",
            specification=self.specification,
            offset=0,
            order="",
            limit=LIMIT,
            context={"bin_size": True, **self.session.context},
            count_limit=COUNT_LIMIT,
            domain=domain,
        )
        return time.perf_counter() - start, page


def _field_names(arch):
    """The names of a list's columns."""
    from lxml import etree

    return dict.fromkeys(
        node.get("name") for node in etree.fromstring(arch).iter("field")
    )
