import logging
import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..pbx import adapter as pbx_adapter
from ..pbx import dialling, numbers
from ..tools import transaction
from .telephony_pbx import ADMINISTRATOR

_logger = logging.getLogger(__name__)

# A PBX that does not answer is left alone for that long.
PAUSE = timedelta(minutes=5)
# A message that is in the queue for longer than this is a reason to look.
LATE = timedelta(hours=1)
# What vendors write when the account is empty.
NO_CREDIT = re.compile(r"\b(money|funds?|balance|credits?)\b", re.IGNORECASE)


class TelephonyPbx(models.Model):
    """A PBX that sends the text messages of Odoo's own ``sms``."""

    _inherit = "telephony.pbx"

    sms = fields.Boolean(
        string="Send Odoo's Text Messages",
        copy=False,
        groups=ADMINISTRATOR,
        help="All text messages of the company are sent through this PBX and paid from "
        "its account, instead of Odoo's own service.",
    )
    sms_sender = fields.Char(
        string="Sender",
        copy=False,
        groups=ADMINISTRATOR,
        help="A number or name that the PBX allows. Empty: the account's usual one.",
    )
    sms_after = fields.Datetime(
        readonly=True,
        copy=False,
        groups=ADMINISTRATOR,
        help="It does not answer, or is asked too often, it said. No message is sent "
        "before.",
    )
    can_sms = fields.Boolean(compute="_compute_can_sms")

    _sms_unique = models.UniqueIndex(
        "(company_id) WHERE sms AND active",
        "A company sends its text messages through one PBX.",
    )

    @api.depends("adapter")
    def _compute_can_sms(self):
        for pbx in self:
            adapter = pbx._adapter(raise_if_unknown=False) if pbx.adapter else None
            pbx.can_sms = bool(adapter and "sms" in adapter.capabilities)

    @api.constrains("sms", "adapter")
    def _check_sms(self):
        for pbx in self.sudo():
            if pbx.sms and not pbx.can_sms:
                raise ValidationError(
                    self.env._("%s cannot send text messages.", pbx.name)
                )

    @api.onchange("adapter")
    def _onchange_adapter_sms(self):
        """Switch off what another system cannot do."""
        self.sms = self.sms and self.can_sms

    # -- health --------------------------------------------------------------------

    def _health_findings(self):
        """Say that no text message leaves, once the last one did not."""
        findings = super()._health_findings()
        if not self.sudo().sms:
            return findings
        if waiting := self._finding_of_waiting_sms():
            findings.append(waiting)
        last = (
            self.env["sms.sms"]
            .sudo()
            .search(
                [
                    ("telephony_company_id", "=", self.company_id.id),
                    ("state", "in", ["error", "pending", "sent"]),
                    ("write_date", ">", fields.Datetime.now() - timedelta(days=1)),
                ],
                order="write_date desc, id desc",
                limit=1,
            )
        )
        texts = {
            "sms_acc": self.env._(
                "Text messages are not sent: the PBX refuses the key. Check key and "
                "secret."
            ),
            "sms_credit": self.env._(
                "Text messages are not sent: the account of the PBX has no credit left."
            ),
        }
        if text := texts.get(last.failure_type):
            findings.append(self._finding("error", "sms", text))
        return findings

    def _finding_of_waiting_sms(self):
        now, after = fields.Datetime.now(), self.sudo().sms_after
        waiting = [
            ("telephony_company_id", "=", self.company_id.id),
            ("state", "=", "outgoing"),
            ("to_delete", "!=", True),
        ]
        is_paused = bool(after and after > now)
        if not is_paused:
            waiting.append(("create_date", "<", now - LATE))
        count = self.env["sms.sms"].sudo().search_count(waiting, limit=1000)
        if not count:
            return None
        if is_paused:
            text = self.env._(
                "Text messages that wait: %(count)s. The PBX does not answer or takes "
                "no more for now; it is asked again %(time)s.",
                count=count,
                time=self._in_relative_words(after),
            )
        else:
            text = self.env._(
                "Text messages that wait for longer than an hour: %s. Check that the "
                "scheduled actions of Odoo run.",
                count,
            )
        return self._finding("warning", "sms_waiting", text)

    # -- sending -------------------------------------------------------------------

    def _takes_sms(self):
        """Tell whether the PBX may be asked to send a message by now."""
        self.ensure_one()
        return not self.sms_after or self.sms_after <= fields.Datetime.now()

    def _pause_sms(self, wait):
        """Leave the messages in the queue for a while."""
        self.sms_after = fields.Datetime.now() + wait
        job = self.env.ref("sms.ir_cron_sms_scheduler_action").sudo()
        job._trigger(at=self.sms_after)

    def _send_sms(self, number, text):
        """Send one text message. The caller holds no lock, since this may take long.

        What is not known to have been refused, is not sent again by itself: a message
        that arrives twice is worse than one that a person has to send again.

        :return: ``state``, ``success`` or why not (see `SmsApiPbx`), with
            ``failure_reason``, one sentence; `None` when it may be sent later
        """
        self.ensure_one()
        if not number:
            return {"state": "sms_number_missing"}
        e164 = numbers.parse(number, self._countries()).e164
        allowed = self.env["telephony.dial"]._allowed_countries(self)
        if reason := dialling.refusal(e164 or number, allowed):
            return self._sms_refused(reason, number)
        adapter = self._adapter()
        try:
            asked = adapter.send_sms(
                self._credentials(), e164, text or "", (self.sms_sender or "").strip()
            )
            transaction.end(self.env)
            refused = adapter.read_sms(e164, adapter.answer(self._send(asked)))
        except pbx_adapter.RateLimited as error:
            self._pause_sms(timedelta(seconds=error.retry_after))
            return None
        except pbx_adapter.NotConnected:
            self._pause_sms(PAUSE)
            return None
        except pbx_adapter.PbxError as error:
            if isinstance(error, pbx_adapter.Unreachable):
                self._pause_sms(PAUSE)  # or the next ones would be lost as well
            _logger.info("PBX %s sent no text message: %s", self.id, error.code)
            return {
                "state": self._sms_state_of(error),
                "failure_reason": self._sms_in_words(error),
            }
        if refused:
            return {"state": "refused", "failure_reason": refused}
        return {"state": "success"}

    def _sms_refused(self, reason, number):
        """Return the result of a number that nothing is sent to."""
        _ = self.env._
        names = {"number": number, "pbx": self.name}
        if reason == "country":
            return {
                "state": "country_not_supported",
                "failure_reason": _(
                    "%(pbx)s may not send to the country of %(number)s; an "
                    "administrator can allow it in the PBX.",
                    **names,
                ),
            }
        if reason == "unparsable":
            return {
                "state": "wrong_number_format",
                "failure_reason": _(
                    "“%(number)s” is not a complete phone number; write it with its "
                    "country prefix, such as +44.",
                    **names,
                ),
            }
        return {
            "state": "refused",
            "failure_reason": _(
                "%(number)s is a premium, shared-cost, satellite or service number; no "
                "message is sent there.",
                **names,
            ),
        }

    def _sms_state_of(self, error):
        if isinstance(error, pbx_adapter.AuthError):
            return "unregistered"
        if isinstance(error, pbx_adapter.Refused):
            no_credit = NO_CREDIT.search(error.message)
            return "insufficient_credit" if no_credit else "refused"
        return "server_error"

    def _sms_in_words(self, error):
        """Say what became of a message, to the person who wrote it."""
        if isinstance(error, pbx_adapter.Unreachable):
            return self.env._(
                "%s did not answer, so it is not known whether the message was sent.",
                self.name,
            )
        return self._in_words(error)
