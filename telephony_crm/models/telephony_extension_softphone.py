import time

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import NO_ACCESS

from ..pbx import softphone
from ..tools import mask

ADMINISTRATOR = "telephony_crm.group_telephony_administrator"


class TelephonyExtension(models.Model):
    """The browser as the telephone of an extension.

    The SIP password is written by administrators and read by nobody: it leaves the
    server in one way, `softphone_config`, and only to the user whose extension it is.
    """

    _inherit = "telephony.extension"

    can_softphone = fields.Boolean(related="pbx_id.can_softphone")
    softphone = fields.Boolean(
        help="The user can be rung and talk in the browser. The PBX must have a "
        "WebRTC endpoint for the extension.",
    )
    sip_password = fields.Char(
        string="SIP Password",
        compute="_compute_sip_password",
        inverse="_inverse_sip_password",
        copy=False,
        groups=ADMINISTRATOR,
        help="What the extension registers with at the PBX. It is never shown again, "
        "and only the browser of the extension's user gets it.",
    )
    sip_password_stored = fields.Char(groups=NO_ACCESS, copy=False)

    @api.depends("sip_password_stored")
    def _compute_sip_password(self):
        for extension in self:
            extension.sip_password = mask.shown(extension.sudo().sip_password_stored)

    def _inverse_sip_password(self):
        for extension in self:
            if mask.is_new(extension.sip_password):
                extension.sudo().sip_password_stored = extension.sip_password

    @api.constrains("sip_password_stored")
    def _check_sip_password(self):
        for extension in self.sudo().filtered("sip_password_stored"):
            if not extension.sip_password_stored.isprintable():
                raise ValidationError(
                    self.env._("A SIP password is one line of visible characters.")
                )

    def write(self, vals):
        """Override to take the password from an extension that changes hands.

        Who had the extension knows it, and could be rung in the place of who has it.
        """
        if "user_id" in vals and "sip_password" not in vals:
            moved = self.filtered(
                lambda extension: (
                    extension.sudo().sip_password_stored
                    and extension.user_id.id not in (False, vals["user_id"])
                )
            )
            moved.sudo().sip_password_stored = False
        return super().write(vals)

    # -- for the screen --------------------------------------------------------------

    @api.model
    @api.readonly
    def softphone_config(self):
        """Return what this user's browser registers with at the PBX.

        :return: see `softphone.account`; ``{"problem": <one sentence>}`` when it is on
            and cannot work; ``False`` when this user has no softphone
        """
        extension = self._softphone_of(self.env.user)
        if not extension:
            return False
        settings = extension.pbx_id._credentials().settings
        password = extension.sip_password_stored
        if problem := softphone.problem(settings) or (not password and "password"):
            return {"problem": self._softphone_words(problem, extension)}
        user = str(self.env.uid)
        return softphone.account(
            settings, extension.number, password, user, int(time.time())
        )

    @api.model
    def _softphone_of(self, user):
        """Return the extension at which ``user`` is rung in the browser, or none.

        One for each user: that of the current company, else of another one.
        """
        if not user.has_group("telephony_crm.group_telephony_agent"):
            return self.sudo().browse()
        found = self.sudo().search(
            [
                ("user_id", "=", user.id),
                ("softphone", "=", True),
                ("pbx_id.active", "=", True),
                ("company_id", "in", user.company_ids.ids),
            ],
            order="pbx_id, id",
        )
        found = found.filtered("can_softphone")
        return found.sorted(lambda one: one.company_id != self.env.company)[:1]

    def _softphone_words(self, problem, extension):
        _ = self.env._
        pbx = extension.pbx_id.name
        return {
            "address": _(
                "The softphone has no address to register at; an administrator sets "
                "“Address for Softphones” of %s.",
                pbx,
            ),
            "domain": _(
                "The SIP domain of %s is no host's name; an administrator can change "
                "it.",
                pbx,
            ),
            "password": _(
                "Extension %s has no SIP password; an administrator can enter it.",
                extension.number,
            ),
        }[problem]
