"""The table in which the PBX writes its records; it is only ever read.

The driver of its database is needed only where this is used: ``psycopg2`` or
``PyMySQL``.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Collection
from datetime import datetime

from .config_sections import CdrConfig

TIMEOUT = 10
PORTS = {"postgresql": 5432, "mysql": 3306}
DRIVERS = {"postgresql": "psycopg2", "mysql": "pymysql"}
#: By which rows are found: Asterisk's own name, and FreePBX's.
STARTS = ("calldate", "start")
#: By which rows of one moment are told apart: those of a ring group share their call's
#: id, and what has no order of its own comes in another one at each question.
OTHERS = ("uniqueid", "linkedid", "sequence", "dstchannel", "channel")


class Table:
    """The table, over a connection of its own for each question."""

    def __init__(self, config: CdrConfig):
        self._config = config

    def rows(self, start: datetime, end: datetime, skip: int, limit: int) -> list[dict]:
        """Return the rows of a period in order, by name of the column.

        :param start: and ``end``, as the table has them
        :raises OSError: when it cannot be read, with a sentence for people
        """
        connection = self.connect()
        try:
            with connection.cursor() as cursor:
                question = self.question(self._columns(cursor))
                cursor.execute(question, (start, end, limit, skip))
                names = [column[0] for column in cursor.description]
                return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        except Exception as error:
            raise OSError(self._in_words(error)) from error
        finally:
            connection.close()

    def look(self) -> None:
        """See whether there is a table, with what is needed to ask it.

        :raises OSError: there is none, with a sentence for people
        """
        connection = self.connect()
        try:
            with connection.cursor() as cursor:
                self._columns(cursor)
        except Exception as error:
            raise OSError(self._in_words(error)) from error
        finally:
            connection.close()

    def question(self, columns: Collection[str]) -> str:
        """Return what is asked: for start, end, limit and offset.

        :param columns: of the table, of which one is of `STARTS`
        """
        began = next(self._quote(name) for name in STARTS if name in columns)
        order = [began, *(self._quote(name) for name in OTHERS if name in columns)]
        return (
            f"SELECT * FROM {self._name()} WHERE {began} >= %s AND {began} < %s"
            f" ORDER BY {', '.join(order)} LIMIT %s OFFSET %s"
        )

    def connect(self):
        """Return a connection that cannot write.

        :raises OSError: when there is none to be had, with a sentence for people
        """
        config = self._config
        values = {
            "host": config.host,
            "port": config.port or PORTS[config.engine],
            "user": config.user,
            "password": config.password,
            "connect_timeout": TIMEOUT,
        }
        try:
            driver = importlib.import_module(DRIVERS[config.engine])
        except ImportError as error:
            raise OSError(
                f"The CDR table needs the Python package {DRIVERS[config.engine]}."
            ) from error
        try:
            if config.engine == "mysql":
                connection = driver.connect(
                    database=config.database, read_timeout=TIMEOUT, **values
                )
                with connection.cursor() as cursor:
                    cursor.execute("SET SESSION TRANSACTION READ ONLY")
                return connection
            connection = driver.connect(
                dbname=config.database,
                options=f"-c statement_timeout={TIMEOUT}s",
                **values,
            )
            connection.set_session(readonly=True)
            return connection
        except Exception as error:
            raise OSError(self._in_words(error)) from error

    def _columns(self, cursor):
        cursor.execute(f"SELECT * FROM {self._name()} LIMIT 0")
        names = [column[0] for column in cursor.description]
        if not any(name in names for name in STARTS):
            raise OSError("it has neither a column calldate nor start")
        return names

    def _name(self):
        return ".".join(self._quote(part) for part in self._config.table.split("."))

    def _quote(self, name):
        mark = "`" if self._config.engine == "mysql" else '"'
        return f"{mark}{name}{mark}"

    def _in_words(self, error):
        said = re.sub(r"\s+", " ", str(error))[:200]
        return f"The CDR table {self._config.table} cannot be read: {said}"
