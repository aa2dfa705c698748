import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import transaction

# So many messages are sent in one run of the job, each by a request of its own.
BATCH = 50
# Seconds after which a run ends: a slow PBX is not to have the worker killed.
DEADLINE = 40
UNKNOWN_AFTER = timedelta(minutes=10)


class SmsSms(models.Model):
    """Text messages of a company that sends them through its PBX.

    They are never sent within the transaction of whoever writes them: it may be
    repeated, and each time the message would be sent. The job of ``sms`` sends them,
    one by one, each claimed and committed before the PBX is asked.
    """

    _inherit = "sms.sms"

    telephony_company_id = fields.Many2one(
        "res.company", string="Sending Company", readonly=True, ondelete="set null"
    )
    telephony_pbx_id = fields.Many2one(
        "telephony.pbx",
        string="Being Sent Through",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    failure_type = fields.Selection(
        selection_add=[("telephony_refused", "Refused by the PBX")]
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override to note whose message it is, which the job cannot know later."""
        ids = [vals.get("mail_message_id") for vals in vals_list]
        # Read together, as a mailing has thousands.
        messages = self.env["mail.message"].sudo().browse(filter(None, ids))
        companies = {message.id: message.record_company_id for message in messages}
        noted = [
            {
                "telephony_company_id": (
                    companies.get(message_id) or self.env.company
                ).id,
                **vals,
            }
            for message_id, vals in zip(ids, vals_list, strict=True)
        ]
        return super().create(noted)

    def _get_sms_company(self):
        """Override to take the company that was noted."""
        return self.telephony_company_id or super()._get_sms_company()

    def _for_pbx(self):
        """Return the messages that a PBX sends."""
        return self.filtered(lambda sms: sms._get_sms_company()._sms_pbx())

    # -- sending -------------------------------------------------------------------

    def send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Override to leave to the job, at once, what a PBX sends."""
        queued = self._for_pbx()
        if queued:
            self.env.ref("sms.ir_cron_sms_scheduler_action").sudo()._trigger()
        return super(SmsSms, self - queued).send(
            unlink_failed=unlink_failed,
            unlink_sent=unlink_sent,
            raise_exception=raise_exception,
        )

    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Override to send each company's messages its own way."""
        for company, messages in self.grouped(
            lambda sms: sms._get_sms_company()
        ).items():
            if company._sms_pbx():
                messages._send_by_pbx(company, unlink_failed, unlink_sent)
            else:
                super(SmsSms, messages)._send(
                    unlink_failed=unlink_failed,
                    unlink_sent=unlink_sent,
                    raise_exception=raise_exception,
                )

    @api.model
    def _process_queue(self):
        """Override to pass over the messages of a PBX that takes none for now."""
        pbxs = self.env["telephony.pbx"].sudo().search([("sms", "=", True)])
        if not pbxs:
            return super()._process_queue()
        self._give_up_unknown()
        messages = self.search(self._queue_domain(pbxs), limit=BATCH, order="id")
        messages.try_lock_for_update()._send(
            unlink_failed=False, unlink_sent=True, raise_exception=False
        )
        # What is locked by another is not asked for again and again.
        more = len(messages) == BATCH and self.search_count(self._queue_domain(pbxs))
        self.env["ir.cron"]._commit_progress(len(messages), remaining=int(more))

    @api.model
    def _queue_domain(self, pbxs):
        waiting = pbxs.filtered(lambda pbx: not pbx._takes_sms())
        return [
            ("state", "=", "outgoing"),
            ("to_delete", "!=", True),
            ("telephony_company_id", "not in", waiting.company_id.ids),
        ]

    def _send_by_pbx(self, company, unlink_failed, unlink_sent):
        """Send the messages one by one, for as long as the PBX takes them."""
        pbx = company._sms_pbx()
        deadline = time.monotonic() + DEADLINE
        for sms in self:
            if not pbx._takes_sms():
                return
            if time.monotonic() > deadline:
                self.env.ref("sms.ir_cron_sms_scheduler_action").sudo()._trigger()
                return
            if not sms._claim(pbx):
                continue
            env = self.env(context={**self.env.context, "lang": sms.create_uid.lang})
            sms_api = company._get_sms_api_class()(env)
            sms_api._set_company(company)
            sms._send_with_api(
                sms_api, unlink_failed=unlink_failed, unlink_sent=unlink_sent
            )
            if sms.state == "process":
                sms.state = "outgoing"  # it was not taken for the moment
            sms.telephony_pbx_id = False
            sms.flush_recordset()
            transaction.end(self.env)

    def _claim(self, pbx):
        """Take a message out of the queue for good before the PBX is asked.

        :return: whether it was still there
        """
        self.flush_recordset(["state", "to_delete"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE sms_sms
                   SET state = 'process', telephony_pbx_id = %s,
                       write_date = now() AT TIME ZONE 'UTC'
                 WHERE id = %s AND state = 'outgoing' AND to_delete IS NOT TRUE
                """,
                pbx.id,
                self.id,
            )
        )
        claimed = bool(self.env.cr.rowcount)
        self.invalidate_recordset(flush=False)
        transaction.end(self.env)
        return claimed

    @api.model
    def _give_up_unknown(self):
        """Say of messages whose sending was interrupted that nobody knows."""
        lost = self.search(
            [
                ("state", "=", "process"),
                ("telephony_pbx_id", "!=", False),
                ("write_date", "<", fields.Datetime.now() - UNKNOWN_AFTER),
            ]
        )
        reason = self.env._(
            "Sending was interrupted, so it is not known whether the message was sent."
        )
        lost.sms_tracker_id._action_update_from_sms_state(
            "error", failure_type="sms_server", failure_reason=reason
        )
        lost.write(
            {"state": "error", "failure_type": "sms_server", "telephony_pbx_id": False}
        )
