import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError

from ..pbx import numbers
from ..tools import transaction

_logger = logging.getLogger(__name__)

# Refusals of a user within a minute that have a row each; more are counted.
MAX_REFUSED = 20


class TelephonyDial(models.Model):
    """What a user wants to dial, and whether it may be: read, counted and stored."""

    _inherit = "telephony.dial"

    @api.model
    def _wish(self, typed, res_model, res_id):
        """Store what the user wants, and whether it may be, before anything is sent.

        Counting and storing are one step under the lock of the PBX, so requests that
        arrive together cannot exceed a limit. The step is committed: neither the
        wish nor a refusal is lost, and nothing is locked while the PBX is asked.

        :param typed: the number as it came, cleaned
        :return: the wish, `sent` or `refused`, as superuser
        """
        user = self.env.user
        record, reason = self._clicked(res_model, res_id)
        company = self._company_of(record)
        extension = self._extension_of(user, company)
        pbx = extension.pbx_id
        vals = {
            "user_id": user.id,
            "company_id": pbx.company_id.id or company.id,
            "pbx_id": pbx.id,
            "extension_id": extension.id,
            "number": typed,
            "e164": self._read(typed, pbx, record),
            **self._people(record, pbx),
        }
        vals |= self._vals_of_pbx(pbx, extension, record, vals["e164"])
        with transaction.exclusive(self.env, "dial", pbx.id):
            reason = (
                reason
                or (not extension and "no_extension")
                or self._guard(user, pbx, vals["e164"] or typed)
                or (not vals["e164"] and "unparsable")
            )
            return self._store(vals, reason, user, pbx)

    @api.model
    def _store(self, vals, reason, user, pbx):
        """Store a wish, refused if there is a reason, under the lock of the PBX.

        :param user: who asked for it
        :return: the wish as superuser; one that is only counted is not in the table
        """
        if not reason:
            return self.sudo().create(vals)
        message = self._in_words(reason, pbx, vals["number"])
        vals = {**vals, "state": "refused", "reason": reason, "message": message}
        full = self._full_of_refusals(user, pbx)
        if full:
            full.more += 1
        wish = self.sudo().new(vals) if full else self.sudo().create(vals)
        _logger.info("Dialling %s of user %s refused: %s", wish.id, user.id, reason)
        return wish

    @api.model
    def _full_of_refusals(self, user, pbx):
        """Return the user's last refusal, if there are enough of the last minute.

        Whoever asks in a loop fills no table: what is refused then is counted there.
        """
        last = self.sudo().search(
            [
                ("pbx_id", "=", pbx.id),
                ("user_id", "=", user.id),
                ("state", "=", "refused"),
                ("create_date", ">", fields.Datetime.now() - timedelta(minutes=1)),
            ],
            limit=MAX_REFUSED,
        )
        return last[:1] if len(last) == MAX_REFUSED else last.browse()

    @api.model
    def _clicked(self, res_model, res_id):
        """Return the record that was clicked on, which the user must be able to read.

        :return: the record or none, and why it cannot be taken: a reason or ``""``
        """
        none = self.env["res.partner"]
        if not res_model or not res_id:  # not clicked, or on a record not yet saved
            return none, ""
        if not isinstance(res_model, str) or type(res_id) is not int:
            return none, "record"
        if not 0 < res_id < 2**31:  # no id, and PostgreSQL would raise
            return none, "record"
        model = self.env.get(res_model)
        if model is None or model._abstract or model._transient:
            return none, "record"
        record = model.browse(res_id)
        try:
            record.check_access("read")
            if not record.exists():
                return none, "record"
        except (AccessError, MissingError):
            return none, "record"
        if res_model == "mail.activity":
            return self._clicked(record.res_model, record.res_id or False)
        return record, ""

    @api.model
    def _company_of(self, record):
        company = record.sudo()["company_id"] if "company_id" in record else None
        return company or self.env.company

    @api.model
    def _extension_of(self, user, company):
        """Return the extension to ring: the user's own, that of ``company`` first."""
        extensions = self.env["telephony.extension"].sudo()
        extensions = extensions.search([("user_id", "=", user.id)], order="pbx_id, id")
        return extensions.sorted(
            lambda extension: (
                not extension.pbx_id.active,
                extension.company_id != company,
                extension.company_id not in self.env.companies,
            )
        )[:1]

    @api.model
    def _read(self, typed, pbx, record):
        """Return what the PBX is to call: an extension of its own, or E.164.

        A national number on a record is one of the record's country, as it is when
        callers are matched; else one of the PBX's.

        :return: empty when the number cannot be read, or is a code for the PBX
        """
        if typed[:1] in ("*", "#"):
            return ""
        internal = numbers.internal_extension(typed)
        if internal and internal in self.env["telephony.extension"]._by_number(pbx.id):
            return internal
        countries = pbx._countries() if pbx else ()
        if country := record.sudo()._phone_get_country().get(record.id):
            countries = (country.code, *countries)
        return numbers.parse(typed, countries).e164

    @api.model
    def _people(self, record, pbx):
        """Return contact and lead that a call from ``record`` belongs to.

        Those of a company other than the PBX's are left out, since a call of the one
        must not point to a customer of the other.
        """
        partner, lead = self.env["res.partner"].sudo(), self.env["crm.lead"].sudo()
        record = record.sudo()
        if record._name == "res.partner":
            partner = record
        elif record._name == "crm.lead":
            partner, lead = record.partner_id, record
        elif record._name == "telephony.call":
            partner, lead = record.partner_id, record.lead_id
        else:
            partner = record._mail_get_partners()[record.id][:1]
            field = record._fields.get("opportunity_id")
            if field and field.comodel_name == "crm.lead":
                lead = record.opportunity_id
        if pbx:
            companies = pbx.company_id
            lead = lead.filtered_domain(lead._check_company_domain(companies))
            partner = partner.filtered_domain(partner._check_company_domain(companies))
        return {"partner_id": partner.id, "lead_id": lead.id}
