from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.telephony_crm.pbx import numbers


def _inherited(field, name, **attributes):
    """Return what a number of a pool has of the static one, and any other by itself.

    Each is computed by itself: with one method for all of them, each would depend on
    each, and Odoo would walk through all their orders whenever it starts.
    """

    @api.depends(f"pool_id.stands_for_id.{name}")
    def compute(dids):
        for did in dids:
            static = did.sudo().pool_id.stands_for_id
            did[name] = static[name] if static else did[name]

    return field(
        compute=compute, store=True, readonly=False, recursive=True, **attributes
    )


class TelephonyDid(models.Model):
    """A number of a pool: shown to visitors in the place of the one it stands for.

    Whoever rings it is routed, named and counted as if the static number had been
    dialled; only why they ring is known better.
    """

    _inherit = "telephony.did"

    pool_id = fields.Many2one(
        "telephony.tracking.pool",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="Visitors of a web site are shown the number in the place of another, of "
        "which it has its name, its team, its user and its sources.",
    )
    name = _inherited(fields.Char, "name")
    team_id = _inherited(fields.Many2one, "team_id")
    user_id = _inherited(fields.Many2one, "user_id")
    source_id = _inherited(fields.Many2one, "source_id")
    medium_id = _inherited(fields.Many2one, "medium_id")
    campaign_id = _inherited(fields.Many2one, "campaign_id")
    source_from = _inherited(
        fields.Date,
        "source_from",
        string="Source From",
        help="Calls of before have no source by this number.",
    )
    source_to = _inherited(
        fields.Date,
        "source_to",
        string="Source Until",
        help="Calls of later have no source by this number.",
    )
    creation_policy = _inherited(fields.Selection, "creation_policy")
    create_on = _inherited(fields.Selection, "create_on")

    @api.depends_context("telephony_number_only")
    def _compute_display_name(self):
        """Override since all numbers of a pool have the same name."""
        super()._compute_display_name()
        if self.env.context.get("telephony_number_only"):
            for did in self.filtered("e164"):
                did.display_name = numbers.international(did.e164)

    @api.constrains("pool_id", "is_presented")
    def _check_pool(self):
        pools = self.env["telephony.tracking.pool"].sudo()
        for did in self.filtered("pool_id"):
            if did.is_presented:
                raise ValidationError(
                    self.env._(
                        "%s is a number of a pool, which customers are never shown as "
                        "ours: tomorrow it stands for another visitor.",
                        did.display_name,
                    )
                )
            if pools.search_count([("stands_for_id", "=", did.id)], limit=1):
                raise ValidationError(
                    self.env._(
                        "%s is the static number of a pool, so it cannot be in one.",
                        did.display_name,
                    )
                )

    @api.constrains("number")
    def _check_static(self):
        pools = self.env["telephony.tracking.pool"].sudo()
        pools.search([("stands_for_id", "in", self.ids)])._check_static()

    @api.model_create_multi
    def create(self, vals_list):
        dids = super().create(vals_list)
        dids.filtered("pool_id")._sync_slots()
        return dids

    def write(self, vals):
        done = super().write(vals)
        if "pool_id" in vals or "active" in vals:
            self._sync_slots()
        return done

    def _sync_slots(self):
        """Give each number of a pool its place there, and no other number one.

        A number that comes from another pool rests first, as it may still be before
        somebody's eyes; who had it, has it no more.
        """
        slots = self.env["telephony.tracking.slot"].sudo()
        leases = self.env["telephony.tracking.lease"].sudo()
        now = fields.Datetime.now()
        known = {
            slot.did_id: slot for slot in slots.search([("did_id", "in", self.ids)])
        }
        for did in self.sudo():
            pool = did.pool_id if did.active else did.pool_id.browse()
            slot = known.get(did, slots)
            if slot.pool_id == pool:
                continue
            lease = leases.search([("did_id", "=", did.id), ("end_date", "=", False)])
            lease.end_date = now
            free_date = max(slot.free_date or now, now)
            slot.unlink()
            if pool:
                slots.create(
                    {"did_id": did.id, "pool_id": pool.id, "free_date": free_date}
                )

    @api.model
    def _called(self, record):
        """Override since the static number is what customers know."""
        called = super()._called(record)
        return called.pool_id.stands_for_id or called
