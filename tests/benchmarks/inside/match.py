"""Find which visits may have made a call, and ask one indexed query, by turns.

``match.py CONFIG ANSWER DATABASE COUNT``
"""

import time
from datetime import timedelta

from process import answer, environment

BARE = """
    SELECT id, visit_id FROM telephony_tracking_lease
     WHERE did_id = %s AND start_date <= %s ORDER BY start_date DESC LIMIT 3
"""
CALLS = """
    SELECT c.did_id, c.number_e164, c.start_date
      FROM telephony_call c
      JOIN (SELECT floor(random() * (SELECT max(id) FROM telephony_call))::int AS id
              FROM generate_series(1, %s)) drawn USING (id)
"""


class Side:
    """One way to ask, of calls that nobody has made yet: some seconds after others."""

    def __init__(self, env, count):
        # Known once Odoo knows its addons.
        from odoo.addons.telephony_crm_tracking.attribution.match import state, weigh

        self.env, self.weigh, self.state = env, weigh, state
        self.pbx = env["telephony.pbx"].search([], limit=1)
        env.cr.execute(CALLS, [count])
        self.calls = [
            (did_id, number, called + timedelta(seconds=5))
            for did_id, number, called in env.cr.fetchall()
        ]

    def bare(self, did_id, _number, called):
        """Seconds of one indexed query."""
        start = time.perf_counter()
        self.env.cr.execute(BARE, [did_id, called])
        self.env.cr.fetchall()
        return time.perf_counter() - start

    def ours(self, did_id, number, called):
        """Seconds of finding and weighing; how many visits may have made the call."""
        start = time.perf_counter()
        tracked = self.env["telephony.did"]._tracked(self.pbx.id)[did_id]
        found = self.env["telephony.call"]._candidates(
            tracked, did_id, number, called, False
        )
        matches = self.weigh(found)
        self.state(matches)
        return time.perf_counter() - start, len(matches)


def measure(database, count):
    """Seconds of each, and of how many calls visits were found."""
    with environment(database) as env:
        side = Side(env, int(count))
        # All that is read lies in the database's memory then: a server's memory is
        # made for its data, and is not what is measured.
        for call in side.calls:
            side.ours(*call)
        times, found = {"bare": [], "ours": []}, 0
        for turn, call in enumerate(side.calls):
            if turn % 2:
                times["bare"].append(side.bare(*call))
            seconds, matches = side.ours(*call)
            times["ours"].append(seconds)
            if not turn % 2:
                times["bare"].append(side.bare(*call))
            found += bool(matches)
        return {"times": times, "found": found, "asked": len(side.calls)}


answer(measure)
