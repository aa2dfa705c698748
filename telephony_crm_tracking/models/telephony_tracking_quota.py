import ipaddress
import random
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL, hmac

#: A site is counted in so many rows, that visits which come at once do not wait for
#: each other.
SHARDS = 8
KEPT_DAYS = 2
#: Has the transaction end without a wait for the disk.
UNWAITED = SQL("set_config('synchronous_commit', 'off', true)")


class Count(NamedTuple):
    """What was counted of a site, or of a network, up to now.

    :param dids: ids of the company numbers that were shown on this day
    :param told: the limits of which it is noted already that they were reached in this
        minute, see `_count_limit`
    """

    in_minute: int
    dids: frozenset[int]
    told: frozenset[str]


class TelephonyTrackingQuota(models.Model):
    """How often something came to a site on a day.

    Of who came, only a keyed hash of the network is kept, another one each day.
    """

    _name = "telephony.tracking.quota"
    _description = "Visits Counted"
    _order = "day desc, in_day desc"
    _log_access = False

    site_id = fields.Many2one(
        "telephony.tracking.site", required=True, ondelete="cascade"
    )
    day = fields.Date(required=True, index=True)
    kind = fields.Selection(
        [
            ("site", "Visits"),
            ("network", "Network"),
            ("foreign", "Foreign Site"),
            ("limit", "Limit Reached"),
        ],
        required=True,
    )
    name = fields.Char(
        required=True,
        help="Hash of a network, a foreign host, or which limit was reached.",
    )
    minute = fields.Datetime()
    in_minute = fields.Integer()
    in_day = fields.Integer()
    shown = fields.Json(help="Ids of the company numbers that were shown.")

    _once = models.UniqueIndex("(site_id, day, kind, name)")

    @api.model
    def _network(self, address):
        """Return the keyed hash of the network that an address is of, for today.

        256 addresses, or of IPv6 what one customer gets.

        :param address: as the web server tells it
        """
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return ""
        found = getattr(found, "ipv4_mapped", None) or found
        length = 24 if found.version == 4 else 48
        network = ipaddress.ip_network((found, length), strict=False)
        # A key of the database: without it, nobody finds the network by trying all.
        said = f"{fields.Date.today()} {network}"
        return hmac(self.env(su=True), "telephony_crm_tracking.network", said)[:32]

    @api.model
    def _counts(self, site_id, network, now):
        """Return what was counted of a site and of a network.

        :return: two `Count`
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT %(unwaited)s, NULL::timestamp, 0, NULL::jsonb
                 UNION ALL
                SELECT kind, minute, in_minute, NULL FROM telephony_tracking_quota
                 WHERE site_id = %(site)s AND day = %(day)s AND kind = 'site'
                 UNION ALL
                SELECT name, minute, NULL, NULL FROM telephony_tracking_quota
                 WHERE site_id = %(site)s AND day = %(day)s AND kind = 'limit'
                 UNION ALL
                SELECT kind, minute, in_minute, shown FROM telephony_tracking_quota
                 WHERE site_id = %(site)s AND day = %(day)s AND kind = 'network'
                   AND name = %(name)s
                """,
                unwaited=UNWAITED,
                site=site_id,
                day=now.date(),
                name=network,
            )
        )
        minute = now.replace(second=0, microsecond=0)
        found, told, dids = {"site": 0, "network": 0}, set(), frozenset()
        for kind, counted, in_minute, shown in self.env.cr.fetchall():
            if counted == minute and in_minute is None:
                told.add(kind)
            elif counted == minute:
                found[kind] += in_minute
            dids |= frozenset(shown or ())
        told = frozenset(told)
        return (
            Count(found["site"], frozenset(), told),
            Count(found["network"], dids, told),
        )

    @api.model
    def _admit(self, site, network, now):
        """Return what was counted of a network, if one page more may be opened.

        :param site: `Opening`
        :return: `Count`; `None` where it may not, by which no row is touched
        """
        of_site, of_network = self._counts(site.site_id, network, now)
        for which, count, most in (
            ("site", of_site, site.per_site),
            ("network", of_network, site.per_prefix),
        ):
            if count.in_minute >= most:
                if which not in count.told:
                    self._count_limit(site.site_id, which, now)
                return None
        return of_network

    @api.model
    def _count(self, site_id, network, now, dids=()):
        """Count a visit, as the last thing of its transaction: others wait for it.

        :param dids: ids of the company numbers that were shown
        """
        shard = str(random.randrange(SHARDS))
        self._add(
            now,
            (site_id, "site", shard, []),
            (site_id, "network", network, sorted(dids)),
        )

    @api.model
    def _add(self, now, *rows):
        minute = now.replace(second=0, microsecond=0)
        values = [
            SQL(
                "(%s, %s, %s, %s, %s, 1, 1, %s::jsonb)",
                *(site_id, now.date(), kind, name, minute, str(shown)),
            )
            for site_id, kind, name, shown in rows
        ]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO telephony_tracking_quota AS known
                       (site_id, day, kind, name, minute, in_minute, in_day, shown)
                VALUES %s
                    ON CONFLICT (site_id, day, kind, name) DO UPDATE
                   SET in_minute = CASE WHEN known.minute = EXCLUDED.minute
                                        THEN known.in_minute + 1 ELSE 1 END,
                       minute = EXCLUDED.minute,
                       in_day = known.in_day + 1,
                       shown = CASE WHEN known.shown @> EXCLUDED.shown
                                    THEN known.shown
                                    ELSE known.shown || EXCLUDED.shown END
                """,
                SQL(", ").join(values),
            )
        )

    @api.autovacuum
    def _gc_counted(self):
        """Forget what was counted days ago."""
        day = fields.Date.today() - timedelta(days=KEPT_DAYS)
        self.env.cr.execute(
            "DELETE FROM telephony_tracking_quota WHERE day < %s", [day]
        )
