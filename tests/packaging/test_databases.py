"""What the commands do to the databases of a PostgreSQL of one's own."""

import os
import shutil

import pytest

from setup.lib import paths
from setup.lib.console import Failure
from setup.lib.database import Databases
from setup.lib.prepare import ground


@pytest.fixture
def databases(monkeypatch):
    """The real server, reached as a person names one of their own."""
    with ground() as ours:
        for name, value in ours.server.environment.items():
            monkeypatch.setenv(name, value)
        found = Databases(ours.odoo, ours.server)
        yield found
        shutil.rmtree(found.data, ignore_errors=True)


@pytest.fixture
def name(databases):
    name = f"telephony_test_{os.getpid()}_theirs"
    yield name
    databases.drop(name)


def test_a_database_of_somebody_else_is_never_replaced(databases, name):
    assert databases.data.name != "data"  # a folder of attachments for this server
    databases.server.sql(f'CREATE DATABASE "{name}"')
    databases.server.sql("CREATE TABLE precious AS SELECT 42 AS value", name)
    with pytest.raises(Failure, match="not made from here"):
        databases.copy("template0", name)
    assert databases.server.sql("SELECT value FROM precious", name) == ["42"]


def test_a_database_that_was_made_here_is_made_anew(databases, name):
    databases.copy("template0", name)
    databases.server.sql("CREATE TABLE ours AS SELECT 42 AS value", name)
    databases.copy("template0", name)
    assert not databases.server.sql(
        "SELECT 1 FROM pg_tables WHERE tablename = 'ours'", name
    )
    assert (paths.HOME / databases.data / "filestore" / name).is_dir()
