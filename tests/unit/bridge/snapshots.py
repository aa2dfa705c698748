"""What a PBX answers to CoreShowChannels and BridgeList after a part of a stream."""

PREFIX = ("ChannelState", "CallerIDNum", "Context", "Exten", "Uniqueid", "Linkedid")


class Mirror:
    """Follows a stream as Asterisk itself does, without knowing what a call is."""

    def __init__(self):
        self.channels = {}
        self.bridges = {}

    def hear(self, at, message):
        """Take one event."""
        event = message.get("Event")
        if event == "Newchannel":
            self.channels[message["Channel"]] = {"begun": at, "BridgeId": ""}
        for prefix in ("", "Dest"):
            known = self.channels.get(message.get(f"{prefix}Channel"))
            if known is not None:
                for name in PREFIX:
                    if f"{prefix}{name}" in message:
                        known[name] = message[f"{prefix}{name}"]
        handle = getattr(self, f"_{event}", None)
        if handle:
            handle(message, self.channels.get(message.get("Channel"), {}))

    def _DialBegin(self, message, channel):
        self.channels[message["DestChannel"]]["Application"] = "AppDial"
        if channel.get("Application") != "Queue":
            targets = [channel.get("ApplicationData"), f"PJSIP/{message['DialString']}"]
            channel["Application"] = "Dial"
            channel["ApplicationData"] = "&".join(filter(None, targets))

    def _AgentCalled(self, message, channel):
        self.channels[message["DestChannel"]]["Application"] = "AppQueue"

    def _QueueCallerJoin(self, message, channel):
        channel["Application"] = "Queue"
        channel["ApplicationData"] = f"{message['Queue']},t"

    def _BridgeEnter(self, message, channel):
        channel["BridgeId"] = message["BridgeUniqueid"]
        self.bridges[message["BridgeUniqueid"]] = {
            name: message[name]
            for name in ("BridgeUniqueid", "BridgeType", "BridgeTechnology")
        }

    def _BridgeLeave(self, message, channel):
        channel["BridgeId"] = ""

    def _Hangup(self, message, channel):
        self.channels.pop(message["Channel"], None)

    def snapshot(self, at):
        """Return what is going on now."""
        return {
            "channels": [
                {
                    "Event": "CoreShowChannel",
                    "Channel": name,
                    **{key: value for key, value in own.items() if key != "begun"},
                    "Duration": duration(at - own["begun"]),
                }
                for name, own in self.channels.items()
            ],
            "bridges": list(self.bridges.values()),
        }


def duration(seconds):
    """Return seconds as HH:MM:SS."""
    minutes, seconds = divmod(int(seconds), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
