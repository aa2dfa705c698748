"""How calls begin and end."""

from __future__ import annotations

from .tracker_book import Book
from .tracker_config import CLICK, SPY
from .tracker_recordings import tell_recordings
from .tracker_state import Call, Party
from .tracker_talk import Talk
from .tracker_tell import REJECTED, Teller

BUSY = 17


class Calls:
    """Decides when a call is told of, whose it is, and when it is over."""

    def __init__(self, book: Book, teller: Teller, talk: Talk):
        self.book = book
        self.teller = teller
        self.talk = talk

    # -- beginning -------------------------------------------------------------------

    def came_in(self, call: Call, party: Party, number: str, did: str, at: float):
        """Tell of a call from outside; its other party is who called."""
        if call.direction or call.ended is not None:
            return
        party.customer = 1
        call.direction, call.guessed = "inbound", 0
        call.number, call.did = number, did
        self.teller.started(call, at)
        self.book.touch(call)

    def named(self, call: Call, party: Party, number: str) -> None:
        """Take a caller's number that was not known when the call came in.

        Analogue lines send it after the first ring.
        """
        late = call.direction == "inbound" and party.customer and not call.number
        if late and number and call.ended is None:
            call.number = number
            self.teller.started(call, call.began, "number")
            self.book.touch(call)

    def clicked(self, call: Call, extension: str, at: float):
        """Tell of a call that Odoo has ordered: its user's telephone is rung first."""
        if call.direction or call.ended is not None:
            return
        call.direction, call.dialler = "outbound", extension
        call.guessed = 1  # it may be for a colleague
        self.teller.started(call, at)
        self.book.touch(call)

    def rung(self, call: Call, party: Party, caller: Party | None, did: str, at: float):
        """Take the news that a telephone is rung in a call."""
        if call.ended is not None or not party.is_real or party.incoming:
            return
        ordered = self._is_first_side(caller)
        origin = self._origin(call, caller)
        if not call.direction:
            if origin is None and ordered and party.kind == "extension":
                return  # one of ours is rung, and nobody knows yet for whom
            self._begin(call, party, origin, did, at)
        elif is_click(call) and not ordered:
            call.guessed = 0
        if party.kind == "trunk" and not ordered:
            self._call_outside(call, party, origin)
        elif party.kind == "extension" and self._is_inside(call, origin):
            call.direction, call.number = "internal", party.extension
            self.teller.started(call, call.began, call.direction)
        if ordered and is_click(call) and party.extension == call.dialler:
            if leg := self.talk.add_leg(call, party):  # he rings to be asked, so to say
                leg.rung = party.rung
            return
        self.talk.ring(call, party)

    def _begin(self, call, party, origin, did, at):
        """Tell of a call that somebody of ours places."""
        outside = party.kind == "trunk"
        if not call.whole and origin is None and not is_click(call):
            call.guessed = 1  # who began it was gone before anybody looked
        call.direction = "outbound" if outside else "internal"
        call.dialler = origin.extension if origin else ""
        call.number = party.number if outside else party.extension
        call.did = did if outside and did != call.dialler else ""
        if outside:
            party.customer = 1
        self.teller.started(call, at)
        if origin and (leg := self.talk.add_leg(call, origin)):
            leg.up = origin.up if origin.up is not None else at

    def _call_outside(self, call, party, origin):
        """Make a line outside the other party, unless the call has one already."""
        if call.direction == "inbound" or party.customer:
            return
        inside = call.direction == "internal"
        if bool(call.answered) != inside or (inside and origin is None):
            return  # somebody of ours, at a mobile; or somebody whom he is passed on to
        party.customer = 1
        call.number = party.number if inside else call.number or party.number
        if origin and not call.dialler:
            call.dialler = origin.extension
        if inside:  # a colleague was asked first, and has passed the caller on
            call.direction = "outbound"
            call.talk, call.talk_since, call.answered = 0.0, None, 0
            self.teller.started(call, call.began, call.direction)

    def _is_inside(self, call, origin):
        """Tell whether a user who clicked calls a colleague."""
        placed = call.direction == "outbound" and origin is not None
        return placed and not call.customers() and not call.answered

    def _origin(self, call, caller):
        """Return who of ours places a call in which somebody is rung."""
        found = call.originator()
        if found is not None:
            return found if found.kind == "extension" else None
        if caller is not None and caller.kind == "extension":
            return caller
        if caller is None or caller.kind != "local" or self._is_first_side(caller):
            return None
        ups = [one for one in call.parties.values() if one.up is not None]
        return next((one for one in ups if one.kind == "extension"), None)

    def _is_first_side(self, caller, depth=0):
        """Tell whether who rings stands for nobody yet: an originate's first side."""
        if caller is None:
            return True
        if caller.kind != "local" or caller.name.endswith(";1") or depth > 8:
            return False
        half = self.book.other_half(caller)
        if half is None or not half.by:
            return True
        return self._is_first_side(self.book.party(half.by), depth + 1)

    # -- ending ----------------------------------------------------------------------

    def hung_up(self, party: Party, cause: int | None, at: float) -> None:
        """Take the news that a channel is gone."""
        call = self.book.call_of(party.name)
        with_it = [one for one in self.book.room(party) if one is not party]
        for one in [call, *map(self.book.calls.get, party.guest)]:
            leg = self.talk.leg_of(one, party) if one else None
            if leg and one.ended is None:
                if leg.heard is None and party.status:
                    one.status = party.status
                self.talk.close(one, leg, party, at, cause)
        if party.customer or (call.cause is None and party.incoming):
            call.cause = cause if cause is not None and cause < 128 else None
        for recording in call.recordings.values():
            if recording["channel"] == party.name:
                recording["done"] = 1
        customer_left = bool(party.customer)
        if customer_left and party.up is not None and _is_taken_unseen(call):
            call.whole = 0
        self.book.drop(party)
        tell_recordings(self.teller, call, at)
        if call.direction and call.ended is None and self._is_over(call, customer_left):
            self.end(call, at)
        if not call.parties:
            self.close_empty(call, at)
        self.talk.listen(with_it, at)

    def close_empty(self, call: Call, at: float) -> None:
        """Have done with a call of which no channel is left."""
        if not call.direction:
            self.book.forget(call)
            return
        if call.ended is None:
            self.end(call, at)
        self.book.over[call.ref] = call.closed = at
        self.book.touch(call)

    def _is_over(self, call, customer_left):
        real = [one for one in call.parties.values() if one.is_real]
        customers = [one for one in real if one.customer]
        if call.direction == "inbound":
            return not customers
        if call.direction == "outbound" and call.answered and customer_left:
            return not customers
        if is_click(call) and any(one.pair for one in call.parties.values()):
            return False  # its Local channels have not yet rung anybody
        return not real

    def end(self, call: Call, at: float) -> None:
        """Tell that a call is over, and with it all that is left of it."""
        for leg in list(call.legs.values()):
            self.talk.close(call, leg, None, at)
        for ref, stay in call.queues.items():
            if not stay["left"]:
                stay["left"] = 1
                told = {"leg_ref": ref, "leg_number": stay["queue"]}
                self.teller.machine("left", call, at, "queue", **told)
        if call.voicemail and not call.answered and call.direction == "inbound":
            self.teller.machine("left", call, at, "voicemail", disposition="answered")
        call.ended = at
        if call.direction == "inbound" and call.cause == REJECTED and call.rang:
            call.cause = None  # it was refused by who was rung, and is a missed call
        self.teller.ended(call, at, self._disposition(call))
        tell_recordings(self.teller, call, at)
        self.book.touch(call)

    def _disposition(self, call):
        if call.answered:
            return "answered"
        if call.direction == "inbound":
            if call.voicemail:
                return "voicemail"
            if call.rang:
                return "missed"
            return "rejected" if call.cause in (REJECTED, BUSY) else "abandoned"
        return call.result or "cancelled"

    def bound(self, at: float) -> None:
        """Forget what is long over, and the oldest call where there are too many."""
        self.book.forget_old(at)
        while len(self.book.calls) > self.book.config.max_calls:
            call = next(iter(self.book.calls.values()))
            if call.ended is None:
                self.book.dropped += 1
                if call.direction:
                    call.whole = 0
                    self.end(call, at)
            self.book.forget(call)


def _is_taken_unseen(call: Call) -> bool:
    """Tell whether something has taken a call of which nobody has told what it was.

    Where AMI's user does not read the class ``dialplan``, a voice mail box is named by
    the record alone, which comes after the end, or not at all.
    """
    machines = call.voicemail or call.menu or call.queues
    return call.direction == "inbound" and not call.answered and not machines


def is_click(call: Call) -> bool:
    """Tell whether Odoo has ordered this call."""
    return call.ref.startswith(CLICK) and not call.ref.startswith(SPY)
