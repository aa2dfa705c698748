import ipaddress
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, hmac

# How long counters are kept: no limit looks further back than a day, the health page a
# week.
KEEP = timedelta(days=8)
BATCH = 10_000
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class TelephonyCallbackQuota(models.Model):
    """How often call-backs were asked for, by hours: what the limits count.

    Who asks in a loop adds to a counter and fills no table. Neither numbers nor
    addresses can be read from it, since the keys are hashes.
    """

    _name = "telephony.callback.quota"
    _description = "Counter of Requests for Call-backs"
    _log_access = False
    _rec_name = "kind"

    pbx_id = fields.Many2one("telephony.pbx", required=True, ondelete="cascade")
    kind = fields.Char(required=True)
    key = fields.Char(required=True)
    hour = fields.Datetime(required=True)
    count = fields.Integer(required=True)

    _counter_unique = models.Constraint(
        "UNIQUE (pbx_id, kind, key, hour)", "There is one counter of each in an hour."
    )
    _by_hour = models.Index("(hour)")

    @api.model
    def _limits(self, pbx, e164="", country="", prefix="", visitor=""):
        """Return what is counted of a request, and how often it may be.

        :param prefix: of the address, see `_prefix`
        :return: list of ``(kind, key, limit, length)``; what is empty is left out
        """
        limits = (
            ("visitor", visitor, pbx.ask_visitor_hour, HOUR),
            ("prefix", prefix, pbx.ask_prefix_hour, HOUR),
            ("number", e164, pbx.ask_number_day, DAY),
            ("country", country, pbx.ask_country_day, DAY),
            ("pbx", e164 and "all", pbx.ask_pbx_day, DAY),
        )
        return [one for one in limits if one[1]]

    @api.model
    def _exceeded(self, pbx, limits):
        """Return ``many_`` and the first limit that one more exceeds, or ``""``."""
        for kind, key, limit, length in limits:
            if self._counted(pbx, kind, key, length) >= limit:
                return f"many_{kind}"
        return ""

    @api.model
    def _counted(self, pbx, kind, key, length):
        """Return how often it was in the last hours.

        They are counted by the clock: so is the hour with which that time begins, else
        all would be forgotten at the full hour.
        """
        since = fields.Datetime.now() - length - HOUR
        self.env.cr.execute(
            SQL(
                """
                SELECT COALESCE(sum(count), 0) FROM telephony_callback_quota
                 WHERE pbx_id = %s AND kind = %s AND key = %s AND hour > %s
                """,
                pbx.id,
                kind,
                self._hash(key),
                since,
            )
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _count(self, pbx, *counted):
        """Count one more of each ``(kind, key)``."""
        hour = fields.Datetime.now().replace(minute=0, second=0, microsecond=0)
        for kind, key in counted:
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO telephony_callback_quota AS q
                           (pbx_id, kind, key, hour, count)
                    VALUES (%s, %s, %s, %s, 1)
                    ON CONFLICT (pbx_id, kind, key, hour)
                    DO UPDATE SET count = q.count + 1
                    """,
                    pbx.id,
                    kind,
                    key if kind == "refused" else self._hash(key),
                    hour,
                )
            )

    @api.model
    def _refusals(self, pbx, length):
        """Return how often requests were refused, by reason."""
        self.env.cr.execute(
            SQL(
                """
                SELECT key, sum(count) FROM telephony_callback_quota
                 WHERE pbx_id = %s AND kind = 'refused' AND hour > %s
                 GROUP BY key ORDER BY sum(count) DESC, key
                """,
                pbx.id,
                fields.Datetime.now() - length,
            )
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _hash(self, text):
        """Return what a key is known by, without telling what it was."""
        return hmac(self.env(su=True), "telephony_crm.callback", text)[:32]

    @api.model
    def _prefix(self, address):
        """Return the network that an address is counted with, as text; else ``""``.

        Whoever has one IPv4 address easily has its neighbours, and an IPv6 customer has
        a whole /48.
        """
        try:
            found = ipaddress.ip_address(address or "")
        except ValueError:
            return ""
        found = getattr(found, "ipv4_mapped", None) or found
        length = 24 if found.version == 4 else 48
        return str(ipaddress.ip_network((found, length), strict=False))

    @api.autovacuum
    def _gc_counters(self):
        """Remove counters that nobody looks at any more."""
        before = fields.Datetime.now() - KEEP
        old = self.search([("hour", "<", before)], limit=BATCH, order="hour")
        old.unlink()
        return len(old), len(old) == BATCH
