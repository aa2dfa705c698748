"""Records that AMI should tell of calls, and does not."""

import pytest

from telephony_crm.bridge.cdr_silence import CALLS, PATIENCE, CdrSilence


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def end(watched, ref="1.1", **other):
    message = {"Event": "Hangup", "Uniqueid": ref, "Linkedid": ref, "ChannelState": "6"}
    watched.watch(message | other, 0.0)


def ended(clock, calls=CALLS, is_needed=True, **other):
    watched = CdrSilence(is_needed, clock)
    for number in range(calls):
        end(watched, **{"ref": f"1.{number}", **other})
    return watched


def test_calls_without_any_record_are_said_with_what_to_change(clock):
    watched = ended(clock)
    assert not watched.in_words("odoo"), "records may come in batches"
    clock.now = PATIENCE + 1
    words = watched.in_words("odoo")
    assert "cdr_manager.conf" in words and "[odoo] needs cdr" in words


def test_a_record_is_enough_to_say_nothing(clock):
    watched = ended(clock)
    clock.now = PATIENCE + 1
    watched.watch({"Event": "Cdr"}, 0.0)
    assert not watched.in_words("odoo")
    end(watched)
    end(watched)
    end(watched)
    assert not watched.in_words("odoo"), "the patience begins anew"


@pytest.mark.parametrize(
    "case",
    [
        {"calls": CALLS - 1},
        {"is_needed": False},
        {"ChannelState": "5"},
        {"Linkedid": "0.9"},
        {"ref": "odoo-spy-1"},
    ],
)
def test_what_has_no_record_by_itself_is_no_call_without_one(clock, case):
    watched = ended(clock, **case)
    clock.now = PATIENCE + 1
    assert not watched.in_words("odoo")
