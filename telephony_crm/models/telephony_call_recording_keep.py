import mmap

from odoo import models

from ..pbx import sounds


class TelephonyCallRecording(models.Model):
    """How a sound that was fetched is kept: once, whatever the PBX calls it."""

    _inherit = "telephony.call.recording"

    def _store(self, sound):
        """Keep a sound; once only, under however many names the PBX gives it.

        :param sound: `tools.fetch.Sound`
        """
        with self._alone():
            self.invalidate_recordset()
            if not self.exists() or self.state == "stored":
                return
            vals = {"state": "stored", "error": False, "error_detail": False}
            vals.update(retry_at=False, unfinished=0)
            if sounds.is_empty(sound.file):
                self.write({**vals, "state": "empty"})
                return
            twin = self._siblings().filtered(
                lambda row: row.checksum == sound.checksum and not row.original_id
            )
            if twin and self._is_proven() and not twin._is_proven():
                self._take_over(twin)
            elif twin:
                self.write({**vals, "original_id": twin[0].id})
            else:
                self.write({**vals, **self._vals_of_sound(sound)})

    def _is_proven(self):
        """Tell whether the PBX has given it a name, and not we."""
        return bool(self.ref) and not self.ref.startswith("#")

    def _take_over(self, twin):
        """Give this row's name to the one that has the sound already."""
        ref = self.ref
        self.unlink()
        twin.ref = ref

    def _vals_of_sound(self, sound):
        """Store the file; return what is known of it."""
        call = self.call_id
        name = f"{call.start_date:%Y-%m-%d %H-%M} {call.number or self.id}"
        data = self._content(sound.file)
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{name}.{sound.kind.extension}",
                "raw": data,
                "mimetype": sound.kind.mimetype,
                "company_id": call.company_id.id,
                # A model without a record: nobody has rights to it. Zero and not
                # NULL, or Odoo would never move it to object storage.
                "res_model": self._name,
                "res_id": 0,
            }
        )
        only = len(self._siblings()) == 1
        return {
            "attachment_id": attachment.id,
            "mimetype": sound.kind.mimetype,
            "file_size": sound.size,
            "checksum": sound.checksum,
            "seconds": sounds.seconds_of(sound.file) or (only and call.talk_seconds),
        }

    def _content(self, file):
        """Return the bytes of a file; where Odoo writes a file of them, not in memory.

        A map of the file can be hashed, measured and written like bytes.
        """
        if self.env["ir.attachment"]._storage() == "file":
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        file.seek(0)
        return file.read()
