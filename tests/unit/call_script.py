"""A call as Zadarma tells it, written down as a test wants it.

Times are seconds after the call began, at 10:15:00 UTC; ``at`` is when a notification
arrives, which is all that Zadarma lets us know.
"""

from datetime import datetime, timedelta

from telephony_crm.pbx import adapter as pbx_adapter

START = datetime(2026, 1, 15, 10, 15)
CUSTOMER = "442037691880"
DID = "442037691881"
MOBILE = "+447700900123"


def clock(seconds):
    """Return the time so many seconds after the call began."""
    return START + timedelta(seconds=seconds)


def event(at, name, **fields):
    """Return the events of one notification that arrives at ``at``."""
    payload = {"event": name, "call_start": str(START), **fields}
    account = pbx_adapter.Account(tz="UTC", country="GB")
    return pbx_adapter.get("zadarma").events(payload, account, clock(at))


class Incoming:
    """A call that comes in."""

    def __init__(self, caller=CUSTOMER, did=DID, ref="in_1"):
        self.parties = {"caller_id": caller, "called_did": did, "pbx_call_id": ref}
        self.caller = caller

    def start(self, at=0):
        return event(at, "NOTIFY_START", **self.parties)

    def menu(self, at):
        return event(at, "NOTIFY_IVR", **self.parties)

    def ring(self, at, internal=""):
        return event(at, "NOTIFY_INTERNAL", internal=internal, **self.parties)

    def answer(self, at, destination, internal=""):
        return event(
            at,
            "NOTIFY_ANSWER",
            caller_id=self.caller,
            destination=destination,
            internal=internal,
            pbx_call_id=self.parties["pbx_call_id"],
        )

    def end(self, at, disposition, duration=0, internal="", **more):
        return event(
            at,
            "NOTIFY_END",
            disposition=disposition,
            duration=str(duration),
            internal=internal,
            **self.parties,
            **more,
        )

    def recording(self, at, ref="1458313316.343456"):
        return event(
            at,
            "NOTIFY_RECORD",
            pbx_call_id=self.parties["pbx_call_id"],
            call_id_with_rec=ref,
        )


class Outgoing:
    """A call that an extension places."""

    def __init__(self, destination=f"+{CUSTOMER}", internal="100", ref="out_1"):
        self.parties = {
            "internal": internal,
            "destination": destination,
            "pbx_call_id": ref,
        }

    def start(self, at=0):
        return event(at, "NOTIFY_OUT_START", **self.parties)

    def answer(self, at, destination, internal="", caller=DID):
        return event(
            at,
            "NOTIFY_ANSWER",
            caller_id=caller,
            destination=destination,
            internal=internal,
            pbx_call_id=self.parties["pbx_call_id"],
        )

    def ring(self, at, internal, caller=CUSTOMER, did=DID):
        return event(
            at,
            "NOTIFY_INTERNAL",
            internal=internal,
            caller_id=caller,
            called_did=did,
            pbx_call_id=self.parties["pbx_call_id"],
        )

    def end(self, at, disposition, duration=0, caller=DID, **more):
        return event(
            at,
            "NOTIFY_OUT_END",
            caller_id=caller,
            disposition=disposition,
            duration=str(duration),
            **{**self.parties, **more},
        )


def leg(call, extension):
    """Return the leg of an extension."""
    (found,) = [leg for leg in call.legs if leg.extension == extension]
    return found


def legs(call):
    """Return state and disposition of each leg, by its name."""
    return {leg.ref: (leg.state.value, leg.disposition) for leg in call.legs}


def rows(*told, ref="in_1"):
    """Return the PBX's rows of a call in its statistics, fetched the next day.

    :param told: ``(second, sip, clid, destination, disposition, seconds)`` of each leg;
        a further dict changes other values of the row
    """
    names = ("sip", "clid", "destination", "disposition", "seconds")
    adapter = pbx_adapter.get("zadarma")
    lines = []
    for number, (at, *values) in enumerate(told):
        more = values.pop() if isinstance(values[-1], dict) else {}
        lines.append(
            {
                "call_id": f"1439981389.27027{number}",
                "callstart": str(clock(at)),
                "is_recorded": False,
                "pbx_call_id": ref,
                **dict(zip(names, values, strict=True)),
                **more,
            }
        )
    account = pbx_adapter.Account(tz="UTC", country="GB")
    return [
        event
        for found in adapter.statistics_rows({"stats": lines})
        for event in adapter.events(found.payload, account, clock(86400))
    ]
