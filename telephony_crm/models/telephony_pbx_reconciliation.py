from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS

from .telephony_pbx import ADMINISTRATOR

OPEN = ("waiting", "running")


class TelephonyPbxReconciliation(models.Model):
    """A comparison of the log with what the PBX itself has recorded of a period.

    A repair finds what the webhook has lost. An import of history brings what was
    before the PBX was connected, and has no side effects.
    """

    _name = "telephony.pbx.reconciliation"
    _description = "Comparison with the PBX"
    _order = "id desc"
    _rec_names_search = ("pbx_id",)

    pbx_id = fields.Many2one("telephony.pbx", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="pbx_id.company_id")
    kind = fields.Selection(
        [("repair", "Comparison"), ("history", "Import of history")],
        required=True,
        default="repair",
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("running", "Under way"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="waiting",
    )
    start_date = fields.Datetime(string="From", required=True)
    end_date = fields.Datetime(string="To", required=True)
    read_until = fields.Datetime(
        string="Read up to", help="All calls that began before are compared."
    )
    skip = fields.Integer(help="Rows that were read of what follows.")
    ask_until = fields.Datetime(
        help="The PBX has shortened the period, and left out what lies before."
    )
    is_partial = fields.Boolean(
        help="The rows are what was heard of the PBX, so that a call may be missing."
    )
    held = fields.Json(
        groups=NO_ACCESS,
        help="Rows of calls of which others may be on the next page.",
    )
    finish_date = fields.Datetime(string="Finished")
    row_count = fields.Integer(string="Rows Read", default=0)
    call_count = fields.Integer(string="Calls Found", default=0)
    end_count = fields.Integer(string="Ends Repaired", default=0)
    result_count = fields.Integer(string="Results Corrected", default=0)
    leg_count = fields.Integer(string="Legs Found", default=0)
    recording_count = fields.Integer(string="Recordings Found", default=0)
    closed_count = fields.Integer(
        string="Closed",
        default=0,
        help="Calls without an end that the PBX knows nothing of.",
    )
    unproven_count = fields.Integer(
        string="Unknown to the PBX",
        default=0,
        help="Calls that ended, of which the PBX has no record.",
    )
    future_count = fields.Integer(help="Rows of calls that are yet to begin.")
    attempts = fields.Integer()
    retry_at = fields.Datetime(string="Next Attempt")
    error = fields.Char()
    progress = fields.Integer(compute="_compute_progress", string="Progress (%)")
    summary = fields.Char(compute="_compute_summary", string="Result")

    _one_at_a_time = models.UniqueIndex(
        "(pbx_id, kind) WHERE state IN ('waiting', 'running')",
        "This PBX is being compared already.",
    )
    _by_pbx = models.Index("(pbx_id, kind, id DESC)")

    @api.depends("pbx_id", "kind", "start_date", "end_date")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for run in self:
            run.display_name = f"{run.pbx_id.name}: {kinds.get(run.kind)}"

    @api.depends("state", "start_date", "end_date", "read_until")
    def _compute_progress(self):
        for run in self:
            whole = (run.end_date - run.start_date).total_seconds() or 1
            read = ((run.read_until or run.start_date) - run.start_date).total_seconds()
            share = 1 if run.state == "done" else min(read / whole, 1)
            run.progress = int(100 * share)

    @api.depends("state", "row_count", "call_count", "end_count", "leg_count", "error")
    def _compute_summary(self):
        for run in self:
            run.summary = " ".join(run._sentences())

    def _sentences(self):
        """Return what came of it, in words."""
        self.ensure_one()
        _ = self.env._
        if self.state == "waiting" and not self.error:
            return [_("Begins within a minute or two.")]
        sentences = [_("Rows read: %s.", self.pbx_id._in_thousands(self.row_count))]
        if repaired := self._repairs_in_words():
            sentences.append(repaired)
        elif self.state == "done":
            sentences.append(_("Nothing was missing."))
        if self.future_count:
            sentences.append(
                _(
                    "Rows of calls that are yet to begin: %s. Is the time zone right?",
                    self.future_count,
                )
            )
        if self.error and self.state != "done":
            sentences.append(self.error)
        return sentences

    def _repairs_in_words(self):
        """Return what was missing or wrong in the log; empty when nothing was."""
        _ = self.env._
        calls = _("lost calls found: %s", self.call_count)
        if self.kind == "history":
            calls = _("calls imported: %s", self.call_count)
        repaired = [
            words
            for count, words in (
                (self.call_count, calls),
                (self.end_count, _("ends repaired: %s", self.end_count)),
                (self.result_count, _("results corrected: %s", self.result_count)),
                (self.leg_count, _("legs found: %s", self.leg_count)),
                (self.recording_count, _("recordings found: %s", self.recording_count)),
                (self.closed_count, _("calls closed: %s", self.closed_count)),
                (
                    self.unproven_count,
                    _(
                        "calls of which the PBX has no record: %s",
                        self.unproven_count,
                    ),
                ),
            )
            if count
        ]
        words = ", ".join(repaired)
        return words[:1].upper() + words[1:] + "." if words else ""

    # -- actions -----------------------------------------------------------------

    def action_cancel(self):
        """Stop; what was read so far stays."""
        self._check_administrator()
        self.filtered(lambda run: run.state in OPEN).sudo().write(
            {"state": "cancelled", "finish_date": fields.Datetime.now()}
        )

    def action_retry(self):
        """Go on where it has failed."""
        self.ensure_one()
        self._check_administrator()
        if self.search_count(
            [
                ("pbx_id", "=", self.pbx_id.id),
                ("kind", "=", self.kind),
                ("state", "in", OPEN),
            ]
        ):
            raise UserError(self.env._("Another one is under way. Wait until it ends."))
        self.filtered(lambda run: run.state in ("failed", "cancelled")).sudo().write(
            {
                "state": "waiting",
                "attempts": 0,
                "retry_at": False,
                "error": False,
                "finish_date": False,
            }
        )
        self._wake_job()

    def _check_administrator(self):
        self.check_access("read")
        if not self.env.user.has_group(ADMINISTRATOR):
            raise AccessError(self.env._("Only an administrator may do this."))

    @api.model
    def _wake_job(self, at=None):
        """Have the job run within a minute or two, or at ``at`` (naive UTC)."""
        job = self.env.ref("telephony_crm.ir_cron_reconcile", raise_if_not_found=False)
        if job:
            job.sudo()._trigger(at)
