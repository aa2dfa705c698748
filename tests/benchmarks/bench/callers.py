"""Who calls in the benchmarks: contacts that somebody is responsible for."""

import random
from typing import NamedTuple


class Caller(NamedTuple):
    """A known number, and the user responsible for it, with an extension."""

    number: str
    user_id: int
    extension: str


# Only each second contact has a user: eight times as many are enough to choose from.
PLENTY = 8
QUERY = """
    SELECT p.phone_sanitized, p.user_id, e.number
      FROM res_partner p TABLESAMPLE BERNOULLI ({percent})
      JOIN telephony_extension e ON e.user_id = p.user_id
     WHERE p.phone_sanitized != '' AND {whose}
"""


def callers(world, dataset, count, user_id=None):
    """So many callers, each another contact, in no order.

    :param user_id: only those whom this user is responsible for
    """
    percent = 100 if user_id else min(100, 100 * PLENTY * count / dataset.size)
    whose = f"p.user_id = {user_id}" if user_id else "TRUE"
    rows = world.sql(dataset, QUERY.format(percent=percent, whose=whose))
    random.shuffle(rows)
    found = [Caller(number, int(user), phone) for number, user, phone in rows[:count]]
    if len(found) < count:
        raise RuntimeError(f"{dataset.name} has {len(found)} callers, not {count}")
    return found
