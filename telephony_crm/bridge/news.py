"""What waits to be worked off."""

import queue


class News(queue.Queue):
    """A queue with so much room, and no end of it for who works it off.

    Over HTTP the PBX answers at once, in the thread that has asked: who waited there
    for room would wait for itself.
    """

    def put_at_once(self, item) -> None:
        """Add an item, whether there is room or not."""
        with self.mutex:
            self._put(item)
            self.unfinished_tasks += 1
            self.not_empty.notify()
