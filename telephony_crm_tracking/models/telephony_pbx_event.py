import logging

from psycopg2 import OperationalError

from odoo import api, models
from odoo.exceptions import ConcurrencyError

from ..attribution import foreign_zadarma
from ..attribution.foreign import BadEvent

_logger = logging.getLogger(__name__)

CALL_TRACKING = "CALL_TRACKING"


class TelephonyPbxEvent(models.Model):
    """Zadarma's own call tracking tells by which visit a call came.

    The event is kept in the inbox as it came, with all of its fields, whether it could
    be read or not.
    """

    _inherit = "telephony.pbx.event"

    @api.model
    def _receive(self, pbx, notification):
        """Override to take what is said of the origin of calls."""
        decision = super()._receive(pbx, notification)
        if notification.event == CALL_TRACKING:
            try:
                with self.env.cr.savepoint():
                    self._take_origin(pbx, notification)
            except (OperationalError, ConcurrencyError):
                raise
            except Exception as error:  # noqa: BLE001 - the inbox keeps it
                reason = error.reason if isinstance(error, BadEvent) else str(error)
                _logger.warning("PBX %s: call tracking not read: %s", pbx.id, reason)
                self._of_key(pbx, notification.key).error = reason[:500]
        return decision

    @api.model
    def _of_key(self, pbx, key):
        return self.sudo().search([("pbx_id", "=", pbx.id), ("key", "=", key)])

    @api.model
    def _take_origin(self, pbx, notification):
        event = self._of_key(pbx, notification.key)
        result = notification.payload.get("result") or ""
        visits = foreign_zadarma.read(result, pbx._account().tz, event.received_at)
        self.env["telephony.tracking.foreign"].sudo()._take(
            visits, pbx.company_id, pbx=pbx
        )
