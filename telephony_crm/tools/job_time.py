"""How long a job may take for one thing, within what Odoo lets it take in all."""

from odoo.tools import config

#: Seconds of a job that are left for all else, and that a sound may take at most.
REST, LONGEST = 30, 600


def time_for_a_sound():
    """Return how many seconds a sound may take: Odoo kills jobs that take too long."""
    limit = config["limit_time_real_cron"]
    if limit < 0 or not (limit or config["workers"]):
        limit = config["limit_time_real"]
    if not limit:
        return LONGEST
    return min(max(limit - REST, limit / 2), LONGEST)
