"""Look up callers in two databases by turns: the bare query, and our own function.

``lookup.py CONFIG ANSWER LARGE SMALL COUNT``
"""

import random
import time
from contextlib import ExitStack

from process import answer, environment

BARE = "SELECT partner_id, lead_id FROM telephony_number WHERE e164 = %s"
SUFFIX = "SELECT id FROM res_partner WHERE phone LIKE %s"
EQUAL = "SELECT id FROM res_partner WHERE phone_sanitized = %s"
KNOWN = """
    (SELECT phone_sanitized FROM res_partner WHERE phone_sanitized != ''
      ORDER BY random() LIMIT %s)
      UNION ALL
    (SELECT phone_sanitized FROM crm_lead WHERE partner_id IS NULL
      ORDER BY random() LIMIT %s)
"""
# Numbers of leads that would come after twice as many.
UNKNOWN = """
    SELECT bench_e164(first + i, 'lead')
      FROM (SELECT 2 * count(*) AS first FROM crm_lead) leads,
           generate_series(1, %s) i
"""
# Reads all that is read of these numbers, so that it lies in the database's memory: a
# server's memory is made for its data, and is not what is measured.
TOUCH = """
    SELECT count(p.name), count(l.name), count(o.name)
      FROM unnest(%s) AS wanted (e164)
      LEFT JOIN telephony_number n
             ON n.e164 = wanted.e164
             OR n.national IN (right(wanted.e164, 9), right(wanted.e164, 10))
      LEFT JOIN res_partner p ON p.id = n.partner_id
      LEFT JOIN crm_lead l ON l.partner_id = n.partner_id
      LEFT JOIN crm_lead o ON o.id = n.lead_id
"""
WARM_UP = 200
USUAL = 5  # they take seconds


class Side:
    """One database, and numbers that nobody has asked it for yet.

    Half of them are known, as many contacts' as leads'; half are not. Half are
    written as Zadarma posts them, without the plus sign, a quarter with it, a quarter
    as dialled within the PBX's country, as far as they are of it.
    """

    def __init__(self, env, count):
        self.env = env
        self.pbx = env["telephony.pbx"].search([], limit=1)._for_events()
        self.number = self.pbx.env["telephony.number"]
        needed = int(1.1 * count) + WARM_UP + 2 * USUAL
        numbers = self._known(needed) + self._unknown(needed)
        random.Random(2).shuffle(numbers)
        self._touch(numbers)
        self.waiting = iter(numbers)
        self.writing = random.Random(1)
        self.found = 0

    def _known(self, count):
        self.env.cr.execute(KNOWN, [count // 2 + 1, count // 2 + 1])
        return [number for (number,) in self.env.cr.fetchall()]

    def _unknown(self, count):
        self.env.cr.execute(UNKNOWN, [count])
        return [number for (number,) in self.env.cr.fetchall()]

    def _touch(self, numbers):
        for method in ("hashjoin", "mergejoin", "seqscan"):
            self.env.cr.execute(f"SET LOCAL enable_{method} = off")
        self.env.cr.execute(TOUCH, [numbers])
        self.env.cr.commit()

    def bare(self):
        """Seconds of one indexed query."""
        number = next(self.waiting)
        start = time.perf_counter()
        self.env.cr.execute(BARE, [number])
        self.env.cr.fetchall()
        return time.perf_counter() - start

    def ours(self, cold=False):
        """Seconds of our own look-up.

        :param cold: as the first thing of a transaction, when nothing is read yet
        """
        raw = self._written(next(self.waiting))
        if cold:
            self.env.invalidate_all()
        start = time.perf_counter()
        match = self.number._match(raw, self.pbx)
        took = time.perf_counter() - start
        self.found += match.reason not in ("none", "own", "hidden")
        return took

    def usual(self, query, value):
        """Seconds of a query that reads all contacts."""
        start = time.perf_counter()
        self.env.cr.execute(query, [value(next(self.waiting))])
        self.env.cr.fetchall()
        return time.perf_counter() - start

    def _written(self, number):
        form = self.writing.randrange(4)
        if form == 0:
            return number
        if form == 1 and number.startswith("+33"):
            return "0" + number[3:]
        return number[1:]


def measure(large, small, count):
    """Seconds of each look-up, by database and kind."""
    count = int(count)
    with ExitStack() as stack:
        sides = {
            name: Side(stack.enter_context(environment(database)), count)
            for name, database in (("large", large), ("small", small))
        }
        times = {name: {"bare": [], "ours": [], "cold": []} for name in sides}
        for side in sides.values():
            for _turn in range(WARM_UP):
                side.bare()
                side.ours()
            side.found = 0
        for turn in range(count):
            for name, side in sides.items():
                times[name]["bare"].append(side.bare())
                times[name]["ours"].append(side.ours())
                if turn % 10 == 0:
                    times[name]["cold"].append(side.ours(cold=True))
        for name, side in sides.items():
            times[name]["found"] = side.found
        side = sides["large"]
        for name, query, value in (
            ("suffix", SUFFIX, lambda number: f"%{number[-8:]}"),
            ("equal", EQUAL, lambda number: number),
        ):
            times["large"][name] = [side.usual(query, value) for _turn in range(USUAL)]
    return times


answer(measure)
