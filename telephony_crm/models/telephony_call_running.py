import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..pbx import adapter as pbx_adapter

_logger = logging.getLogger(__name__)

# Of a call that changes, each step is heard of; one that just goes on is silent.
SILENT = timedelta(minutes=2)
MOST = 1000


class TelephonyCall(models.Model):
    """Calls that go on for Odoo, and of which the PBX is asked whether they do.

    Their ends may have been lost: no bridge ran, or could reach Odoo.
    """

    _inherit = "telephony.call"

    @api.model
    def _cron_mark_stale(self):
        """Override to end what the PBX, where it can tell, says is over."""
        for pbx in self.env["telephony.pbx"].sudo().search([]):
            if pbx._can("running"):
                self._end_what_is_over(pbx._for_events())
        return super()._cron_mark_stale()

    @api.model
    def _end_what_is_over(self, pbx):
        """Ask a PBX what goes on, if there is a doubt, and end what does not.

        :return: how many calls were ended
        """
        live = self._long_silent(pbx)
        if not live:
            return 0
        try:
            found = pbx._converse(pbx._adapter().running(pbx._credentials()))
        except pbx_adapter.PbxError as error:
            _logger.info("PBX %s does not say what goes on: %s", pbx.id, error.code)
            return 0
        over = [call_id for call_id, refs in live if found.isdisjoint(refs)]
        if not over:
            return 0
        jobs = self.env["telephony.pbx.reconciliation"]
        return jobs._close(pbx, SQL("c.id = ANY(%s)", over))

    @api.model
    def _long_silent(self, pbx):
        """Return the calls of which nothing was heard for a while.

        :return: list of ids, each with the references of the call and of its legs
        """
        self.env["telephony.call.leg"].flush_model()
        self.flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT c.id,
                       array_remove(array_agg(l.leg_ref), NULL) || ARRAY[c.call_ref]
                  FROM telephony_call c
             LEFT JOIN telephony_call_leg l ON l.call_id = c.id
                 WHERE c.pbx_id = %s AND c.state != 'ended' AND c.write_date < %s
              GROUP BY c.id
              ORDER BY c.id
                 LIMIT %s
                """,
                pbx.id,
                fields.Datetime.now() - SILENT,
                MOST,
            )
        )
