"""The clock of a PBX, by either of its interfaces."""

from email.utils import formatdate

import pytest

from telephony_crm.bridge.clock import PbxClock
from telephony_crm.bridge.errors import Gone
from telephony_crm.bridge.local_clock import LocalClock


class Ari:
    """An ARI whose clock is some seconds ahead."""

    def __init__(self, at):
        self.at = at

    def version_and_date(self):
        return "22.10.0", formatdate(self.at, usegmt=True)


@pytest.fixture
def ours():
    """Our clock, which knows that of Odoo."""
    clock = LocalClock()
    clock.learn(clock.now(), clock.now())
    return clock


def by_ari(ours, ahead):
    return PbxClock(Ari(ours.odoo_now() + ahead), ours, None)


def by_ami(ours, ahead):
    answers = {
        "Ping": {"Ping": "Pong", "Timestamp": f"{ours.odoo_now() + ahead:.6f}"},
        "CoreSettings": {"AsteriskVersion": "22.10.0"},
    }
    return PbxClock(None, ours, answers.__getitem__)


@pytest.mark.parametrize("made", [by_ari, by_ami])
@pytest.mark.parametrize(
    ("ahead", "found"), [(3600, 3600), (-3600, -3600), (0.5, 0), (0, 0)]
)
def test_a_clock_that_is_off_is_seen_by_whichever_way_there_is(
    ours, made, ahead, found
):
    clock = made(ours, ahead)
    clock.look()
    assert abs(clock.ahead - found) <= 1
    assert clock.version == "22.10.0"


@pytest.mark.parametrize("made", [by_ari, by_ami])
def test_until_odoo_has_told_the_time_nobody_knows(made):
    clock = made(LocalClock(), 3600)
    clock.look()
    assert (clock.ahead, clock.version) == (0.0, "22.10.0")


@pytest.mark.parametrize("answer", [{}, {"Timestamp": "soon"}, {"Timestamp": ["1"]}])
def test_an_answer_without_a_time_tells_nothing(ours, answer):
    clock = PbxClock(None, ours, lambda name: answer)
    clock.look()
    assert (clock.ahead, clock.version) == (0.0, "")


def test_a_connection_that_is_gone_tells_nothing(ours):
    def gone(name):
        raise Gone("ami_gone")

    clock = PbxClock(None, ours, gone)
    clock.look()
    assert clock.ahead == 0.0
