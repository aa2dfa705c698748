"""The PBX's own table of records, in a real MariaDB as FreePBX has it."""

import os
import re
from datetime import datetime, timedelta

import pymysql
import pytest

from setup import mariadb
from setup.lib import paths
from setup.lib.process import HOST

from ..addon import import_bridge
from ..fetched import fetched

cdr, cdr_table, sections, outbox, tracker_config = import_bridge(
    "cdr", "cdr_table", "config_sections", "outbox", "tracker_config"
)

ETC = paths.ROOT / "setup/asterisk/etc"
SECRET = "Tell-Nobody-3"
READER, WRITER = f"'reader'@'{HOST}'", f"'writer'@'{HOST}'"
SETUP = f"""
CREATE DATABASE asteriskcdrdb;
USE asteriskcdrdb;
{{table}}
CREATE USER {READER} IDENTIFIED BY '{SECRET}';
GRANT SELECT ON asteriskcdrdb.cdr TO {READER};
CREATE USER {WRITER} IDENTIFIED BY '{SECRET}';
GRANT ALL ON asteriskcdrdb.* TO {WRITER};
"""
COLUMNS = (
    "calldate, clid, src, dst, channel, dstchannel, duration, billsec, disposition, "
    "uniqueid, linkedid, did, recordingfile, sequence"
)
# In summer, three hours ahead of UTC.
ZONE, BEGAN = "Europe/Kyiv", datetime(2026, 7, 15, 9, 0)
MANY = 20_000


def row(number, minutes):
    """Return a row of a call that began so many minutes after the first."""
    return (
        BEGAN + timedelta(minutes=minutes),
        f'"Оксана №{number} O\'Hara" <+442079460017>',
        "+442079460017",
        "100",
        f"PJSIP/trunk-{number:08x}",
        f"PJSIP/alice-{number:08x}",
        35,
        30,
        "ANSWERED",
        f"1784095200.{number}",
        f"1784095200.{number}",
        "+442037691880",
        f"in-{number}.wav",
        number,
    )


#: One before the hour that is asked for, two at its first moment, one after it.
ROWS = [
    row(0, -1),
    row(2, 0),
    row(1, 0),
    *(row(n, n) for n in range(3, 60)),
    row(60, 60),
]


@pytest.fixture(scope="module")
def server():
    table = re.sub(r"--.*", "", (ETC / "cdr_mysql.sql").read_text())
    setup = SETUP.format(table=" ".join(table.split()))
    fetched("mariadb", mariadb.prepare)
    # Whatever time it is for the server, the table has that of the PBX.
    with mariadb.MariaDB(setup, "--default-time-zone=+09:00") as running:
        fill(running)
        yield running


def fill(server):
    """Write the rows of these tests, and very many of other days."""
    others = (row(n, 1440 + n) for n in range(100, MANY))
    marks = ", ".join(["%s"] * len(ROWS[0]))
    with login(server) as connection, connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO cdr ({COLUMNS}) VALUES ({marks})", [*ROWS, *others]
        )
        cursor.execute("ANALYZE TABLE cdr")
        connection.commit()


def login(server):
    return pymysql.connect(
        host=HOST,
        port=server.port,
        user="writer",
        password=SECRET,
        database="asteriskcdrdb",
    )


def table_of(server, user="reader", **more):
    values = {"user": user, "password": SECRET, "host": HOST, "port": server.port}
    return cdr_table.Table(sections.CdrConfig(engine="mysql", **values | more))


@pytest.fixture
def read(tmp_path):
    """Return what reads a table as Odoo has it read."""
    found = outbox.Outbox(tmp_path / "outbox.sqlite")
    settings = tracker_config.TrackerConfig(devices={"PJSIP/alice": "100"})

    def read(table, skip=0, limit=1000):
        records = cdr.Cdr(found, settings, table, ZONE)
        start = BEGAN - timedelta(hours=3)
        return records.rows(start, start + timedelta(hours=1), skip, limit)

    yield read
    found.close()


