from odoo import api, models
from odoo.exceptions import AccessError

# What a person may say of a call. All else is what the PBX said.
WRITABLE = frozenset({"note", "outcome_id", "partner_id", "lead_id"})


class TelephonyCall(models.Model):
    """Who may change a call: the PBX its facts, a person what it meant."""

    _inherit = "telephony.call"

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(
                self.env._("Calls come from the PBX. Nobody can enter one by hand.")
            )
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_writable(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_superuser_only(self):
        if not self.env.su:
            raise AccessError(
                self.env._("Calls are the record of the PBX and cannot be deleted.")
            )

    def _check_writable(self, vals):
        """Refuse what only the PBX may say, and records that are not to be seen.

        :raises AccessError: for any other field, and for a contact or lead that
            the user may not read: its name would show on the call
        """
        if others := sorted(set(vals) - WRITABLE):
            raise AccessError(
                self.env._(
                    "Only the PBX tells this of a call: %s.",
                    ", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in others
                        if name in self._fields
                    ),
                )
            )
        for name in ("partner_id", "lead_id"):
            if vals.get(name):
                self.env[self._fields[name].comodel_name].browse(
                    vals[name]
                ).check_access("read")
