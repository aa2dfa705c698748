from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..pbx import numbers
from ..tools import pending
from .telephony_number import OWNERS

PENDING = "telephony_crm.numbers"
# Of a mirroring row, in the order of `_mirroring_rows`.
COLUMNS = (
    "ids",
    "keys",
    "numbers",
    "e164",
    "digits",
    "national",
    "extensions",
    "companies",
)


class TelephonyNumber(models.Model):
    """How the numbers follow the contacts and leads they are of."""

    _inherit = "telephony.number"

    @api.model
    def _source_fields(self, model):
        """Return the names of a model's stored phone fields."""
        Model = self.env[model]
        return [
            fname
            for fname in Model._phone_get_number_fields()
            if Model._fields[fname].store
        ]

    @api.model
    def _sync(self, records, new=False):
        """Make the mirroring rows equal to the phone fields of ``records``.

        :param records: contacts or leads
        :param new: they were just created, so there are no rows to take away
        """
        owner = OWNERS[records._name]
        rows = [
            row
            for record in records.sudo()
            for fname in self._source_fields(records._name)
            if record[fname]
            for row in self._mirroring_rows(
                record.id,
                fname,
                record[fname],
                self._countries(record),
                record.company_id.id,
            )
        ]
        pending.discard(records, PENDING)
        if new and not rows:
            return
        self.flush_model()
        column = SQL.identifier(owner)
        self._mirror(owner, rows, not new and SQL("%s = ANY(%s)", column, records.ids))
        self.invalidate_model(flush=False)
        records.modified(["telephony_number_ids"])

    @api.model
    def _mirroring_rows(self, owner_id, fname, raw, countries, company_id):
        """Return the values of the rows that mirror a phone field, for `_mirror`.

        :return: a tuple for each number that the field holds
        """
        rows = []
        for place, part in enumerate(numbers.split(raw, countries), start=1):
            source = fname if place == 1 else f"{fname}:{place}"
            forms = self._forms(part, countries, source)
            if forms["digits"]:
                rows.append(
                    (
                        owner_id,
                        forms["key"],
                        part,
                        forms["e164"],
                        forms["digits"],
                        forms["national"],
                        forms["extension"],
                        company_id or None,
                    )
                )
        return rows

    @api.model
    def _mirror(self, owner, rows, owners=None):
        """Insert mirroring rows, or bring those that are there up to date.

        Not by the ORM: two transactions may be about to add the row of the same
        record, one of them the filling job. Here the later one gets a serialization
        failure, upon which Odoo runs the request again, and not the error of a
        unique index, upon which the user's record would not be saved. Nobody is noted
        as the author, whom the database would look up for each row.

        :param owner: name of the column of the contact or lead
        :param rows: what `_mirroring_rows` returns; no record twice with one key
        :param owners: condition of the contacts or leads that these are all rows of;
            those that mirror nothing any more are deleted
        """
        columns = list(map(list, zip(*rows, strict=True))) or [[] for _name in COLUMNS]
        self.env.cr.execute(
            SQL(
                """
                WITH gone AS (
                    DELETE FROM telephony_number
                     WHERE %(owners)s
                       AND source_field IS NOT NULL
                       AND (%(owner)s, key) NOT IN (
                           SELECT * FROM unnest(%(ids)s::int[], %(keys)s::text[])))
                INSERT INTO telephony_number AS old (
                    %(owner)s, key, source_field, number, e164, digits, national,
                    extension, company_id, create_date, write_date)
                SELECT id, key, key, number, e164, digits, national,
                       extension, company_id, %(now)s, %(now)s
                  FROM unnest(
                       %(ids)s::int[], %(keys)s::text[], %(numbers)s::text[],
                       %(e164)s::text[], %(digits)s::text[], %(national)s::text[],
                       %(extensions)s::text[], %(companies)s::int[])
                    AS new (id, key, number, e164, digits, national,
                            extension, company_id)
                 ORDER BY id
                ON CONFLICT (%(owner)s, key) WHERE %(owner)s IS NOT NULL DO UPDATE
                   SET number = EXCLUDED.number,
                       e164 = EXCLUDED.e164,
                       digits = EXCLUDED.digits,
                       national = EXCLUDED.national,
                       extension = EXCLUDED.extension,
                       company_id = EXCLUDED.company_id,
                       chosen_date = CASE WHEN old.digits = EXCLUDED.digits
                                          THEN old.chosen_date END,
                       write_date = EXCLUDED.write_date
                 WHERE (old.number, old.e164, old.digits, old.national,
                        old.extension, old.company_id)
                    IS DISTINCT FROM
                       (EXCLUDED.number, EXCLUDED.e164, EXCLUDED.digits,
                        EXCLUDED.national, EXCLUDED.extension, EXCLUDED.company_id)
                """,
                owner=SQL.identifier(owner),
                now=self.env.cr.now(),
                owners=owners or SQL("FALSE"),
                **dict(zip(COLUMNS, columns, strict=True)),
            )
        )  # fmt: skip

    # -- computed changes --------------------------------------------------------------

    @api.model
    def _sync_later(self, records):
        """Have `_sync` run before the transaction ends, or before the next match.

        For computed changes: within a computation nothing else can be written.
        """
        pending.add(records, PENDING, self.sudo()._sync_pending)

    @api.model
    def _sync_pending(self):
        """Do what `_sync_later` was asked for."""
        for records in pending.take(self.env, PENDING):
            self._sync(records)

    # -- merging -----------------------------------------------------------------------

    @api.model
    def _move(self, sources, target):
        """Hand the numbers of merged records over, as further numbers of ``target``.

        :param sources: contacts or leads that are merged into ``target``
        """
        owner = OWNERS[target._name]
        rows = self.sudo().search(
            Domain(owner, "in", (sources + target).ids), order="id"
        )
        own = rows.filtered(lambda row: row[owner] == target)
        kept = {self._number_key(row): row for row in own}
        moved = self.browse()
        for row in rows - own:
            twin = kept.setdefault(self._number_key(row), row)
            if twin == row:
                moved += row
            elif row.chosen_date:
                twin.chosen_date = max(
                    row.chosen_date, twin.chosen_date or row.chosen_date
                )
        self.flush_model()
        # By SQL, since a mirroring row cannot be written. In the international
        # spelling a number does not change its meaning with the country.
        for row in moved:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE telephony_number
                       SET %s = %s, key = %s, number = %s, source_field = NULL
                     WHERE id = %s
                    """,
                    SQL.identifier(owner),
                    target.id,
                    self._number_key(row),
                    numbers.international(row.e164) if row.e164 else row.number,
                    row.id,
                )
            )
        self.env.cr.execute(
            SQL(
                "DELETE FROM telephony_number WHERE %s = ANY(%s)",
                SQL.identifier(owner),
                sources.ids,
            )
        )
        self.invalidate_model(flush=False)
        self.env.add_to_compute(self._fields["company_id"], moved.sudo())

    @api.model
    def _drop_doubles(self, record):
        """Delete further numbers that `_move` brought and a phone field holds, too."""
        rows = self.sudo().search(Domain(OWNERS[record._name], "=", record.id))
        mirrored = {self._number_key(row) for row in rows if row.source_field}
        rows.filtered(
            lambda row: (
                not row.source_field
                and not row.label
                and self._number_key(row) in mirrored
            )
        ).unlink()
