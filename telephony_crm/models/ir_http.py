from odoo import models
from odoo.http import request

from ..tools import log_filter

log_filter.install()


class IrHttp(models.AbstractModel):
    """What the web client knows of telephony from the start."""

    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        """Override to drop the one parameter that no controller can take.

        Anybody can ask for ``?self=1``; it would be the controller's own ``self``, and
        a traceback in the log.
        """
        if request.httprequest.path.startswith("/telephony/"):
            request.params.pop("self", None)
        return super()._dispatch(endpoint)

    def session_info(self):
        """Override to add the user's extension and options for calls."""
        info = super().session_info()
        info["telephony"] = self.env["telephony.dial"]._session()
        return info
