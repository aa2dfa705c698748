import base64

from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..attribution import cost_rows, cost_sheet
from ..attribution.cost_table import BadTable
from ..tools.cost_plan import KINDS, CostPlan

MOST_SHOWN, MOST_WRONG, MOST_NAMES = 20, 100, 12


class TelephonyTrackingCostImport(models.TransientModel):
    """What a file is taken for, and how that is said."""

    _inherit = "telephony.tracking.cost.import"

    def _read(self):
        """Return the plan of the file; the columns of the wizard become the file's.

        :raises UserError: when it is no table
        """
        try:
            table = cost_sheet.read(base64.b64decode(self.file or b""))
        except BadTable as error:
            raise UserError(self._words_of_file(error.code)) from error
        self._read_as_before()
        said = {
            "defaults": {"currency": self.currency_id.name or ""},
            "order": self.day_order or "",
            "decimal": self.decimal_mark or "",
        }
        if not self.header_line or self.header_line != self.read_line:
            self._take_columns(table, said)
        columns = {
            column.meaning: column.place for column in self.column_ids if column.meaning
        }
        reading = cost_rows.read(
            table, columns=columns, header=self.header_line, **said
        )
        return CostPlan(reading, self.company_id, not self.leave_totals)

    def _take_columns(self, table, said):
        """Have the columns of the file, and what their headers say that they mean."""
        head = table[: cost_rows.PREAMBLE]
        shown = [[_shown(cells, at) for at in range(len(cells))] for cells in head]
        header = self.header_line or self._header_as_before(shown)
        header = header or cost_rows.read(head, **said).header
        if not header:  # the first line that is no title
            header = next(
                (at for at, cells in enumerate(table, 1) if len(cells) > 1), 1
            )
        header = min(header, max(len(table), 1))
        cells = table[header - 1] if table else []
        known = {place: name for name, place in cost_rows.guess(cells).items()}
        before = self._meanings()
        said = set(before.values())
        known = {place: name for place, name in known.items() if name not in said}
        for place in range(len(cells)):
            known[place] = before.pop(_shown(cells, place), known.get(place))
        below = next(filter(any, table[header:]), [])
        width = max(len(cells), len(below))
        self.column_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "place": place,
                        "header": _shown(cells, place),
                        "sample": _shown(below, place),
                        "meaning": known.get(place) or False,
                    }
                )
                for place in range(width)
            ),
        ]
        self.header_line = self.read_line = header

    # -- what is shown -------------------------------------------------------------

    def _shown(self, plan, feed):
        """Return the values of the wizard that show a plan."""
        rows, errors = plan.rows[:MOST_SHOWN], plan.errors[:MOST_WRONG]
        (self.line_ids | self.wrong_ids).unlink()
        return {
            "line_ids": [Command.create(self._line(plan, row)) for row in rows],
            "wrong_ids": [
                Command.create(
                    {
                        "line": error.line,
                        "error": self._words_of_line(error.code),
                        "value": error.value,
                    }
                )
                for error in errors
            ],
            "line_count": len(plan.rows),
            "wrong_count": len(plan.errors),
            "total_count": plan.totals,
            "summary": self._summary(plan, feed) if plan.rows else False,
            "new_names": self._new_names(plan) or False,
        }

    def _line(self, plan, row):
        silent = {kind: self[f"{kind}_id"].name for kind in KINDS}
        return {
            "line": row.line,
            "start_date": row.start,
            "end_date": row.end,
            "amount": float(row.amount),
            "currency_id": plan.currency(row.currency).id,
            **{kind: getattr(row, kind) or silent[kind] for kind in KINDS},
            "keyword": row.keyword,
            "did_id": plan.did(row.did).id if row.did else False,
            "clicks": row.clicks or 0,
        }

    def _summary(self, plan, feed):
        """Say what an import would do."""
        own = self.company_id.currency_id
        total = sum(
            float(row.amount)
            * plan.rates.get(plan.currency(row.currency), own, row.start)
            for row in plan.rows
        )
        first, last = (format_date(self.env, day) for day in plan.span)
        said = self.env._(
            "%(lines)s lines of %(first)s to %(last)s, about %(total)s in all.",
            lines=len(plan.rows),
            first=first,
            last=last,
            total=own.format(total),
        )
        [(count, before)] = self.env["telephony.tracking.cost"]._read_group(
            self._replaced(feed, plan), [], ["__count", "amount_company:sum"]
        )
        if not count:
            return f"{said}\n" + self.env._(
                "%s has said nothing of these days before.", feed
            )
        return f"{said}\n" + self.env._(
            "They replace %(rows)s rows of %(feed)s of these days, %(total)s in all.",
            rows=count,
            feed=feed,
            total=own.format(before),
        )

    def _new_names(self, plan):
        """Say which sources, media and campaigns are not known so far."""
        words = {
            "source": self.env._("Sources"),
            "medium": self.env._("Media"),
            "campaign": self.env._("Campaigns"),
        }
        said = []
        for kind, names in plan.new.items():
            if names:
                shown = ", ".join(list(names.values())[:MOST_NAMES])
                more = len(names) - MOST_NAMES
                if more > 0:
                    shown = self.env._(
                        "%(names)s and %(more)s more", names=shown, more=more
                    )
                said.append(f"{words[kind]}: {shown}")
        return "\n".join(said)

    def _words_of_file(self, code):
        return {
            "too_long": self.env._(
                "The file is too long. Split it: 20 MB and 100,000 lines are the most."
            ),
            "encoding": self.env._("This is no table. Save it as CSV or XLSX."),
            "old": self.env._("This spreadsheet is of an old kind. Save it as XLSX."),
        }.get(code, self.env._("The file is broken. Save it as CSV or XLSX again."))

    def _words_of_line(self, code):
        """Say what is wrong with a line, and what helps."""
        _ = self.env._
        return {
            "no_header": _(
                "No columns of days and costs are found. Choose them under Columns."
            ),
            "no_currency": _("It names no currency. Choose one for such lines."),
            "no_date": _("It has no day."),
            "bad_date": _("This is no day."),
            "ambiguous_date": _(
                "This may be two days. Choose above how days are written."
            ),
            "bad_period": _("The last day is before the first, or a year after it."),
            "no_amount": _("It has no cost."),
            "bad_amount": _("This is no amount."),
            "ambiguous_amount": _(
                "This may be two amounts. Choose above how amounts are written."
            ),
            "bad_currency": _("This is no currency."),
            "unknown_currency": _("There is no such currency."),
            "no_rate": _(
                "The currency has no rate of this day or before it. Enter one under "
                "Currencies."
            ),
            "unknown_did": _("This is none of the company's numbers."),
            "bad_clicks": _("This is no number of clicks."),
            "too_many": _(
                "These are more than 100,000 days of costs. Import a part of them."
            ),
        }[code]


def _shown(cells, place):
    """Return what is shown of a cell."""
    return str(cells[place])[:60] if place < len(cells) else ""
