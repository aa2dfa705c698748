from odoo import api, fields, models
from odoo.tools import SQL

from .telephony_tracking_pool import BEAT

#: After that, signs of life prolong a lease no more.
LONGEST = SQL("l.start_date + make_interval(secs => p.longest_seconds)")

#: Until when the number of an open lease is its visitor's, see `attribution.lease`.
HELD_UNTIL = SQL(
    """
    CASE WHEN l.confirmed
         THEN l.seen_date + make_interval(secs => GREATEST(p.hold_seconds, %(two)s))
         ELSE l.start_date + make_interval(secs => %(two)s)
     END
    """,
    two=2 * BEAT,
)


class TelephonyTrackingSlot(models.Model):
    """A number's place in its pool: who has it, and from when on somebody else may.

    One narrow row for each number, which visits that come at once take in turn. Each
    statement here needs READ COMMITTED, see `telephony_crm.tools.transaction`, and
    does what `attribution.lease.Book` says. All lock a slot before its lease.

    There is no index over ``free_date``: a pool is small, and a row of which no indexed
    column changes is written without touching any index, with every beat.
    """

    _name = "telephony.tracking.slot"
    _description = "Place in a Pool of Numbers"
    _rec_name = "did_id"
    _order = "free_date, id"
    _log_access = False

    did_id = fields.Many2one(
        "telephony.did", string="Number", required=True, ondelete="cascade"
    )
    pool_id = fields.Many2one(
        "telephony.tracking.pool", required=True, index=True, ondelete="cascade"
    )
    free_date = fields.Datetime(
        required=True, help="From then on another visitor may be shown the number."
    )
    visit_id = fields.Many2one(
        "telephony.tracking.visit", index="btree_not_null", ondelete="set null"
    )
    lease_id = fields.Many2one(
        "telephony.tracking.lease", index="btree_not_null", ondelete="set null"
    )
    # The keyed hash of whence its visitor comes, see `telephony.tracking.quota`; until
    # somebody else may have the number.
    network = fields.Char()
    state = fields.Selection(
        [("free", "Free"), ("leased", "With a visitor"), ("cooling", "Resting")],
        compute="_compute_state",
    )

    _did_unique = models.Constraint(
        "UNIQUE (did_id)", "A number has one place in one pool."
    )

    @api.depends("free_date", "lease_id.end_date", "pool_id.cooldown_seconds")
    def _compute_state(self):
        now = fields.Datetime.now()
        for slot in self:
            rest = (slot.free_date - now).total_seconds()
            if rest <= 0:
                slot.state = "free"
            elif slot.lease_id and rest > slot.pool_id.cooldown_seconds:
                slot.state = "leased"
            else:
                slot.state = "cooling"

    # -- leases --------------------------------------------------------------------

    @api.model
    def _take(self, numbers, visit_id, now, network, only=None):
        """Give a visit the number that is free for longest.

        Rows that others are just taking are passed by, and looked at again by whoever
        comes next. The lease that had the number before is closed in the same
        statement, before the new one is stored: there is one open one for a number.

        :param numbers: `Numbers` of the pool, of which a network has its part at most;
            who come from it at the very same moment may go beyond by their own number
        :param only: ids of the company numbers to choose among; `None` for all
        :return: id of the company number, or `None` when none is free
        """
        windows = numbers.windows
        self.env.cr.execute(
            SQL(
                """
                WITH free AS (
                    SELECT s.did_id
                      FROM telephony_tracking_slot s
                     WHERE s.pool_id = %(pool)s AND s.free_date <= %(now)s %(only)s
                       AND (%(held)s) < %(most)s
                     ORDER BY s.free_date, s.id
                     LIMIT 1
                       FOR UPDATE SKIP LOCKED
                ), closed AS (
                    UPDATE telephony_tracking_lease l
                       SET end_date = %(held_until)s
                      FROM free, telephony_tracking_pool p
                     WHERE l.did_id = free.did_id AND l.end_date IS NULL
                       AND p.id = %(pool)s
                 RETURNING l.id
                ), lease AS (
                    INSERT INTO telephony_tracking_lease
                           (did_id, pool_id, visit_id, start_date, seen_date, confirmed)
                    SELECT free.did_id, %(pool)s, %(visit)s, %(now)s, %(now)s, FALSE
                      FROM free, (SELECT count(*) FROM closed) AS closed
                 RETURNING id, did_id
                )
                UPDATE telephony_tracking_slot s
                   SET lease_id = lease.id, visit_id = %(visit)s,
                       network = %(network)s, free_date = %(free_date)s
                  FROM lease
                 WHERE s.did_id = lease.did_id
             RETURNING s.did_id
                """,
                pool=numbers.pool_id,
                visit=visit_id,
                now=now,
                only=SQL("AND s.did_id = ANY(%s)", only) if only is not None else SQL(),
                held_until=HELD_UNTIL,
                network=network,
                held=self._held_by(numbers, network, now),
                most=numbers.of_network,
                free_date=windows.free_date(now, now, False),
            )
        )
        return next((did_id for [did_id] in self.env.cr.fetchall()), None)

    @api.model
    def _held_by(self, numbers, network, now):
        """Return SQL of how many numbers of a pool are with a network, or rest."""
        return SQL(
            """
            SELECT count(*) FROM telephony_tracking_slot held
             WHERE held.pool_id = %s AND held.network = %s AND held.free_date > %s
            """,
            numbers.pool_id,
            network,
            now,
        )

    @api.model
    def _has_its_part(self, numbers, network, now):
        """Tell whether a network has its part of a pool, while others would get more.

        False where nothing is left for anybody: then the pool is what is too small.
        """
        if numbers.of_network >= len(numbers.dids):
            return False
        self.env.cr.execute(
            SQL(
                """
                SELECT (%s) >= %s AND EXISTS (
                    SELECT FROM telephony_tracking_slot s
                     WHERE s.pool_id = %s AND s.free_date <= %s)
                """,
                self._held_by(numbers, network, now),
                numbers.of_network,
                numbers.pool_id,
                now,
            )
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _prolong(self, visit_id, now, tapped=(), is_end=False):
        """Note a sign of life of a visit, for the numbers that are still its own.

        Requests overtake each other, so time only goes on; after the longest time that
        a visitor may have a number, nothing prolongs it.

        :param tapped: ids of the company numbers that were tapped
        :param is_end: the page goes away, which proves nothing: a lease that is not
            confirmed stays so
        :return: list of ``(did_id, pool_id, end)``, the end as it looks now
        """
        self.env.cr.execute(
            SQL(
                """
                WITH own AS (
                    UPDATE telephony_tracking_slot s
                       SET free_date = GREATEST(
                               s.free_date,
                               LEAST(%(now)s, %(longest)s) + make_interval(
                                   secs => GREATEST(p.hold_seconds, %(two)s)
                                           + p.cooldown_seconds))
                      FROM telephony_tracking_pool p, telephony_tracking_lease l
                     WHERE s.visit_id = %(visit)s AND p.id = s.pool_id
                       AND l.id = s.lease_id AND (l.confirmed OR %(confirms)s)
                       AND %(now)s < %(longest)s + make_interval(
                               secs => GREATEST(p.hold_seconds, %(two)s))
                 RETURNING s.lease_id, s.pool_id
                )
                UPDATE telephony_tracking_lease l
                   SET seen_date = GREATEST(
                           l.seen_date, LEAST(%(now)s, %(longest)s)),
                       confirmed = TRUE,
                       tap_date = CASE WHEN l.did_id = ANY(%(tapped)s)
                                       THEN %(now)s ELSE l.tap_date END
                  FROM own, telephony_tracking_pool p
                 WHERE l.id = own.lease_id AND p.id = own.pool_id
             RETURNING l.did_id, l.pool_id, %(held_until)s
                """,
                visit=visit_id,
                now=now,
                two=2 * BEAT,
                confirms=not is_end,
                tapped=list(tapped),
                longest=LONGEST,
                held_until=HELD_UNTIL,
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _used_up(self, visit_id):
        """Return the ids of the pools whose numbers a visit had for the longest time.

        A page that is left open on some screen would take turns with itself for ever.
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT l.pool_id
                  FROM telephony_tracking_lease l
                  JOIN telephony_tracking_pool p ON p.id = l.pool_id
                 WHERE l.visit_id = %s AND l.seen_date >= %s
                """,
                visit_id,
                LONGEST,
            )
        )
        return {pool_id for [pool_id] in self.env.cr.fetchall()}
