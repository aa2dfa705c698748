from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS

from odoo.addons.telephony_crm.tools import mask


class TelephonyTrackingDestinationSetting(models.Model):
    """What a kind of destination needs to know of one account.

    The rows come from the kind's own declaration, so that a new kind needs no field,
    view or access rule of its own.
    """

    _name = "telephony.tracking.destination.setting"
    _description = "Setting of a Destination"
    _order = "destination_id, sequence, id"

    destination_id = fields.Many2one(
        "telephony.tracking.destination", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    key = fields.Char(required=True, readonly=True)
    label = fields.Char(string="Setting", compute="_compute_declaration")
    help = fields.Text(string="Explanation", compute="_compute_declaration")
    is_secret = fields.Boolean(compute="_compute_declaration")
    is_switch = fields.Boolean(compute="_compute_declaration")
    is_required = fields.Boolean(compute="_compute_declaration")
    value = fields.Char()
    is_on = fields.Boolean(
        string="On", compute="_compute_is_on", inverse="_inverse_is_on"
    )
    secret_value = fields.Char(
        string="Secret",
        compute="_compute_secret_value",
        inverse="_inverse_secret_value",
        copy=False,
        help="Can be written and replaced, but not read back.",
    )
    secret_stored = fields.Char(groups=NO_ACCESS, copy=False)

    _key_unique = models.Constraint(
        "UNIQUE (destination_id, key)", "A destination has each setting once."
    )

    @api.depends("key", "destination_id.kind")
    @api.depends_context("lang")
    def _compute_declaration(self):
        for row in self:
            declared = row.destination_id._declared().get(row.key)
            words = row.destination_id._words_of_settings()
            row.label = words.get(declared.label, declared.label) if declared else ""
            row.help = words.get(declared.help, declared.help) if declared else ""
            row.is_secret = bool(declared and declared.secret)
            row.is_switch = bool(declared and declared.switch)
            row.is_required = bool(declared and declared.required)

    @api.depends("value")
    def _compute_is_on(self):
        for row in self:
            row.is_on = row.value == "1"

    def _inverse_is_on(self):
        for row in self:
            row.value = "1" if row.is_on else "0"

    @api.depends("secret_stored")
    def _compute_secret_value(self):
        for row in self:
            row.secret_value = mask.shown(row.sudo().secret_stored)

    def _inverse_secret_value(self):
        for row in self:
            if mask.is_new(row.secret_value):
                row.sudo().secret_stored = row.secret_value

    def write(self, vals):
        if not self.env.su and set(vals) - {"value", "is_on", "secret_value"}:
            raise AccessError(
                self.env._("The kind of the destination says which settings there are.")
            )
        before = self._entered()
        done = super().write(vals)
        # What was wrong may be right now.
        self.destination_id.sudo()._go_on()
        if self._entered() != before:
            self.destination_id._catch_up()
        return done

    def _entered(self):
        return [(row.value, row.secret_stored) for row in self.sudo()]
