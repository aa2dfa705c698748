import os
import tempfile

from odoo import api, models

from ..pbx import adapter as pbx_adapter
from ..pbx import sounds
from ..tools import fetch
from ..tools.job_time import time_for_a_sound
from ..tools.transaction import end


class TelephonyPbxCommand(models.Model):
    """A sound that is fetched by a bridge."""

    _inherit = "telephony.pbx.command"

    @api.model
    def _fetch_sound(self, pbx, http_request, limit):
        """Have a bridge fetch a sound.

        :param limit: bytes
        :return: `tools.fetch.Sound`, to be closed by the caller
        :raises pbx.adapter.PbxError: as `tools.fetch.fetch` does
        """
        wanted = {"sound": True, "limit": limit}
        row = self._ask(pbx, http_request, time_for_a_sound(), wanted)
        answer, attachment = row._take_answer(), row.attachment_id
        fetch.check_status(answer["status"], answer["headers"])
        if not attachment:
            raise fetch.no_sound()
        try:
            return _as_sound(attachment, limit)
        finally:
            row.attachment_id = False
            attachment.unlink()
            end(self.env)


def _as_sound(attachment, limit):
    """Return an attachment as if it had been fetched.

    The file stays readable for who has it open, whatever becomes of the attachment.
    """
    if attachment.file_size > limit:
        raise pbx_adapter.PbxError("large", "The recording is too large.")
    path = attachment.store_fname and attachment._full_path(attachment.store_fname)
    if path and os.path.exists(path):
        file = open(path, "rb")
    else:
        file = tempfile.TemporaryFile()
        file.write(attachment.raw)
        file.seek(0)
    kind = sounds.kind_of(file.read(sounds.HEAD))
    if kind is None:
        file.close()
        raise fetch.no_sound()
    file.seek(0)
    return fetch.Sound(file, kind, attachment.file_size, attachment.checksum)
