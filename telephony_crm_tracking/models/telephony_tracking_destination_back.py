import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.fields import NO_ACCESS

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
            rows = taker._rows_to_catch_up()
            try:
                with self.env.cr.savepoint():
                    taker._catch_up_with(rows)
            except (OperationalError, ConcurrencyError):
                raise
            except Exception:
                _logger.exception("Destination %s: does not catch up", taker.id)
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

    def _catch_up_with(self, rows):
        rows = rows.filtered(lambda row: self in row._takers(Event.RETRACT))
        over = rows.filtered("cancelled_date")
        now = fields.Datetime.now()
        for row in over - over._adjusting(Event.RETRACT, self).original_id:
            row._retract(now, self)
        for row in (rows - over).filtered(lambda row: row.event == Event.WON.value):
            lead = row.lead_id
            row._restate(lead.tracking_revenue, lead.tracking_currency_id)
