from odoo import fields, models


class TelephonyPbxSetupExtension(models.TransientModel):
    """An extension that the PBX has, and who might sit there."""

    _name = "telephony.pbx.setup.extension"
    _description = "Extension Found in the PBX"
    _order = "number, id"

    wizard_id = fields.Many2one(
        "telephony.pbx.setup.wizard", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="wizard_id.pbx_id.company_id")
    is_known = fields.Boolean(string="Already Here", readonly=True)
    is_taken = fields.Boolean(string="Take", default=True)
    number = fields.Char(readonly=True, required=True)
    name = fields.Char(string="Name in the PBX", readonly=True)
    email = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", string="Who Sits There")


class TelephonyPbxSetupDid(models.TransientModel):
    """A company number that the PBX has."""

    _name = "telephony.pbx.setup.did"
    _description = "Company Number Found in the PBX"
    _order = "number, id"

    wizard_id = fields.Many2one(
        "telephony.pbx.setup.wizard", required=True, ondelete="cascade"
    )
    is_known = fields.Boolean(string="Already Here", readonly=True)
    is_taken = fields.Boolean(string="Take", default=True)
    is_active = fields.Boolean(string="In Service", readonly=True)
    number = fields.Char(readonly=True, required=True)
    name = fields.Char(help="What agents read when it rings.")


class TelephonyPbxSetupStep(models.TransientModel):
    """What came of one step of a set-up, in words."""

    _name = "telephony.pbx.setup.step"
    _description = "Step of a Set-Up"
    _order = "id"

    wizard_id = fields.Many2one(
        "telephony.pbx.setup.wizard", required=True, ondelete="cascade"
    )
    stage = fields.Selection([("look", "Look"), ("done", "Done")], required=True)
    state = fields.Selection(
        [("ok", "Done"), ("warning", "Attention"), ("error", "Failed")], required=True
    )
    name = fields.Char(required=True)
    message = fields.Text()
