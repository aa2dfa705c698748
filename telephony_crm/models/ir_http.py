from odoo import models

from ..tools import log_filter

log_filter.install()


class IrHttp(models.AbstractModel):
    """What the web client knows of telephony from the start."""

    _inherit = "ir.http"

    def session_info(self):
        """Override to add the user's extension and options for calls."""
        info = super().session_info()
        info["telephony"] = self.env["telephony.dial"]._session()
        return info
