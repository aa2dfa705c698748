import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..pbx import adapter as pbx_adapter
from ..pbx import numbers
from ..tools import transaction

_logger = logging.getLogger(__name__)

EXPIRE_AFTER = timedelta(minutes=10)
KEEP = timedelta(days=365)
BATCH = 10_000
MAX_LENGTH = 64


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
