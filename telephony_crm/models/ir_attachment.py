from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

RECORDING = "telephony.call.recording"


class IrAttachment(models.Model):
    """The sound of a recording is handed out by its own address only.

    There the rights of its call are checked and it is noted who listened. Odoo's own
    addresses for attachments do neither.
    """

    _inherit = "ir.attachment"

    def _check_access(self, operation):
        """Override to keep the sounds of recordings from everybody, also system users.

        Without a record that they belong to they are closed to all others already.
        """
        result = super()._check_access(operation)
        if self.env.su:
            return result
        sounds = self.sudo().filtered(lambda file: file.res_model == RECORDING)
        if not sounds:
            return result
        sounds.invalidate_recordset(["res_model"])  # as Odoo does, for the same reason
        forbidden = self & sounds | (result[0] if result else self.browse())
        return forbidden, lambda: AccessError(
            self.env._("A recording is listened to in its call, and not as a file.")
        )

    @api.model
    def _search(self, domain, *args, bypass_access=False, **options):
        """Override to find no sounds: whoever finds a file may read it."""
        if not (self.env.su or bypass_access):
            domain = Domain(domain) & Domain("res_model", "!=", RECORDING)
        return super()._search(domain, *args, bypass_access=bypass_access, **options)
