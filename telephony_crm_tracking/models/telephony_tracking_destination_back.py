import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.fields import NO_ACCESS

from odoo.addons.telephony_crm.tools.transaction import begin

from ..attribution.conversion import Event
from .telephony_tracking_conversion import ADJUSTING, GONE_OUT

_logger = logging.getLogger(__name__)

#: Of one run of the job; the next one begins at once when there is more.
CATCH_UP = 200


class TelephonyTrackingDestination(models.Model):
    """Who takes back begins with what was cancelled before it was set up."""

    _inherit = "telephony.tracking.destination"

    # It has still to catch up; all until then has been looked at.
    is_behind = fields.Boolean(readonly=True, copy=False, groups=NO_ACCESS)
    caught_up_id = fields.Integer(readonly=True, copy=False, groups=NO_ACCESS)

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        made._catch_up()
        return made

    def write(self, vals):
        """Override to begin when it is used again, or for others."""
        done = super().write(vals)
        if not {"active", "company_id", "takes_back_ids"}.isdisjoint(vals):
            self._catch_up()
        return done

    def _catch_up(self):
        """Have the job note what has gone elsewhere and is so no more, or worth others.

        That may be much, and who enters settings does not wait for it.
        """
        takers = self.sudo().filtered(lambda one: one.active and one.can_take_back)
        if takers:
            takers.write({"is_behind": True, "caught_up_id": 0})
            job = self.env.ref("telephony_crm_tracking.ir_cron_tracking_send")
            job.sudo()._trigger()

    @api.model
    def _catch_up_some(self):
        """Let those that are behind catch up by some steps. For sudo only.

        What they know of already stays as it is. Whatever fails is passed by.

        :return: whether there is more
        """
        behind = self.search([("is_behind", "=", True)])
        for taker in behind:
            begin(self.env)
            rows = taker._rows_to_catch_up()
            rows._lock()
            for row in rows.exists():
                try:
                    with self.env.cr.savepoint():
                        taker._catch_up_with(row)
                except (OperationalError, ConcurrencyError):
                    raise
                except Exception:
                    _logger.exception("%s: %s not caught up with", taker, row)
            is_behind = len(rows) == CATCH_UP
            taker.write({"is_behind": is_behind, "caught_up_id": rows[-1:].id})
        return any(taker.is_behind for taker in behind)

    def _rows_to_catch_up(self):
        pure = self._pure()
        rows = self.env["telephony.tracking.conversion"]
        if not (pure and pure.adjusts_until and self.can_take_back):
            return rows
        since = fields.Datetime.now() - pure.adjusts_until
        return rows.search(
            [
                ("id", ">", self.caught_up_id),
                ("company_id", "=", self.company_id.id),
                ("event", "not in", ADJUSTING),
                ("state", "in", GONE_OUT),
                ("is_test", "=", False),
                ("date", ">=", since),
            ],
            order="id",
            limit=CATCH_UP,
        )

    def _catch_up_with(self, row):
        if self not in row._takers(Event.RETRACT):
            return
        if row.cancelled_date:
            if not row._adjusting(Event.RETRACT, self):
                row._retract(fields.Datetime.now(), self)
        elif row.event == Event.WON.value:
            lead = row.lead_id
            row._restate(lead.tracking_revenue, lead.tracking_currency_id)
