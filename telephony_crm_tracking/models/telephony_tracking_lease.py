from odoo import fields, models


class TelephonyTrackingLease(models.Model):
    """A number of a pool, shown to one visitor for a time.

    Written by `telephony.tracking.slot` only.
    """

    _name = "telephony.tracking.lease"
    _description = "Number Shown to a Visitor"
    _rec_name = "did_id"
    _order = "id desc"
    _log_access = False

    # Found by `_by_time` and `_one_open`; kept as long as its visit.
    did_id = fields.Many2one(
        "telephony.did", string="Number", required=True, ondelete="cascade"
    )
    # Which it was of then: a number may go to another pool, and a pool away.
    pool_id = fields.Many2one("telephony.tracking.pool", ondelete="set null")
    visit_id = fields.Many2one(
        "telephony.tracking.visit", required=True, index=True, ondelete="cascade"
    )
    start_date = fields.Datetime(required=True)
    seen_date = fields.Datetime(
        string="Last Seen", required=True, help="The last sign of life of the page."
    )
    confirmed = fields.Boolean(help="There was more than one sign of life.")
    end_date = fields.Datetime(help="Empty: it goes on, or nobody has had it since.")
    tap_date = fields.Datetime(string="Tapped", help="The visitor tapped the number.")

    _one_open = models.UniqueIndex(
        "(did_id) WHERE end_date IS NULL",
        "A number is shown to one visitor at a time.",
    )
    _by_time = models.Index("(did_id, start_date)")
