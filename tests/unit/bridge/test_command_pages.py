"""Pages of records that Odoo asks the bridge for: as short as proxies want them."""

import base64
import json
from datetime import datetime
from types import SimpleNamespace

import pytest

from telephony_crm.bridge.cdr import Cdr
from telephony_crm.bridge.commands import Commands
from telephony_crm.bridge.outbox import Outbox
from telephony_crm.bridge.tracker_config import TrackerConfig
from telephony_crm.pbx import adapter as pbx_adapter
from telephony_crm.pbx.adapter import Account, Credentials

asterisk = pbx_adapter.get("asterisk")
DAY = datetime(2026, 1, 15), datetime(2026, 1, 16)


@pytest.fixture
def outbox(tmp_path):
    found = Outbox(tmp_path / "outbox.sqlite")
    yield found
    found.close()


@pytest.mark.parametrize("length", [1, 80, 300, 5000])
def test_a_page_is_posted_in_less_than_a_megabyte_and_no_row_is_lost(outbox, length):
    long = ("clid", "lastdata", "userfield", "accountcode")
    many = [
        {"calldate": DAY[0], "uniqueid": str(count)} | dict.fromkeys(long, "ü" * length)
        for count in range(2500)
    ]
    table = SimpleNamespace(
        rows=lambda start, end, skip, limit: many[skip : skip + limit]
    )
    cdr = Cdr(outbox, TrackerConfig(), table)
    commands = Commands(None, None, cdr, None, None, None, ())
    read, more = [], True
    while more:
        asked = asterisk.statistics(Credentials(), Account(), *DAY, len(read))
        path = asked.url.removeprefix("bridge:")
        command = {"id": 5, "path": path, "params": asked.params}
        found = commands.carry_out(command, None)
        assert len(json.dumps(found)) < 950_000  # the rest is for the bridge's status
        answer = json.loads(base64.b64decode(found["body"]))
        assert len(answer["rows"]) <= 1000
        read += [row["uniqueid"] for row in answer["rows"]]
        more = asterisk.statistics_more(answer, len(answer["rows"]))
    assert read == [row["uniqueid"] for row in many]
