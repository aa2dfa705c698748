from typing import NamedTuple

from odoo import api, models, tools

from ..attribution.lease import Windows
from ..attribution.touch import LOOKBACK_DAYS
from .telephony_tracking_pool import BEAT

#: So many leases of a number are looked at for one call, at most.
MOST_LEASES = 100


class Tracked(NamedTuple):
    """What is known of a company number before the database is asked for anything.

    :param windows: of its pool; `None` for a number that is in none
    :param leases: so many of its leases may reach into the time of a call: they do not
        overlap, and each has a shortest length
    """

    e164: str
    company_id: int
    windows: Windows | None
    leases: int
    lookback_days: int


class TelephonyDid(models.Model):
    """Which company numbers tell something of why they are called."""

    _inherit = "telephony.did"

    @api.model
    @tools.ormcache("pbx_id")
    def _tracked(self, pbx_id):
        """Return those of a PBX that are of a pool, stand for one, or for a source.

        :return: `Tracked` by id
        """
        pools = self.env["telephony.tracking.pool"].sudo()
        of_static = {
            pool.stands_for_id.id: pool
            for pool in pools.search([("stands_for_id.pbx_id", "=", pbx_id)])
        }
        found = {}
        for did in self.sudo().search([("pbx_id", "=", pbx_id)]):
            pool = did.pool_id or of_static.get(did.id)
            if not (pool or did.source_id or did.medium_id or did.campaign_id):
                continue
            windows, leases = None, 0
            if did.pool_id:
                windows = pool._numbers().windows
                shortest = 2 * BEAT + pool.cooldown_seconds
                leases = min(pool.late_seconds // shortest + 3, MOST_LEASES)
            found[did.id] = Tracked(
                did.e164,
                did.company_id.id,
                windows,
                leases,
                pool.site_id.lookback_days if pool else LOOKBACK_DAYS,
            )
        return found
