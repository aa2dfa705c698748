from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..attribution.lease import LONGEST, Windows

#: Seconds between two signs of life of a page.
BEAT = 20
#: So many numbers of a pool a network may always have: a visitor has two browsers.
FEWEST = 2


class Numbers(NamedTuple):
    """What is known of a pool before the database is asked for anything.

    :param dids: E.164 by id of the pool's numbers
    :param of_network: so many of them one network may have at a time
    """

    pool_id: int
    windows: Windows
    dids: dict[int, str]
    of_network: int


class TelephonyTrackingPool(models.Model):
    """Numbers that are shown in the place of one that stands on the pages."""

    _name = "telephony.tracking.pool"
    _description = "Pool of Numbers"
    _rec_name = "stands_for_id"
    _order = "site_id, id"
    _check_company_auto = True

    site_id = fields.Many2one(
        "telephony.tracking.site", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="site_id.company_id", store=True)
    stands_for_id = fields.Many2one(
        "telephony.did",
        string="Static Number",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('pool_id', '=', False)]",
        help="The number that is written on the pages. Those of the pool inherit its "
        "name, its team, its user and how its calls are routed.",
    )
    did_ids = fields.One2many(
        "telephony.did", "pool_id", string="Numbers", check_company=True
    )
    slot_ids = fields.One2many("telephony.tracking.slot", "pool_id", string="Use")
    hold_seconds = fields.Integer(
        string="Held After the Visit (s)",
        default=600,
        required=True,
        help="After the last sign of life of a page its visitor may still ring.",
    )
    cooldown_seconds = fields.Integer(
        string="Rests After That (s)",
        default=300,
        required=True,
        help="For that long nobody is shown the number.",
    )
    longest_seconds = fields.Integer(
        string="Shown at Most (s)",
        default=LONGEST,
        required=True,
        help="A page that stays open for longer, such as on a screen in a shop window, "
        "shows the static number again, so that it keeps none of the pool for ever.",
    )
    late_seconds = fields.Integer(
        string="Late Calls (s)",
        default=3600,
        required=True,
        help="A call that comes so much later may still be of the last visitor, the "
        "less likely the later.",
    )

    _once_per_site = models.Constraint(
        "UNIQUE (site_id, stands_for_id)", "A site has one pool for each number."
    )
    _lengths = models.Constraint(
        "CHECK (hold_seconds >= 0 AND cooldown_seconds >= 0 AND late_seconds >= 0 "
        "AND longest_seconds >= 40)",
        "No length of time is negative, and each visitor has a number for 40 seconds "
        "at least.",
    )

    @api.constrains("stands_for_id", "did_ids")
    def _check_static(self):
        for pool in self:
            if pool.stands_for_id.pool_id:
                raise ValidationError(
                    self.env._(
                        "%s is a number of a pool itself, so it cannot be the static "
                        "number of one.",
                        pool.stands_for_id.display_name,
                    )
                )
            if not pool.stands_for_id.e164.startswith("+"):
                raise ValidationError(
                    self.env._(
                        "%s is a short number, which pages cannot be searched for: it "
                        "may be any number there. Choose one with its country prefix.",
                        pool.stands_for_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        pools = super().create(vals_list)
        self.env.registry.clear_cache()
        return pools

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.did_ids.pool_id = False  # which ends their leases
        self.env.registry.clear_cache()
        return super().unlink()

    def _numbers(self):
        self.ensure_one()
        dids = {did.id: did.e164 for did in self.did_ids if did.e164}
        return Numbers(
            pool_id=self.id,
            windows=Windows(
                BEAT,
                self.hold_seconds,
                self.cooldown_seconds,
                self.late_seconds,
                max(self.longest_seconds, 2 * BEAT),
            ),
            dids=dids,
            of_network=max(FEWEST, len(dids) * self.site_id.network_share // 100),
        )
