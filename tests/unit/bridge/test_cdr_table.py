"""What the table of call records is asked: the SQL of both kinds, really carried out.

The drivers are stood in for by SQLite, which knows the marks of both; what only the
database itself knows, the sessions that cannot write, is noted and not carried out.
"""

import sqlite3
import sys
from datetime import datetime
from types import SimpleNamespace

import pytest

from telephony_crm.bridge.cdr_table import Table
from telephony_crm.bridge.config_sections import CdrConfig

READ_ONLY = "SET SESSION TRANSACTION READ ONLY"
START, END = datetime(2026, 1, 15, 10), datetime(2026, 1, 15, 11)


class Cursor:
    def __init__(self, driver):
        self._driver = driver
        self._cursor = driver.database.cursor()

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self._cursor.close()

    def execute(self, sql, values=()):
        self._driver.asked.append(sql)
        if sql != READ_ONLY:
            values = [v if isinstance(v, int) else str(v) for v in values]
            self._cursor.execute(sql.replace("%s", "?"), values)
        self.description, self.fetchall = (
            self._cursor.description,
            self._cursor.fetchall,
        )


class Driver:
    """A module as ``pymysql`` and ``psycopg2`` are, with one table."""

    def __init__(self, column):
        self.asked, self.settings, self.session, self.closed = [], {}, {}, 0
        self.database = sqlite3.connect(":memory:")
        self.database.execute(f"CREATE TABLE cdr ({column} TEXT, uniqueid TEXT)")
        self.database.executemany(
            "INSERT INTO cdr VALUES (?, ?)",
            [(f"2026-01-15 {at}", ref) for ref, at in ROWS.items()],
        )

    def connect(self, **settings):
        self.settings = settings
        return SimpleNamespace(
            cursor=lambda: Cursor(self),
            set_session=lambda **session: self.session.update(session),
            close=self._close,
        )

    def _close(self):
        self.closed += 1


ROWS = {
    "1.0": "09:59:59",
    "1.2": "10:30:00",
    "1.1": "10:00:00",
    "1.3": "10:30:00",
    "1.4": "11:00:00",
}


@pytest.fixture(params=[("mysql", "calldate"), ("postgresql", "start")])
def engine(request):
    return request.param


@pytest.fixture
def driver(engine, monkeypatch):
    name, column = engine
    driver = Driver(column)
    monkeypatch.setitem(
        sys.modules, {"mysql": "pymysql", "postgresql": "psycopg2"}[name], driver
    )
    return driver


@pytest.fixture
def table(engine, driver):
    config = CdrConfig(engine=engine[0], user="odoo", password="p", database="calls")
    return Table(config)


def test_the_rows_of_a_period_come_in_order_and_page_by_page(table, driver):
    def refs(skip, limit):
        return [row["uniqueid"] for row in table.rows(START, END, skip, limit)]

    assert refs(0, 10) == ["1.1", "1.2", "1.3"]
    assert refs(0, 2) + refs(2, 2) == ["1.1", "1.2", "1.3"]
    assert driver.closed == 3


def test_rows_of_one_moment_come_once_however_the_database_turns_them(driver, table):
    """A ring group has as many rows of one call and moment as telephones."""
    database = driver.database
    began = database.execute("SELECT * FROM cdr").description[0][0]
    for name in ("linkedid", "sequence", "dstchannel"):
        database.execute(f"ALTER TABLE cdr ADD {name} TEXT")
    told = [
        ("2026-01-15 10:45:00", "2.0", linkedid, sequence, dstchannel)
        for linkedid in ("2.0", "1.9")
        for sequence in ("7", "8")
        for dstchannel in ("PJSIP/b-2", "PJSIP/a-1")
    ]

    def page(skip):
        # Without an order of their own, rows come as they lie.
        database.execute("DELETE FROM cdr")
        told.reverse()
        database.executemany(
            f"INSERT INTO cdr ({began}, uniqueid, linkedid, sequence, dstchannel)"
            " VALUES (?, ?, ?, ?, ?)",
            told,
        )
        return [tuple(row.values()) for row in table.rows(START, END, skip, 1)]

    read = [row for skip in range(len(told) + 1) for row in page(skip)]
    assert read == sorted(told)


def test_names_are_in_the_marks_of_the_database(table, driver, engine):
    table.rows(START, END, 0, 10)
    name, column = engine
    mark = {"mysql": "`", "postgresql": '"'}[name]
    other = {"mysql": '"', "postgresql": "`"}[name]
    asked = driver.asked[-1]
    assert f"FROM {mark}cdr{mark} WHERE {mark}{column}{mark} >= %s" in asked
    assert other not in asked


def test_the_session_cannot_write_and_does_not_wait_for_ever(table, driver, engine):
    table.rows(START, END, 0, 10)
    settings = driver.settings
    assert settings["connect_timeout"] == 10
    assert (settings["user"], settings["password"]) == ("odoo", "p")
    if engine[0] == "mysql":
        assert driver.asked[0] == READ_ONLY
        assert (settings["port"], settings["database"]) == (3306, "calls")
        assert settings["read_timeout"] == 10
    else:
        assert driver.session == {"readonly": True}
        assert (settings["port"], settings["dbname"]) == (5432, "calls")
        assert "statement_timeout=10s" in settings["options"]


def test_a_table_that_is_none_is_named_and_the_connection_closed(table, driver):
    driver.database.execute("ALTER TABLE cdr RENAME TO other")
    with pytest.raises(OSError, match="The CDR table cdr cannot be read: no such"):
        table.rows(START, END, 0, 10)
    assert driver.closed == 1


def test_a_table_of_another_shape_is_named(table, driver, engine):
    driver.database.execute(f"ALTER TABLE cdr RENAME {engine[1]} TO at")
    with pytest.raises(OSError, match="neither a column calldate nor start"):
        table.rows(START, END, 0, 10)


def test_a_look_tells_what_a_question_would(table, driver, engine):
    table.look()
    driver.database.execute(f"ALTER TABLE cdr RENAME {engine[1]} TO at")
    with pytest.raises(OSError, match="neither a column calldate nor start"):
        table.look()
    driver.database.execute("DROP TABLE cdr")
    with pytest.raises(OSError, match="The CDR table cdr cannot be read: no such"):
        table.look()
    assert driver.closed == 3


def test_a_missing_driver_is_named(table, engine, monkeypatch):
    name = {"mysql": "pymysql", "postgresql": "psycopg2"}[engine[0]]
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(OSError, match=f"needs the Python package {name}"):
        table.rows(START, END, 0, 10)
