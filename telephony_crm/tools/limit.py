"""A limit to how long the database may take, for those who have a caller waiting."""

import time

from odoo.modules import module


class TooLate(Exception):
    """There is no time left to ask the database anything."""


class Limit:
    """A context in which the database has so many seconds in all.

    :param cr: a cursor whose transaction ends soon after
    """

    def __init__(self, cr, seconds):
        self._cr = cr
        self._seconds = seconds

    def __enter__(self):
        """Begin to count."""
        self._end = time.monotonic() + self._seconds
        self.step()
        return self

    def step(self):
        """Give the next statements what is left of the time.

        :raises TooLate: when nothing is; a statement that takes longer raises
            `psycopg2.errors.QueryCanceled`
        """
        left = int((self._end - time.monotonic()) * 1000)
        if left <= 0:
            raise TooLate
        self._cr.execute("SET LOCAL statement_timeout = %s", [left])

    def __exit__(self, failure, *_more):
        # A transaction ends with its limit; only that of a test goes on.
        if module.current_test and failure is None:
            self._cr.execute("SET LOCAL statement_timeout = DEFAULT")
