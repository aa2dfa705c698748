"""When AMI says nothing of calls that ARI tells of, somebody notices."""

import pytest

from telephony_crm.bridge import watchman as module
from telephony_crm.bridge.watchman import Watchman


class Clock:
    now = 1000.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    found = Clock()
    monkeypatch.setattr(module, "time", found)
    return found


@pytest.fixture
def mended():
    return []


@pytest.fixture
def watchman(clock, mended):
    return Watchman(lambda: mended.append(clock.now))


def created(ref, name="PJSIP/trunk-1"):
    return {"type": "ChannelCreated", "channel": {"id": ref, "name": name}}


def test_as_long_as_both_tell_of_channels_all_is_well(watchman, clock, mended):
    for number in range(50):
        ari, ami = (created(str(number)), {"Event": "Newchannel"})
        ami["Uniqueid"] = str(number)
        if number % 2:
            watchman.see(ari)
            watchman.watch(ami, 0.0)
        else:
            watchman.watch(ami, 0.0)
            watchman.see(ari)
        clock.now += 30
        watchman.look()
    assert (mended, watchman.is_deaf) == ([], False)


def test_an_ami_that_says_nothing_is_connected_anew_now_and_then(
    watchman, clock, mended
):
    for number in range(8):  # a call every 20 seconds
        watchman.see(created(str(number)))
        clock.now += 11
        watchman.look()
        clock.now += 9
    assert len(mended) == 2
    assert watchman.is_deaf
    watchman.watch({"Event": "DialBegin", "Uniqueid": "9"}, 0.0)
    assert watchman.is_deaf
    watchman.watch({"Event": "Newchannel", "Uniqueid": "9"}, 0.0)
    clock.now += 100
    watchman.look()
    assert not watchman.is_deaf
    assert len(mended) == 2


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": "ChannelCreated"},
        {"type": "ChannelCreated", "channel": 7},
        {"type": "ChannelDestroyed", "channel": {"id": "1", "name": "PJSIP/1-1"}},
        created("1", "Message/ast_msg_queue"),
        created("1", "Recorder/ARI-1;1"),
    ],
)
def test_what_is_no_channel_of_a_call_is_not_missed(watchman, clock, mended, event):
    watchman.see(event)
    clock.now += 100
    watchman.look()
    assert mended == []
