from odoo import api, models, tools
from odoo.exceptions import ValidationError


class TelephonyDid(models.Model):
    """From when to when a static number stands for its advertisement.

    Such as a leaflet's: before it is handed out, and long after, callers of its number
    come for another reason.
    """

    _inherit = "telephony.did"

    @api.constrains("source_from", "source_to")
    def _check_source_dates(self):
        for did in self:
            if did.source_from and did.source_to and did.source_to < did.source_from:
                raise ValidationError(
                    self.env._(
                        "%s would stand for its source until a day before it begins.",
                        did.display_name,
                    )
                )

    @api.model
    @tools.ormcache("pbx_id")
    def _source_dates(self, pbx_id):
        """Return the days of the numbers of a PBX that have some.

        :return: ``{did_id: (from, to)}``, either may be `False`
        """
        dids = self.sudo().search(
            [
                ("pbx_id", "=", pbx_id),
                "|",
                ("source_from", "!=", False),
                ("source_to", "!=", False),
            ]
        )
        return {did.id: (did.source_from, did.source_to) for did in dids}
