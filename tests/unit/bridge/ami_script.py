"""A PBX as AMI tells of it, written down as a test wants it.

Times are seconds after the call began. What is fed in are mappings with the headers of
Asterisk 22; what comes out is folded as Odoo does.
"""

import json
import random
from datetime import datetime, timezone

from telephony_crm.bridge.tracker import Tracker, TrackerConfig
from telephony_crm.pbx import event_format
from telephony_crm.pbx.call_state import fold

START = 1_768_472_100.0
CUSTOMER = "447700900123"
DID = "442037691881"
#: When all of it has been sent; a PBX may be heard of much later.
LATER = datetime(2100, 1, 1)
STATES = {"Down": 0, "Ring": 4, "Ringing": 5, "Up": 6}


def clock(seconds):
    """Return the naive UTC time so many seconds after the call began."""
    found = datetime.fromtimestamp(START + seconds, timezone.utc)
    return found.replace(tzinfo=None)


class Pbx:
    """Writes the stream of a PBX; ``stream`` has what was said, with its times."""

    def __init__(self):
        self.stream = []
        self.now = 0.0
        self.headers = {}
        self.count = 0

    def say(self, event, **headers):
        message = {"Event": event, **headers}
        self.stream.append((START + self.now, message))
        return message

    def at(self, seconds):
        self.now = float(seconds)
        return self

    def _of(self, channel, prefix=""):
        return {f"{prefix}{name}": v for name, v in self.headers[channel].items()}

    def new(self, channel, state="Down", by="", ref="", **headers):
        """A channel appears; ``by`` is the one on whose behalf."""
        self.count += 1
        ref = ref or f"{int(START)}.{self.count}"
        linkedid = self.headers[by]["Linkedid"] if by else ref
        self.headers[channel] = {
            "Channel": channel,
            "ChannelState": str(STATES[state]),
            "ChannelStateDesc": state,
            "CallerIDNum": "<unknown>",
            "CallerIDName": "<unknown>",
            "ConnectedLineNum": "<unknown>",
            "ConnectedLineName": "<unknown>",
            "Language": "en",
            "AccountCode": "",
            "Context": "from-trunk",
            "Exten": "s",
            "Priority": "1",
            "Uniqueid": ref,
            "Linkedid": linkedid,
            **headers,
        }
        self.say("Newchannel", **self._of(channel))
        return self

    def incoming(self, channel="PJSIP/trunk-00000001", number=CUSTOMER, did=DID):
        return self.new(channel, "Ring", CallerIDNum=number, Exten=did)

    def state(self, channel, state):
        self.headers[channel] |= {
            "ChannelState": str(STATES[state]),
            "ChannelStateDesc": state,
        }
        self.say("Newstate", **self._of(channel))
        return self

    def dial(self, caller, channel, string="", new=True):
        """A channel rings another."""
        if new:
            self.new(channel, by=caller)
        own = self._of(caller) if caller else {}
        string = string or channel.partition("/")[2].rpartition("-")[0]
        self.say("DialBegin", **own, **self._of(channel, "Dest"), DialString=string)
        return self

    def dialled(self, caller, channel, status):
        own = self._of(caller) if caller else {}
        self.say("DialEnd", **own, **self._of(channel, "Dest"), DialStatus=status)
        return self

    def pick_up(self, caller, channel):
        return self.state(channel, "Up").dialled(caller, channel, "ANSWER")

    def enter(self, bridge, *channels, technology="simple_bridge"):
        for channel in channels:
            self.say(
                "BridgeEnter",
                BridgeUniqueid=bridge,
                BridgeType="basic",
                BridgeTechnology=technology,
                **self._of(channel),
            )
        return self

    def leave(self, bridge, *channels):
        for channel in channels:
            self.say("BridgeLeave", BridgeUniqueid=bridge, **self._of(channel))
        return self

    def hang_up(self, *channels, cause=16):
        for channel in channels:
            self.say("Hangup", **self._of(channel), Cause=str(cause))
        return self

    def about(self, event, channel, **headers):
        self.say(event, **{**self._of(channel), **headers})
        return self


def track(stream, config=None, restart=False):
    """Return the tracker after a stream, all its events and what it has stored.

    :param restart: begin anew from what is stored after every message
    """
    config = config or TrackerConfig()
    tracker, events, stored = Tracker(config), [], {}
    for at, message in stream:
        output = tracker.feed(message, at)
        events += output.events
        keep(stored, output)
        if restart:
            tracker = Tracker(config, {k: json.loads(v) for k, v in stored.items()})
    return tracker, events, stored


def keep(stored, output):
    """Store what a tracker wants stored, as JSON."""
    for ref, state in output.changed.items():
        if state is None:
            stored.pop(ref, None)
        else:
            stored[ref] = json.dumps(state)


def calls(events):
    """Return the calls that events fold to, those left out that went into others."""
    chance = random.Random(len(events))
    by_call, merged, seen = {}, set(), {}
    for found in events:
        assert seen.setdefault(found["id"], found) == found
        event = event_format.to_event(found, LATER)
        by_call.setdefault(event.call_ref, []).append(event)
        if found["event"] == "merged":
            merged.add(event.call_ref)
    folded = {}
    for ref, told in by_call.items():
        call = fold(told)
        again = chance.sample(told, len(told)) + chance.choices(told, k=2)
        assert fold(again) == call
        if ref not in merged:
            folded[ref] = call
    return folded


def call_of(pbx, **options):
    """Return the only call of a script."""
    tracker, events, stored = track(pbx.stream, **options)
    (call,) = calls(events).values()
    return call


def legs(call):
    """Return what became of each leg, by extension or number."""
    return {
        leg.extension or leg.number or leg.kind.value: (leg.disposition or leg.state)
        for leg in call.legs
    }


def leg(call, who):
    """Return the only leg of an extension or a number."""
    (found,) = [leg for leg in call.legs if who in (leg.extension, leg.number)]
    return found
