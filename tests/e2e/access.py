"""Ways into a running Odoo: its database, and its models as somebody."""

import json

import psycopg2
import requests


def connect(server, database):
    """Return a connection to a database of ``setup.lib.postgres.Server``."""
    return psycopg2.connect(
        dbname=database,
        host=str(server.host) if server.host else None,
        port=server.port or None,
        user=server.user or None,
        password=server.password or None,
    )


class Query:
    """Ask the database itself: ``query(sql, *params)`` returns all rows."""

    def __init__(self, server, database):
        self.connection = connect(server, database)
        self.connection.autocommit = True

    def __call__(self, sql, *params):
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall() if cursor.description else None

    def close(self):
        """End the connection."""
        self.connection.close()


class Rpc:
    """Call a model as a user: ``rpc(login, model, method, *args, **kwargs)``.

    The password is the login.
    """

    def __init__(self, stack):
        self.stack = stack
        self.sessions = {}

    def __call__(self, login, model, method, *args, **kwargs):
        if login not in self.sessions:
            self.sessions[login] = self._log_in(login)
        body = {
            "params": {"model": model, "method": method, "args": args, "kwargs": kwargs}
        }
        answer = self.sessions[login].post(
            f"{self.stack.url}/web/dataset/call_kw", json=body, timeout=60
        )
        answer = json.loads(answer.text)
        assert "error" not in answer, answer["error"]["data"]["message"]
        return answer.get("result")  # nothing, where a method returns None

    def _log_in(self, login):
        session = requests.Session()
        who = {"db": self.stack.database, "login": login, "password": login}
        answer = session.post(
            f"{self.stack.url}/web/session/authenticate",
            json={"params": who},
            timeout=60,
        ).json()
        assert answer["result"]["uid"], answer
        return session
