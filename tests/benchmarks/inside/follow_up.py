"""Follow up calls that have ended, in this process.

``follow_up.py CONFIG ANSWER DATABASE``
"""

import time

from process import answer, environment

COUNT = 200
# Of contacts with few and with many calls, as the log has them.
CALLS = """
    SELECT id, partner_id FROM telephony_call
     WHERE partner_id IS NOT NULL AND direction = 'inbound' AND disposition = '{}'
     ORDER BY id DESC LIMIT {}
"""


def measure(database):
    """Milliseconds a call, for a line alone and for a line with a call-back.

    ``floor`` is the same for a bare message in the chatter of the same contacts, each
    in a transaction of its own. All is taken away again.
    """
    with environment(database) as env:
        found = {"floor": _floor(env)}
        for name, disposition in (("line", "answered"), ("callback", "missed")):
            env.cr.execute(CALLS.format(disposition, COUNT))
            ids = [row[0] for row in env.cr.fetchall()]
            env.cr.execute(
                "UPDATE telephony_call SET follow_up = TRUE WHERE id = ANY(%s)", [ids]
            )
            env.cr.commit()
            start = time.perf_counter()
            env["telephony.call"]._cron_follow_up()
            found[name] = (time.perf_counter() - start) / COUNT * 1000
            env.cr.execute(
                "SELECT count(message_id), count(callback_id), bool_or(follow_up)"
                "  FROM telephony_call WHERE id = ANY(%s)",
                [ids],
            )
            found[f"{name}_made"] = env.cr.fetchone()
            _take_away(env, ids)
        return found


def _floor(env):
    """Milliseconds that a bare message takes."""
    env.cr.execute(CALLS.format("answered", COUNT))
    partners = [row[1] for row in env.cr.fetchall()]
    made = env["mail.message"]
    start = time.perf_counter()
    for partner_id in partners:
        made |= env["res.partner"].browse(partner_id)._message_log(body="A call")
        env.cr.commit()
    took = (time.perf_counter() - start) / COUNT * 1000
    made.unlink()
    env.cr.commit()
    return took


def _take_away(env, ids):
    calls = env["telephony.call"].browse(ids)
    calls.message_id.unlink()
    callbacks = calls.callback_id
    callbacks.activity_id.unlink()
    callbacks.unlink()
    env.cr.execute("DELETE FROM ir_cron_trigger")
    env.cr.execute("DELETE FROM bus_bus")
    env.cr.commit()


answer(measure)
