"""What the script on the pages of a shop said, and waiting for it."""

import threading
import time

PATIENCE = 60  # seconds for a message to arrive on a busy machine
SILENCE = 1  # seconds after which nothing more comes, where beats are much more often


class Heard:
    """What was heard so far, in the order in which it arrived."""

    def __init__(self):
        self.lock = threading.Condition()
        self.messages = []  # what was understood, and answered
        self.requests = []  # method, path and headers of all that was asked
        self.hangs = 0  # so many more messages get no answer

    def wait(self, test, count=1):
        """Wait for messages that pass ``test``; return them.

        :raises AssertionError: when they do not come
        """

        def heard():
            return [message for message in self.messages if test(message)]

        with self.lock:
            came = self.lock.wait_for(lambda: len(heard()) >= count, PATIENCE)
            assert came, f"never heard, only: {self.messages}"
            return heard()

    def wait_asked(self, count=1):
        """Wait until the script has asked so often, whatever it was answered.

        :raises AssertionError: when it does not
        """
        with self.lock:
            came = self.lock.wait_for(lambda: len(self.requests) >= count, PATIENCE)
        assert came, f"asked {len(self.requests)} times only"

    def wait_hanging(self):
        """Wait until all messages that get no answer are there.

        :raises AssertionError: when they do not come
        """
        with self.lock:
            came = self.lock.wait_for(lambda: not self.hangs, PATIENCE)
        assert came, f"{self.hangs} messages never came"

    def quiet(self):
        """Wait until no more messages come; return how many there were.

        Those that were on their way a moment ago may arrive a while later.

        :raises AssertionError: when there is no end of them
        """
        deadline = time.monotonic() + PATIENCE
        count = None
        while count != len(self.messages):
            assert time.monotonic() < deadline, f"never quiet: {self.messages}"
            count = len(self.messages)
            time.sleep(SILENCE)
        return count

    def asks(self):
        """The messages that asked for numbers, or for none."""
        return [message for message in self.messages if "n" in message]

    def visits(self):
        """The messages that asked for numbers, one for all that a page began with.

        Where the first picture of a page is drawn late, it asks before it knows what is
        seen, and again when it does: that counts as one, as the first was but for the
        numbers.
        """
        visits = []
        for ask in self.asks():
            before = visits[-1] if visits else ask
            is_same = all(before[name] == ask[name] for name in "uhqr")
            if is_same and ask["n"] and not before["n"]:
                ask = visits.pop() | {"n": ask["n"]}
            visits.append(ask)
        return visits
