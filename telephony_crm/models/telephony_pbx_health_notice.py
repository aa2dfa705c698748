import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import NO_ACCESS

from ..pbx import adapter as pbx_adapter
from .telephony_pbx import ADMINISTRATOR

_logger = logging.getLogger(__name__)

#: A day, and the job may be somewhat early.
AGAIN = timedelta(hours=20)


class TelephonyPbx(models.Model):
    """Who is told that something is wrong: every day, as long as it is."""

    _inherit = "telephony.pbx"

    noticed_date = fields.Datetime(
        copy=False, groups=NO_ACCESS, help="When administrators were last told."
    )

    @api.model
    def _cron_notice(self):
        """Look at every PBX once a day, and tell its administrators what is wrong."""
        pbxs = self.sudo().search([])
        self.env["ir.cron"]._commit_progress(remaining=len(pbxs))
        for pbx in pbxs:
            pbx._ask_for_webhook()
            pbx._notice()
            self.env["ir.cron"]._commit_progress(1)

    def _ask_for_webhook(self):
        """Have the PBX say whether it still posts its events here."""
        if not self.can_set_up or not self.webhook_checked_date:
            return  # set up by hand, and not by us to judge
        try:
            self._check_webhook()
        except pbx_adapter.PbxError as error:
            _logger.info("PBX %s: webhook not checked: %s", self.id, error.code)

    def _notice(self):
        """Tell the administrators what is wrong, unless they were told today."""
        self.ensure_one()
        now = fields.Datetime.now()
        if self.noticed_date and self.noticed_date > now - AGAIN:
            return
        if any(finding["level"] != "info" for finding in self._health_findings()):
            for lang, users in self._administrators().grouped("lang").items():
                self.with_context(lang=lang)._tell(users)
            self.noticed_date = now

    def _administrators(self):
        """Return who is told: the telephony administrators of the PBX's company."""
        group = self.env.ref(ADMINISTRATOR)
        return group.all_user_ids.filtered(
            lambda user: (
                user.active
                and not user.share
                and user != self.env.ref("base.user_root")
                and self.company_id in user.company_ids
            )
        )

    def _tell(self, users):
        """Send the findings to the inbox or by e-mail, as each user prefers."""
        findings = [one for one in self._health_findings() if one["level"] != "info"]
        items = Markup().join(
            Markup("<li>%s</li>") % finding["text"] for finding in findings
        )
        self.env["mail.thread"].message_notify(
            model=self._name,
            res_id=self.id,
            subject=self.env._("%s needs attention", self.name),
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (
                self.env._("Open %s to see what repairs it.", self.name),
                items,
            ),
            partner_ids=users.partner_id.ids,
        )
