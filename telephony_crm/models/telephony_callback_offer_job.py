import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError

from ..tools.transaction import exclusive
from .telephony_callback_offer import CRON

_logger = logging.getLogger(__name__)

BATCH = 100
# A call that was accepted and of which nothing is heard for so long, has not come.
UNHEARD = timedelta(minutes=10)
# Of calls that have begun, the PBX may tell the end late, or never.
UNENDED = timedelta(hours=4)
# Who could not be called for so long by a fault of ours, is left to people.
TOO_LATE = timedelta(hours=1)


class TelephonyCallback(models.Model):
    """What becomes of offers when their time has come, or is over."""

    _inherit = "telephony.callback"

    @api.model
    def _cron_offer(self):
        """Ask for new leads, and do what is due; one that fails holds up nobody."""
        self.env["crm.lead"]._ask_for_new_leads()
        due = self._due_offers(BATCH)
        for callback in due:
            try:
                callback._offer_alone()
            except (OperationalError, ConcurrencyError):
                self.env.cr.rollback()  # it is due still, and the next run has it
            except Exception:
                self.env.cr.rollback()
                _logger.warning("Call-back %s: not offered", callback.id, exc_info=True)
                callback.exists()._give_up_if_late()
            if not self.env["ir.cron"]._commit_progress(1):
                break
        if len(due) == BATCH:
            self.env.ref(CRON)._trigger()

    @api.model
    def _due_offers(self, limit):
        """Return the call-backs with which something is to be done now."""
        now = fields.Datetime.now()
        return self.search(
            [
                ("state", "=", "open"),
                "|",
                "|",
                "&",
                ("offer", "=", "waiting"),
                ("offer_date", "<=", now),
                "&",
                ("offer", "=", "offered"),
                ("offer_end_date", "<=", now),
                "&",
                ("offer", "=", "accepted"),
                ("accepted_date", "<=", now - UNHEARD),
            ],
            order="offer_date, id",
            limit=limit,
        )

    def _offer_alone(self):
        """Do what is due with it, alone for its number, unless somebody has done so."""
        self.ensure_one()
        with exclusive(self.env, "number", self.company_id.id, self.e164):
            world = self.pbx_id._for_events().env[self._name]
            callback = world.browse(self.id)
            if callback not in world._due_offers(None):
                return
            if callback.offer == "accepted":
                callback._try_again_unless_called()
            elif callback.offer == "offered" or not callback.pbx_id._offers_calls():
                callback._leave_open()
            else:
                callback._offer()

    def _try_again_unless_called(self):
        """Offer it again if the call that was accepted has not come about."""
        wish = self._last_wish()
        since = self.accepted_date
        if wish.call_id and since > fields.Datetime.now() - UNENDED:
            return  # its end tells, see `telephony.call`
        self._try_again()

    def _give_up_if_late(self):
        """Leave to people what the job could not offer for long."""
        for callback in self:
            since = callback.offer_date or callback.asked_date
            if since and since < fields.Datetime.now() - TOO_LATE:
                callback.offer = "over"
