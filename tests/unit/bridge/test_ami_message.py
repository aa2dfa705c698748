"""AMI as bytes: nothing that a PBX sends upsets who reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony_crm.bridge import ami_message
from telephony_crm.bridge.ami_message import MAX_LINE, MAX_MESSAGE, Parser

STREAM = (
    b"Asterisk: no message\r\nEvent: Newchannel\r\nChannel: PJSIP/100-1\r\n"
    b"CallerIDName: a: b\r\n\r\nResponse: Success\r\nActionID: 7\r\n\r\n"
    b"Event: UserEvent\r\nValue:\r\nVariable: x\r\nChanVariable: a=1\r\n"
    b"ChanVariable: b=2\r\n\r\n"
)
MESSAGES = [
    {
        "Asterisk": "no message",
        "Event": "Newchannel",
        "Channel": "PJSIP/100-1",
        "CallerIDName": "a: b",
    },
    {"Response": "Success", "ActionID": "7"},
    {
        "Event": "UserEvent",
        "Value": "",
        "Variable": "x",
        "ChanVariable": ["a=1", "b=2"],
    },
]


def read(*pieces):
    parser = Parser()
    return [message for piece in pieces for message in parser.feed(piece)], parser


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_messages_are_the_same_however_the_stream_is_cut(cuts):
    places = [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[one:two] for one, two in zip(places, places[1:], strict=False)]
    assert read(*pieces)[0] == MESSAGES


@given(st.lists(st.binary(max_size=300)))
def test_garbage_makes_nothing_but_text(pieces):
    messages, _parser = read(*pieces, b"\r\n\r\nEvent: Last\r\n\r\n")
    assert messages[-1]["Event"] == "Last"
    for message in messages:
        for name, value in message.items():
            values = value if isinstance(value, list) else [value]
            assert all(isinstance(one, str) for one in [name, *values])


@pytest.mark.parametrize("line", [b"x" * 10_000_000, b"Data: " + b"x" * 10_000_000])
def test_a_line_of_ten_megabytes_is_skipped_with_its_message(line):
    stream = b"Event: Huge\r\n" + line + b"\r\nMore: 1\r\n\r\n" + STREAM
    pieces = [stream[at : at + 65_536] for at in range(0, len(stream), 65_536)]
    parser, found = Parser(), []
    for piece in pieces:
        found += parser.feed(piece)
        assert len(parser._rest) <= MAX_LINE
    assert (found, parser.dirt) == (MESSAGES, 1)


def test_a_message_of_endless_lines_is_skipped():
    header = b"Variable: " + b"x" * 1000 + b"\r\n"
    count = MAX_MESSAGE // len(header) + 10
    messages, parser = read(b"Event: Huge\r\n" + header * count, b"\r\n" + STREAM)
    assert (messages, parser.dirt) == (MESSAGES, 1)


def test_bytes_that_are_no_text_become_text():
    messages, _parser = read(b"Event: Hangup\r\nCause-txt: \xff\xfe\r\n\r\n")
    assert messages == [{"Event": "Hangup", "Cause-txt": "\ufffd\ufffd"}]


@pytest.mark.parametrize("dirt", ["\r\nAction: Hangup", "\n", "a\rb", "\0"])
def test_a_value_cannot_begin_another_header(dirt):
    with pytest.raises(ValueError, match="line breaks"):
        ami_message.action("Originate", {"Channel": f"PJSIP/100{dirt}"})
    with pytest.raises(ValueError, match="header"):
        ami_message.action("Originate", {f"Channel{dirt}": "PJSIP/100"})
    with pytest.raises(ValueError):
        ami_message.action(f"Originate{dirt}", {})


def test_an_action_is_written_as_asterisk_reads_it():
    data = ami_message.action("Originate", {"Variable": ["a=1", "b=2"], "Exten": "5"})
    assert data == (
        b"Action: Originate\r\nVariable: a=1\r\nVariable: b=2\r\nExten: 5\r\n\r\n"
    )
    assert read(data)[0] == [read(ami_message.as_text(read(data)[0][0]).encode())[0][0]]


def test_what_says_nothing_of_calls_is_left_out_and_is_no_dirt():
    messages, parser = read(
        b"Event: VarSet\r\nVariable: x\r\n\r\nEvent: RTCPSent\r\n\r\n" + STREAM
    )
    assert (messages, parser.dirt) == (MESSAGES, 0)
