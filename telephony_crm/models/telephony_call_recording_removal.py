import logging
from datetime import timedelta

from odoo import api, fields, models

from ..pbx import adapter as pbx_adapter
from ..tools import transaction

_logger = logging.getLogger(__name__)

AGAIN = timedelta(hours=6)
# A PBX that does not remove it for so long keeps it.
GIVE_UP = timedelta(days=7)
BATCH = 40


class TelephonyCallRecording(models.Model):
    """Recordings that are stored here need not lie on the PBX any longer."""

    _inherit = "telephony.call.recording"

    remove_at = fields.Datetime(
        string="Removed from the PBX at",
        readonly=True,
        help="When the PBX is asked to remove it, since it is stored here.",
    )

    _to_remove = models.Index("(remove_at) WHERE remove_at IS NOT NULL")

    def _store(self, sound):
        """Override to have it removed from the PBX afterwards, where that is wanted.

        Not before this is committed: what is stored then cannot be lost.
        """
        super()._store(sound)
        stored = self.exists()
        if stored.state == "stored" and stored.ref and stored._removal():
            stored.remove_at = fields.Datetime.now()

    def _removal(self):
        """Return the request that removes it from the PBX, if that is wanted."""
        pbx = self.call_id.pbx_id.sudo()
        if not pbx._can("removal"):
            return None
        try:
            return pbx._adapter().recording_removal(pbx._credentials(), self.ref)
        except pbx_adapter.PbxError:
            return None

    @api.model
    def _cron_fetch(self):
        """Override to remove what is stored from its PBX, after the fetching."""
        super()._cron_fetch()
        self._remove_stored()

    @api.model
    def _remove_stored(self):
        """Ask the PBXs to remove what is due; each is asked for a while."""
        now = fields.Datetime.now()
        due = self.search([("remove_at", "<=", now)], limit=BATCH, order="remove_at")
        silent = set()
        for recording in due:
            pbx = recording.call_id.pbx_id.sudo()
            if pbx.id not in silent and not recording._remove_now(pbx):
                silent.add(pbx.id)
        if len(due) == BATCH:
            self._wake(now + timedelta(minutes=1))

    def _remove_now(self, pbx):
        """Have the PBX remove this recording; return whether it can be asked on."""
        asked = self._removal()
        answers, later = True, False
        try:
            if asked:
                pbx._adapter().answer(pbx._send(asked))
        except pbx_adapter.Refused as error:
            later = error.code != "gone"  # it is there no longer
        except pbx_adapter.PbxError as error:
            _logger.info("Recording %s is not removed: %s", self.id, error.code)
            answers, later = False, True
        transaction.begin(self.env)
        now = fields.Datetime.now()
        keep = later and self.date > now - GIVE_UP
        self.remove_at = now + AGAIN if keep else False
        transaction.end(self.env)
        return answers