@pytest.fixture
def postgresql(databases):
    """The same rows in PostgreSQL."""
    name = f"telephony_test_{os.getpid()}_cdrs"
    server = databases.server
    server.sql(f'CREATE DATABASE "{name}"')
    try:
        server.sql((ETC / "cdr.sql").read_text(), name)
        for one in ROWS:
            values = ", ".join("'" + str(v).replace("'", "''") + "'" for v in one)
            server.sql(f"INSERT INTO cdr ({COLUMNS}) VALUES ({values})", name)
        values = {"host": server.host, "user": server.user, "password": server.password}
        yield cdr_table.Table(
            sections.CdrConfig(
                engine="postgresql", port=int(server.port or 0), database=name, **values
            )
        )
    finally:
        server.sql(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_a_user_who_may_only_read_gets_the_rows_of_a_period_in_utc(server, read):
    rows = read(table_of(server))
    assert [one["uniqueid"] for one in rows] == [
        f"1784095200.{n}" for n in range(1, 60)
    ]
    first = rows[0]
    assert first["calldate"] == "2026-07-15T06:00:00Z"
    assert first["clid"] == '"Оксана №1 O\'Hara" <+442079460017>'
    assert (first["billsec"], first["dstchannel_extension"]) == ("30", "100")


def test_pages_hold_each_row_once_and_in_order(server, read):
    table = table_of(server)
    pages = [read(table, skip, 10) for skip in range(0, 70, 10)]
    assert [one for page in pages for one in page] == read(table)
    assert [len(page) for page in pages] == [10, 10, 10, 10, 10, 9, 0]


def test_rows_of_one_moment_are_in_one_page_each(server):
    """A ring group has as many rows of one call and moment as telephones."""
    at = 2 * MANY  # minutes: of a day of their own
    group = [
        (*row(1, at)[:5], f"PJSIP/phone-{number:08x}", *row(1, at)[6:-1], number % 3)
        for number in range(300)
    ]
    marks = ", ".join(["%s"] * len(group[0]))
    with login(server) as connection, connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO cdr ({COLUMNS}) VALUES ({marks})", group)
        connection.commit()
    start, table = BEGAN + timedelta(minutes=at), table_of(server)
    read = [
        one["dstchannel"]
        for skip in range(0, 300, 7)
        for one in table.rows(start, start + timedelta(minutes=1), skip, 7)
    ]
    assert sorted(read) == sorted(one[5] for one in group)


def test_it_is_what_postgresql_gives(server, read, postgresql):
    assert read(table_of(server)) == read(postgresql)


def test_rows_are_found_by_the_index_of_their_time(server):
    table = table_of(server, "writer")
    connection = table.connect()
    with connection.cursor(pymysql.cursors.DictCursor) as cursor:
        end = BEGAN + timedelta(hours=1)
        asked = table.question(COLUMNS.split(", ")), (BEGAN, end, 1000, 0)
        cursor.execute(f"EXPLAIN {asked[0]}", asked[1])
        [plan] = cursor.fetchall()
    connection.close()
    assert (plan["key"], plan["type"]) == ("calldate", "range")
    assert int(plan["rows"]) < 200


def test_nothing_is_written_even_by_who_may(server):
    connection = table_of(server, "writer").connect()
    with connection.cursor() as cursor:
        for statement in (
            "DELETE FROM cdr",
            "DROP TABLE cdr",
            "CREATE TABLE x (y int)",
        ):
            with pytest.raises(pymysql.err.MySQLError, match="READ ONLY"):
                cursor.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"password": "wrong"}, "Access denied for user 'reader'"),
        ({"port": 1}, "Can't connect"),
        ({"table": "other"}, "other"),
        ({"database": "nothing"}, "nothing"),
    ],
)
def test_what_is_wrong_is_said_without_the_secret(server, read, changed, words):
    with pytest.raises(OSError, match="cannot be read") as caught:
        read(table_of(server, **changed))
    assert words in str(caught.value)
    assert SECRET not in str(caught.value)
