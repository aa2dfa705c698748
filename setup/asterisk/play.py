"""The stage of a call: what the scenes work with."""

import uuid

SCENES = {}  # name -> function, in the order they are told
JAMES, CLAIRE = "+442079460017", "+33199001723"  # customers


def scene(function):
    """Make ``function`` a scene of that name."""
    SCENES[function.__name__] = function
    return function


class Play:
    """What a scene works with: telephones, and the manager interface's news."""

    def __init__(self, lab, phones, ami):
        self.lab = lab
        self.phones = phones
        self.ami = ami
        self.since = len(ami.messages)

    def wait(self, event, **fields):
        """Wait until Asterisk says ``event`` with these headers; all of them."""
        return self.ami.wait(
            lambda said: (
                said.get("Event") == event
                and all(
                    said.get(name, "").startswith(val) for name, val in fields.items()
                )
            ),
            since=self.since,
        )

    def talking(self, number):
        """Wait until that extension talks; the name of its channel."""
        return self.wait("BridgeEnter", Channel=f"PJSIP/{number}-")["Channel"]

    def hang_up(self, channel):
        """Hang up as who sits there does."""
        self.ami.action("Hangup", Channel=channel)

    def dial(self, extension, number):
        """Click-to-call as Odoo does it: ring the agent, then dial for them."""
        # 32 characters are all that FreePBX keeps of an id in its records
        channel = f"odoo-{uuid.uuid4().hex[:24]}"
        self.lab.ari(
            "POST",
            "channels",
            endpoint=f"PJSIP/{extension}",
            extension=number,
            context="from-internal",
            callerId=number,
            channelId=channel,
        )
        return channel
