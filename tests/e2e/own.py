"""An Odoo of a module's own, for tests that connect a PBX of their own.

A module that imports these fixtures has them in the place of the shared ones, whose
database other tests fill with their calls, contacts and PBXs.
"""

import os

import pytest

from setup.lib.stack import Stack

from .access import Query
from .conftest import CONNECT

__all__ = ["database", "query", "stack"]


@pytest.fixture(scope="module")
def database(request, databases, bare):
    name = f"telephony_test_{os.getpid()}_{request.module.__name__.rpartition('.')[2]}"
    databases.copy(bare, name)
    databases.shell(name, CONNECT, "the PBX of the tests could not be made")
    yield name
    databases.drop(name)


@pytest.fixture(scope="module")
def stack(request, databases, database):
    options = getattr(request.module, "OPTIONS", ())
    with Stack(databases, database, workers=2, options=options) as running:
        yield running


@pytest.fixture(scope="module")
def query(databases, database):
    asking = Query(databases.server, database)
    yield asking
    asking.close()
