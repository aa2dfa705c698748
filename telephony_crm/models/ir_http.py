from hashlib import sha256

from odoo import api, models, tools
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
        if info["telephony"]:
            info["telephony"]["database"] = self._telephony_database()
        return info

    @api.model
    @tools.ormcache()
    def _telephony_database(self):
        """Return a word that only this database has, for what the browser remembers.

        Of the databases that come to be at one address after each other, those of a
        template have the same id, but another moment at which the addon was installed.
        """
        database_id = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        installed = self.env.ref("telephony_crm.group_telephony_agent").sudo()
        text = f"{self.env.cr.dbname}\n{database_id}\n{installed.create_date}"
        return sha256(text.encode()).hexdigest()[:16]
