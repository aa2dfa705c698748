import logging

from odoo import api, fields, models

from odoo.addons.telephony_crm.pbx import adapter as pbx_adapter
from odoo.addons.telephony_crm.tools.exchange import exchange
from odoo.addons.telephony_crm.tools.transaction import end

_logger = logging.getLogger(__name__)

#: Seconds, and bytes of the answer.
PATIENCE, MOST = 10.0, 1024 * 1024


class TelephonyTrackingSite(models.Model):
    """Whether the public address can be reached as a visitor's browser would.

    That is without cookies: where several databases are behind one host, Odoo knows
    by a cookie only which one is meant, and answers strangers that there is no page.
    """

    _inherit = "telephony.tracking.site"

    reach_code = fields.Char(readonly=True, copy=False)
    reach_date = fields.Datetime(readonly=True, copy=False)

    def action_test_address(self):
        """Ask for the script as a stranger does, and say what came of it."""
        self.ensure_one()
        self.check_access("write")
        code = self._test_address()
        kind = "danger" if code else "success"
        words = self._reach_in_words(code) or self.env._(
            "The address can be reached, by this server at least. Open a page of the "
            "site to see whether browsers reach it, too."
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": words,
                "sticky": bool(code),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _cron_test_addresses(self):
        """Look once a day whether the addresses of the sites can be reached."""
        sites = self.search([])
        self.env["ir.cron"]._commit_progress(remaining=len(sites))
        for site in sites:
            site._test_address()
            if not self.env["ir.cron"]._commit_progress(1):
                return

    def _test_address(self):
        """Ask for the script, and note what came of it.

        No transaction is open meanwhile.

        :return: ``""``, or a code, see `_reach_in_words`
        """
        url = f"{self._address()}.js"
        end(self.env)
        try:
            answer = exchange(
                pbx_adapter.HttpRequest("GET", url, timeout=(5, PATIENCE)),
                PATIENCE,
                MOST,
            )
        except pbx_adapter.PbxError as error:
            # The address holds the token, which logs are not to have.
            _logger.info("Site %s: not reached: %s", self.id, type(error).__name__)
            code = "silent"
        else:
            code = _code_of(answer)
        self.sudo().write({"reach_code": code, "reach_date": fields.Datetime.now()})
        return code

    def _reach_in_words(self, code):
        """Say why visitors do not reach the address, and what to do about it."""
        _ = self.env._
        url = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        return {
            "silent": _(
                "%s cannot be reached from this server. Check the address of Odoo (the "
                "parameter web.base.url), and whether pages see the numbers all the "
                "same.",
                url,
            ),
            "404": _(
                "The address answers 404 to who has no cookie. Are several databases "
                "behind %s? Then Odoo does not know which one is meant: give each a "
                "host of its own and set dbfilter to it, such as ^%%d$.",
                url,
            ),
            "redirect": _(
                "The address sends visitors elsewhere. Set the parameter web.base.url "
                "to where %s leads to.",
                url,
            ),
            "other": _(
                "Something else than this Odoo answers at %s. Check the parameter "
                "web.base.url, and what the proxy in between lets through.",
                url,
            ),
            "cookie": _(
                "The script is answered with a cookie, so no cache may keep it, and "
                "visitors would have to agree first. Check what the proxy adds."
            ),
        }.get(code or "")

    def _health_findings(self):
        """Override to say that the address could not be reached."""
        findings = super()._health_findings()
        if self.reach_code:
            findings.append(
                self._finding(
                    "error",
                    "address",
                    self._reach_in_words(self.reach_code),
                    "action_test_address",
                    self.env._("Test it again"),
                )
            )
        return findings


def _code_of(answer):
    """Return what an answer without cookies means; ``""`` when all is well."""
    if answer.status == 404:
        return "404"
    if 300 <= answer.status < 400:
        return "redirect"
    is_script = "javascript" in answer.headers.get("content-type", "")
    if answer.status != 200 or not is_script or "etag" not in answer.headers:
        return "other"
    return "cookie" if "set-cookie" in answer.headers else ""
