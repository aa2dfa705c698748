"""What a PBX can be asked to do with a call that goes on."""

from __future__ import annotations

from collections.abc import Generator

from .messages import Credentials, HttpRequest, HttpResponse, Problem

#: A conversation with the PBX: a generator that yields requests one after the other,
#: is sent the answer to each, and returns what came of it. It raises `PbxError`.
Steps = Generator[HttpRequest, HttpResponse, object]


class CallControl:
    """The part of an `Adapter` that acts on calls; each method is a conversation.

    Which of them a PBX knows is told by its capabilities: ``hangup``, ``hold``,
    ``transfer``, ``consult``, ``keypad``, ``record``, ``supervise``; ``caller_id`` when
    `originate` can present a number, ``call_ref`` when it can be given the reference
    that the call will have, ``removal`` when recordings can be removed from the PBX,
    ``running`` when it tells what goes on.

    ``channel`` is the ``leg_ref`` of the part of the user who asks.
    """

    def call_ref(self, unique: str) -> str:
        """Return the reference of a call that is yet to be dialled.

        :param unique: hexadecimal digits that no other call has
        """
        return ""

    def dial(
        self,
        credentials: Credentials,
        extension: str,
        number: str,
        caller_id: str = "",
        call_ref: str = "",
    ) -> Steps:
        """Ring ``extension``, then connect ``number``: see `Adapter.originate`.

        For a PBX that takes more than that one request.
        """
        asked = self.originate(credentials, extension, number, caller_id, call_ref)
        self.answer((yield asked))

    def announces(self, credentials: Credentials) -> bool:
        """Tell whether a telephone that rings for `dial` is told the reference."""
        return False

    def running(self, credentials: Credentials) -> Steps:
        """Return the references of all calls and legs that go on: a set of texts."""
        raise NotImplementedError

    def hang_up(self, credentials: Credentials, channel: str) -> Steps:
        """End the user's part, and with it the talk; decline while it rings."""
        raise NotImplementedError

    def hold(self, credentials: Credentials, channel: str) -> Steps:
        """Have the other side wait with music."""
        raise NotImplementedError

    def resume(self, credentials: Credentials, channel: str) -> Steps:
        """Go on with who was put on hold."""
        raise NotImplementedError

    def transfer(self, credentials: Credentials, channel: str, target: str) -> Steps:
        """Send the other side to ``target`` at once.

        :param target: an extension, or E.164 that may be dialled
        """
        raise NotImplementedError

    def consult(self, credentials: Credentials, channel: str, target: str) -> Steps:
        """Ring ``target`` to speak first, while the other side waits."""
        raise NotImplementedError

    def complete_consult(self, credentials: Credentials, channel: str) -> Steps:
        """Connect who waits with who was asked."""
        raise NotImplementedError

    def cancel_consult(self, credentials: Credentials, channel: str) -> Steps:
        """Let go of who was asked, and go on with who waits."""
        raise NotImplementedError

    def press(self, credentials: Credentials, channel: str, keys: str) -> Steps:
        """Press keys of the telephone for the other side."""
        raise NotImplementedError

    def start_recording(self, credentials: Credentials, channel: str, name: str):
        """Record the talk; return the reference of the recording.

        :param name: letters, digits and ``-``, that no other recording has
        """
        raise NotImplementedError

    def stop_recording(self, credentials: Credentials, channel: str) -> Steps:
        """Stop whatever records the talk."""
        raise NotImplementedError

    def supervise(
        self,
        credentials: Credentials,
        channel: str,
        extension: str,
        mode: str,
        unique: str,
    ) -> Steps:
        """Ring ``extension``, who then hears the talk of ``channel``.

        :param mode: ``listen``, ``whisper`` or ``barge``
        """
        raise NotImplementedError

    def recording_removal(
        self, credentials: Credentials, ref: str
    ) -> HttpRequest | None:
        """Return what removes a recording that was fetched; ``None``: it stays."""
        return None

    def examine(self, credentials: Credentials) -> Steps:
        """Ask harmless questions; return a list of `Problem`, empty when all is well.

        A conversation as well. Without one of its own, an adapter asks what `check`
        does.
        """
        if asked := self.check(credentials):
            self.answer((yield asked))
        return []


__all__ = ["CallControl", "Problem", "Steps"]
