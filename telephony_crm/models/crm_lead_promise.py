import logging

from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.http import request

_logger = logging.getLogger(__name__)

BATCH = 50
# More leads than that, made in one step, are no people who wait for a call.
BULK = 3
# Leads of others' lists: nobody there has asked for anything.
FOUND_BY_ODOO = ("lead_mining_request_id", "reveal_id")


class CrmLead(models.Model):
    """New leads that are called at once, and a button for the others."""

    _inherit = "crm.lead"

    telephony_asked = fields.Selection(
        [("form", "Web form"), ("lead", "New lead")],
        copy=False,
        groups="base.group_system",
        help="It is to be called at once, and the job has not seen to it yet.",
    )

    _telephony_asked_open = models.Index("(id) WHERE telephony_asked IS NOT NULL")

    @api.model_create_multi
    def create(self, vals_list):
        """Override to have new leads called at once, where a PBX is set to do so."""
        leads = super().create(vals_list)
        leads._ask_for_call()
        return leads

    def _ask_for_call(self):
        """Mark those that are to be called; the job does it, so that none is lost.

        Nobody is called for leads that are imported, made from a call, copied out of
        somebody's list or many at once.
        """
        context = self.env.context
        if len(self) > BULK or not self:
            return
        if {"import_file", "install_mode", "telephony_of_call"} & set(context):
            return
        pbxs = self.env["telephony.pbx"].sudo()
        by_user = self.env.uid != SUPERUSER_ID and self.env.user._is_internal()
        marked = self.sudo().browse()
        for lead in self.sudo().filtered(lambda one: one.phone and one.active):
            if any(name in lead and lead[name] for name in FOUND_BY_ODOO):
                continue
            pbx = pbxs._for_lead(lead)
            if pbx and (not by_user or pbx.offer_leads == "all"):
                marked |= lead
        if marked:
            is_form = bool(request) and not by_user
            marked.write({"telephony_asked": "form" if is_form else "lead"})
            self.env["telephony.callback"]._wake_offers()

    @api.model
    def _ask_for_new_leads(self):
        """Ask for the call-backs of the leads that were marked, each on its own."""
        leads = self.sudo().search(
            [("telephony_asked", "!=", False)], order="id", limit=BATCH
        )
        for lead in leads:
            try:
                lead._ask_alone()
            except (OperationalError, ConcurrencyError):
                self.env.cr.rollback()  # it is marked still, and the next run has it
                continue
            except Exception:
                self.env.cr.rollback()
                _logger.warning("Lead %s: not asked for", lead.id, exc_info=True)
            lead.telephony_asked = False
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _ask_alone(self):
        """Ask for the call-back of one new lead, if it still is to be called."""
        self.ensure_one()
        pbx = self.env["telephony.pbx"].sudo()._for_lead(self)
        if pbx and self.phone and self.active:
            self.env["telephony.callback"]._request(
                pbx,
                self.phone,
                self.telephony_asked,
                record=self,
                asked=self.create_date,
            )

    def action_telephony_offer(self):
        """Offer this lead to the agents at once; for dispatchers.

        :raises UserError: when nobody may be called there, in a sentence that says why
        """
        self.ensure_one()
        self.check_access("read")
        self.env["telephony.callback"]._check_dispatcher()
        company = self.company_id or self.env.company
        pbx = (
            self.env["telephony.pbx"]
            .sudo()
            .search(
                [("company_id", "=", company.id), ("offer_calls", "=", True)], limit=1
            )
        )
        if not pbx:
            raise UserError(
                self.env._(
                    "No PBX of %s offers call-backs; an administrator can have one do "
                    "so.",
                    company.name,
                )
            )
        asked = self.env["telephony.callback"]._request(
            pbx, self.phone, "person", record=self.sudo()
        )
        return self.env["telephony.callback"]._notification_of(asked, pbx, self.phone)
