import logging

import psycopg2.errors

from odoo import api, fields, models
from odoo.tools import SQL

from .telephony_number import OWNERS

_logger = logging.getLogger(__name__)

BATCH = 5000
CONCURRENCY = (psycopg2.errors.SerializationFailure, psycopg2.errors.DeadlockDetected)


class TelephonyNumberFill(models.Model):
    """The job that reads the numbers of contacts and leads that exist already.

    One row for each model. A batch and the mark of how far it came are committed
    together, so that a job that was killed goes on where it was. Who is created or
    changed meanwhile looks after the own numbers.
    """

    _name = "telephony.number.fill"
    _description = "Reading of Existing Numbers"
    _order = "id"

    model = fields.Char(required=True)
    last_id = fields.Integer(help="The records up to this one are done.")
    end_id = fields.Integer(help="The last record that was there at the start.")
    total = fields.Integer(help="How many records have a phone.")
    done = fields.Integer(help="How many of them are done.")
    state = fields.Selection(
        [("waiting", "Waiting"), ("running", "Running"), ("done", "Done")],
        default="waiting",
        required=True,
    )

    @api.model
    def _start(self):
        """Have all numbers read, or read again, in the background."""
        self.sudo().search([]).unlink()
        self.sudo().create([{"model": model} for model in OWNERS])
        self.env.ref("telephony_crm.ir_cron_number_fill")._trigger()

    @api.model
    def _progress(self):
        """Return how far the job is.

        :return: ``{"done": int, "total": int, "state": str}``; the state is waiting,
            running or done, the figures are of records with a phone
        """
        parts = self.sudo().search([])
        states = set(parts.mapped("state")) or {"done"}
        return {
            "done": sum(parts.mapped("done")),
            "total": sum(parts.mapped("total")),
            "state": states.pop() if len(states) == 1 else "running",
        }

    @api.model
    def _cron_fill(self):
        """Work until all is done, or the time of the cron's turn is up."""
        for part in self.search([("state", "=", "waiting")]):
            part._count()
        remaining = sum(part.total - part.done for part in self.search([]))
        time_left = self.env["ir.cron"]._commit_progress(remaining=max(remaining, 0))
        while time_left and (part := self.search([("state", "!=", "done")], limit=1)):
            time_left = part._retrying_batch()
        if not self.search_count([("state", "!=", "done")]):
            self.env["ir.cron"]._commit_progress(remaining=0)

    def _count(self):
        """Note how much there is to do."""
        Model = self.env[self.model]
        Model.flush_model()
        [[total, end_id]] = self.env.execute_query(
            SQL(
                "SELECT count(*) FILTER (WHERE %s), max(r.id) FROM %s r",
                self._has_phone(),
                SQL.identifier(Model._table),
            )
        )
        self.write({"total": total, "end_id": end_id or 0, "state": "running"})

    def _retrying_batch(self):
        """Do a batch; a smaller one when somebody else changed its records meanwhile.

        :return: seconds left of the cron's turn
        """
        size = BATCH
        while True:
            try:
                processed = self._batch(size)
                return self.env["ir.cron"]._commit_progress(processed)
            except CONCURRENCY:
                self.env.cr.rollback()
                if size == 1:
                    raise
                size = max(size // 4, 1)
                _logger.info("Numbers of %s: a batch of %s is next", self.model, size)

    def _batch(self, size):
        """Read the phones of the next records and write their numbers.

        :return: how many records with a phone were done
        """
        Number = self.env["telephony.number"]
        Model = self.env[self.model]
        owner = OWNERS[self.model]
        fnames = Number._source_fields(self.model)
        records = self.env.execute_query(
            SQL(
                """
                SELECT r.id, r.company_id, c.code, %(phones)s
                  FROM %(table)s r
                  LEFT JOIN res_country c ON c.id = r.country_id
                 WHERE r.id > %(last_id)s AND r.id <= %(end_id)s AND %(has_phone)s
                 ORDER BY r.id
                 LIMIT %(size)s
                """,
                phones=SQL(", ").join(SQL.identifier("r", fname) for fname in fnames),
                table=SQL.identifier(Model._table),
                last_id=self.last_id,
                end_id=self.end_id,
                has_phone=self._has_phone(),
                size=size,
            )
        )
        last_id = records[-1][0] if len(records) == size else self.end_id
        rows = []
        for record_id, company_id, country, *phones in records:
            countries = Number._countries_by_code(country, company_id)
            for fname, raw in zip(fnames, phones, strict=True):
                rows += Number._mirroring_rows(
                    record_id, fname, raw, countries, company_id
                )
        column = SQL.identifier(owner)
        owners = SQL("%s > %s AND %s <= %s", column, self.last_id, column, last_id)
        Number._mirror(owner, rows, owners)
        self.write(
            {
                "last_id": last_id,
                "done": self.done + len(records),
                "state": "done" if last_id == self.end_id else "running",
            }
        )
        self.env.flush_all()
        Number.invalidate_model(flush=False)
        return len(records)

    def _has_phone(self):
        """Return the condition that record ``r`` has something in a phone field."""
        fnames = self.env["telephony.number"]._source_fields(self.model)
        phones = (SQL("r.%s != ''", SQL.identifier(fname)) for fname in fnames)
        return SQL("(%s)", SQL(" OR ").join(phones))
