import logging

from psycopg2 import OperationalError

from odoo import fields, models
from odoo.exceptions import ConcurrencyError

from ..pbx import adapter as pbx_adapter
from .telephony_call_notify import FRESH

_logger = logging.getLogger(__name__)


class TelephonyCall(models.Model):
    """What the PBX is told to do with a call that rings."""

    _inherit = "telephony.call"

    def _try_to_decide(self):
        """Return what `_decide` does; whatever fails there, the call stays logged.

        It then goes its usual way in the PBX.
        """
        try:
            with self.env.cr.savepoint():
                return self._decide()
        except (OperationalError, ConcurrencyError):
            raise
        except Exception:
            _logger.exception("Call %s: no decision", self.id)
            return pbx_adapter.Decision()

    def _decide(self):
        """Return what the PBX is to do with this call when it comes in.

        An old event is answered with nothing: whoever sends it again has no caller
        on the line, and learns no name.

        :rtype: pbx.adapter.Decision
        """
        if not self or self.direction != "inbound":
            return pbx_adapter.Decision()
        if self.blocked:
            return pbx_adapter.Decision(blocked=True)
        if self.state == "ended" or self.start_date < fields.Datetime.now() - FRESH:
            return pbx_adapter.Decision()
        self.partner_id.fetch(["name"])
        name = (
            self.partner_id.name
            or self.lead_id.contact_name
            or self.lead_id.partner_name
        )
        extension = ""
        if self.pbx_id.route_to_responsible and self.owner_id:
            extensions = self.env["telephony.extension"]
            extension = extensions._of_user(self.owner_id, self.pbx_id).number or ""
        return pbx_adapter.Decision(
            caller_name=name or "",
            extension=extension,
            return_seconds=self._return_seconds() if extension else None,
        )

    def _return_seconds(self):
        """Return how long the responsible user is rung, `None` for the usual.

        An adapter that can give the call back declares the setting `return_timeout`.
        """
        settings = self.pbx_id.setting_ids
        value = settings.filtered(lambda one: one.key == "return_timeout").value or ""
        return int(value) if value.strip().isdecimal() else None
