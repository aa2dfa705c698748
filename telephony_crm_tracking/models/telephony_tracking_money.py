from odoo import api, fields, models
from odoo.tools import SQL

#: What a row is kept by: whatever of this changes, makes it another one.
KEPT = ("date", "amount", "currency_id", "res_model", "res_id")


class TelephonyTrackingMoney(models.Model):
    """What a lead has earned, each sum on the day on which it came in.

    An order on its own day, and what was credited of it on that of the credit note; of
    a lead without orders what was expected, on the day it was won. They sum to the
    lead's revenue. Written with it and by nothing else, see `crm.lead`.
    """

    _name = "telephony.tracking.money"
    _description = "Money of a Lead"
    _rec_name = "date"
    _order = "date, id"
    _log_access = False

    lead_id = fields.Many2one("crm.lead", "Lead", required=True, ondelete="cascade")
    # Its place among those of the lead: it gives the rows of the report their ids.
    number = fields.Integer(required=True)
    date = fields.Datetime(required=True, index=True)
    amount = fields.Monetary(required=True)
    currency_id = fields.Many2one("res.currency", required=True)
    # The order, the credit note, or the lead itself.
    res_model = fields.Char("Model", required=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", required=True)

    _numbered = models.UniqueIndex("(lead_id, number)")

    @api.model
    def _keep(self, wanted):
        """Have leads have these rows and no others.

        In SQL, since it happens while the leads are computed: nothing else must be
        computed, or written, on the way.

        :param wanted: ``{lead id: [(moment, amount, currency id, record)]}``
        """
        if not wanted:
            return
        known = {lead_id: [] for lead_id in wanted}
        table, columns = (
            SQL.identifier(self._table),
            SQL(", ").join(map(SQL.identifier, KEPT)),
        )
        for lead_id, *row in self.env.execute_query(
            SQL(
                "SELECT lead_id, %s FROM %s WHERE lead_id = ANY(%s) ORDER BY number",
                columns,
                table,
                list(wanted),
            )
        ):
            known[lead_id].append(tuple(row))
        others = {
            lead_id: made
            for lead_id, rows in wanted.items()
            if (made := [(*row[:3], row[3]._name, row[3].id) for row in rows])
            != known[lead_id]
        }
        if not others:
            return
        # The rows of two at once would be the same row twice, which nobody tries again.
        self.env["crm.lead"].browse(others)._one_at_a_time()
        # Also where there were none: under READ COMMITTED there may be some by now.
        self.env.cr.execute(
            SQL("DELETE FROM %s WHERE lead_id = ANY(%s)", table, list(others))
        )
        fresh = [
            SQL("%s", (lead_id, number, *row))
            for lead_id, rows in others.items()
            for number, row in enumerate(rows)
        ]
        if fresh:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO %s (lead_id, number, %s) VALUES %s",
                    table,
                    columns,
                    SQL(", ").join(fresh),
                )
            )
        self.invalidate_model(flush=False)
