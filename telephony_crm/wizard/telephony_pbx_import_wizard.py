from datetime import datetime, time, timedelta
from math import ceil

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.telephony_pbx_reconciliation import OPEN


class TelephonyPbxImportWizard(models.TransientModel):
    """Asks which part of a PBX's history is to be imported, and tells what it takes."""

    _name = "telephony.pbx.import.wizard"
    _description = "Import of a PBX's History"

    pbx_id = fields.Many2one("telephony.pbx", required=True, ondelete="cascade")
    start_date = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.today() - relativedelta(months=3),
    )
    end_date = fields.Date(string="To", required=True, default=fields.Date.today)
    preview = fields.Char(compute="_compute_preview")

    @api.depends("pbx_id", "start_date", "end_date")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = wizard._estimate() if wizard._is_possible() else False

    def _is_possible(self):
        return bool(
            self.start_date and self.end_date and self.start_date <= self.end_date
        )

    def _estimate(self):
        """Say how many requests it takes, and how long at the PBX's own pace."""
        pbx = self.pbx_id.sudo()
        adapter = pbx._adapter()
        days = (self.end_date - self.start_date).days + 1
        requests = ceil(days / adapter.statistics_days)
        a_day = self._rows_a_day()
        pace = {
            "a_minute": adapter.statistics_a_minute,
            "rows": pbx._in_thousands(adapter.statistics_limit),
        }
        if not a_day:
            return self.env._(
                "At least %(requests)s requests. The PBX takes %(a_minute)s a minute "
                "and gives up to %(rows)s rows for each.",
                requests=requests,
                **pace,
            )
        requests = max(requests, ceil(a_day * days / adapter.statistics_limit))
        return self.env._(
            "About %(found)s rows in %(requests)s requests: some %(minutes)s minutes, "
            "since the PBX takes %(a_minute)s requests a minute.",
            found=pbx._in_thousands(int(a_day * days)),
            requests=requests,
            minutes=ceil(requests / adapter.statistics_a_minute),
            **pace,
        )

    def _rows_a_day(self):
        """Return how many rows a day had when last a whole one was compared."""
        self.env.cr.execute(
            """
            SELECT row_count, end_date - start_date
              FROM telephony_pbx_reconciliation
             WHERE pbx_id = %s AND state = 'done' AND end_date - start_date > %s
             ORDER BY id DESC
             LIMIT 1
            """,
            [self.pbx_id.id, timedelta(hours=20)],
        )
        for rows, length in self.env.cr.fetchall():
            return rows / (length / timedelta(days=1))
        return 0

    def action_import(self):
        """Begin the import in the background, and show how far it is."""
        self.ensure_one()
        self.pbx_id.check_access("write")
        if not self.pbx_id._has_statistics():
            raise UserError(
                self.env._("%s keeps no records that can be read.", self.pbx_id.name)
            )
        if not self._is_possible():
            raise UserError(self.env._("The first day has to be before the last."))
        runs = self.env["telephony.pbx.reconciliation"].sudo()
        if runs.search_count(
            [
                ("pbx_id", "=", self.pbx_id.id),
                ("kind", "=", "history"),
                ("state", "in", OPEN),
            ],
            limit=1,
        ):
            raise UserError(
                self.env._("An import is under way. Wait until it ends, or stop it.")
            )
        start, end = self._period()
        run = runs.create(
            {
                "pbx_id": self.pbx_id.id,
                "kind": "history",
                "start_date": start,
                "end_date": end,
            }
        )
        runs._wake_job()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import of History"),
            "res_model": run._name,
            "res_id": run.id,
            "view_mode": "form",
        }

    def _period(self):
        """Return the chosen days, as the PBX's clock has them, in naive UTC."""
        zone = pytz.timezone(self.pbx_id.tz)
        start, end = (
            zone.localize(datetime.combine(day, time.min))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for day in (self.start_date, self.end_date + timedelta(days=1))
        )
        now = fields.Datetime.now()
        settle = self.env["telephony.pbx.reconciliation"]._settle()
        end = min(end, now - settle)
        if start >= end:
            raise UserError(self.env._("These days are yet to come."))
        return start, end
