import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError
from odoo.tools import SQL

from ..pbx import adapter as pbx_adapter
from ..pbx import numbers
from ..tools import transaction

_logger = logging.getLogger(__name__)

# A callback request brings no id of the call, so extension, number and time have to
# tie the two together. The PBX rings the agent first, who may take a while.
TIE_WITHIN = timedelta(minutes=2)
# The call's start is told by the PBX's clock, and cut to the second.
CLOCK_SKEW = timedelta(seconds=30)
EXPIRE_AFTER = timedelta(minutes=10)
KEEP = timedelta(days=365)
BATCH = 10_000
MAX_LENGTH = 64
# Refusals of a user within a minute that have a row each; more are counted.
MAX_REFUSED = 20


class TelephonyDial(models.Model):
    """A wish to have the PBX dial: what became of it, and from which record.

    The rows are the log of all that was dialled or refused, what the limits count,
    and what a call is tied to that follows a click. Only `dial` makes them.
    """

    _name = "telephony.dial"
    _description = "Dialling"
    _order = "id desc"
    _rec_name = "number"

    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    pbx_id = fields.Many2one("telephony.pbx", string="PBX", ondelete="cascade")
    extension_id = fields.Many2one("telephony.extension", ondelete="set null")
    number = fields.Char(help="As it was typed or stands in the record.")
    e164 = fields.Char(
        string="International Number",
        help="What the PBX is asked to call. A colleague's extension stays as it is.",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Contact", ondelete="set null", index="btree_not_null"
    )
    lead_id = fields.Many2one("crm.lead", ondelete="set null", index="btree_not_null")
    call_id = fields.Many2one(
        "telephony.call", ondelete="set null", index="btree_not_null"
    )
    state = fields.Selection(
        [
            ("sent", "Sent to the PBX"),
            ("tied", "Became a call"),
            ("failed", "Failed"),
            ("refused", "Refused"),
            ("expired", "No call followed"),
        ],
        required=True,
        default="sent",
    )
    reason = fields.Char(help="A word for programs.")
    message = fields.Char(string="What the User Was Told")
    more = fields.Integer(
        string="Further Refusals",
        help="How often the user was refused once more within a minute.",
    )

    _by_user = models.Index("(pbx_id, user_id, create_date)")
    _by_pbx = models.Index("(pbx_id, create_date)")
    _untied = models.Index(
        "(pbx_id, e164, extension_id, id) "
        "WHERE call_id IS NULL AND state IN ('sent', 'failed')"
    )

    # -- for the screen ------------------------------------------------------------

    @api.model
    def dial(self, number, res_model=False, res_id=False):
        """Have the PBX ring the user's own extension, then call ``number``.

        :param number: in any spelling, or a colleague's extension on the same PBX
        :param res_model: model of the record it was clicked on, with ``res_id``
        :return: ``{"status": "calling", "number": <formatted>, "dial_id": <id>,
            "call_ref": <what the user's telephone is told of the call, or empty>}``,
            or ``{"status": "refused" | "failed", "message": <one sentence>}``
        """
        if not self.env.user.has_group("telephony_crm.group_telephony_agent"):
            _logger.info("User %s may not dial: no telephony agent", self.env.uid)
            return {
                "status": "refused",
                "message": self.env._(
                    "You are not set up for telephony; an administrator can make you "
                    "an agent."
                ),
            }
        wish = self._wish(_one_line(number), res_model, res_id)
        if wish.state == "sent":
            wish._originate()
        return wish._told()

    def _told(self):
        """Return what the user is told of a wish, see `dial`."""
        self.ensure_one()
        if self.state in ("sent", "tied"):
            shown = numbers.international(self.e164) or self.e164
            return {
                "status": "calling",
                "number": shown,
                "dial_id": self.id,
                "call_ref": self._announced_ref(),
            }
        return {"status": self.state, "message": self.message}

    # -- the wish ------------------------------------------------------------------

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

    # -- asking the PBX ------------------------------------------------------------

    def _originate(self):
        """Ask the PBX for the call, outside of any open transaction.

        The call may be told by the PBX before it has answered here. Only a failure is
        written, and only over a wish that no call was tied to.
        """
        self.ensure_one()
        pbx = self.pbx_id
        try:
            steps = pbx._adapter().dial(
                pbx._credentials(),
                self.extension_id.number,
                self.e164,
                caller_id=self.caller_id or "",
                call_ref=self.call_ref or "",
            )
            transaction.end(self.env)
            pbx._converse(steps)
        except pbx_adapter.PbxError as error:
            _logger.info("Dialling %s failed: %s", self.id, error.code)
            transaction.begin(self.env)
            message = pbx._in_words(error)
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE telephony_dial
                       SET state = 'failed', reason = %s, message = %s
                     WHERE id = %s AND state = 'sent'
                    """,
                    error.code,
                    message,
                    self.id,
                )
            )
        self.invalidate_recordset(flush=False)

    # -- the call that follows -----------------------------------------------------

    @api.model
    def _tie(self, call):
        """Tie ``call`` to the wish that it comes from, each at most once.

        The oldest wish for the same number from the same extension, not long before
        the call's start. A wish whose request was not answered counts as well, after
        the others: the PBX may have dialled nevertheless. May be asked again for the
        same call.

        :param call: a `telephony.call` that one of ours began
        :return: ``(partner_id, lead_id)`` of the record clicked on, ``False`` where
            there is none; `None` when nobody clicked
        """
        call.ensure_one()
        wish = self.sudo().search([("call_id", "=", call.id)], limit=1)
        if not wish:
            wish = self._wish_of_ref(call) or self._untied_wish(call)
        return (wish.partner_id.id, wish.lead_id.id) if wish else None

    @api.model
    def _untied_wish(self, call):
        extensions = call.extension_id | call.leg_ids.extension_id
        number = call.number_e164
        if call.direction == "internal":
            number = numbers.internal_extension(call.number)
        if not number or not extensions:
            return self.sudo().browse()
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE telephony_dial SET state = 'tied', call_id = %(call)s
                 WHERE id = (
                    SELECT id FROM telephony_dial
                     WHERE pbx_id = %(pbx)s AND e164 = %(number)s
                       AND extension_id = ANY(%(extensions)s)
                       AND call_ref IS NULL AND call_id IS NULL
                       AND state IN ('sent', 'failed')
                       AND (state = 'sent' OR reason = 'unreachable')
                       AND create_date BETWEEN %(earliest)s AND %(latest)s
                  ORDER BY state DESC, id
                     LIMIT 1
                       FOR UPDATE SKIP LOCKED)
             RETURNING id
                """,
                call=call.id,
                pbx=call.pbx_id.id,
                number=number,
                extensions=extensions.ids,
                earliest=call.start_date - TIE_WITHIN,
                latest=call.start_date + CLOCK_SKEW,
            )
        )
        wish = self.sudo().browse(row[0] for row in self.env.cr.fetchall())
        wish.invalidate_recordset(flush=False)
        return wish

    @api.autovacuum
    def _gc_dials(self):
        """Mark the wishes that no call followed, and remove what is a year old."""
        now = fields.Datetime.now()
        self.search(
            [("state", "=", "sent"), ("create_date", "<", now - EXPIRE_AFTER)],
            limit=BATCH,
        ).write({"state": "expired"})
        old = self.search([("create_date", "<", now - KEEP)], limit=BATCH, order="id")
        old.unlink()
        return len(old), len(old) == BATCH


def _one_line(number):
    """Return what was asked for as one line that can be stored and shown."""
    text = str(number or "")[: 2 * MAX_LENGTH]
    return "".join(char for char in text if char.isprintable()).strip()[:MAX_LENGTH]
