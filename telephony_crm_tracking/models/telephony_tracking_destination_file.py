import hashlib
import secrets
from hmac import compare_digest
from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS, Domain

from odoo.addons.telephony_crm.models.telephony_pbx import ADMINISTRATOR

from ..attribution.conversion import Event
from .telephony_tracking_conversion import GONE_OUT, PENDING

#: A feed has for so many days what was fetched before.
FEED_DAYS = 30
#: A file has so many rows at most, and so has a feed; more go the next time.
MOST_ROWS = 20_000
USER = "odoo"
#: How often the time of the last fetch is noted, in seconds.
NOTED = 60


class Opening(NamedTuple):
    """What is known of a feed's token before the database is asked for anything."""

    destination_id: int
    digest: str


class TelephonyTrackingDestination(models.Model):
    """Files that a person uploads, and the same as a feed that the receiver fetches."""

    _inherit = "telephony.tracking.destination"

    token = fields.Char(
        required=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(24),
        groups=ADMINISTRATOR,
    )
    feed_url = fields.Char(
        string="Address of the Feed", compute="_compute_feed", groups=ADMINISTRATOR
    )
    feed_user = fields.Char(
        string="User", compute="_compute_feed", groups=ADMINISTRATOR
    )
    # Of a random password; the password itself is kept nowhere.
    password_stored = fields.Char(groups=NO_ACCESS, copy=False)
    has_password = fields.Boolean(compute="_compute_feed", groups=ADMINISTRATOR)
    fetch_date = fields.Datetime(string="Last Fetched", readonly=True, copy=False)

    _token_unique = models.Constraint(
        "UNIQUE (token)", "Each feed has an address of its own."
    )

    @api.depends("token", "password_stored")
    def _compute_feed(self):
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        for destination in self:
            url = f"{base}/telephony/conversions/{destination.token}.csv"
            destination.feed_url = url
            destination.feed_user = USER
            destination.has_password = bool(destination.sudo().password_stored)

    # -- actions -----------------------------------------------------------------

    def action_new_address(self):
        """Have another address; the old one stops to work at once."""
        self.check_access("write")
        for destination in self:
            destination.token = secrets.token_urlsafe(24)

    def action_new_password(self):
        """Make a password and show it once; the old one stops to work at once."""
        self.ensure_one()
        self.check_access("write")
        password = secrets.token_urlsafe(24)
        self.sudo().password_stored = _digest(password)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Password of the Feed"),
            "res_model": "telephony.tracking.password",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_url": self.feed_url,
                "default_user": USER,
                "default_password": password,
            },
        }

    def action_get_file(self):
        """Show the file of what is due, to be uploaded by a person."""
        self.ensure_one()
        self.check_access("write")
        rows = self.sudo()._rows_due()
        if not rows:
            raise UserError(self.env._("There is nothing to hand over at present."))
        return rows._open_file()

    # -- what is in it -----------------------------------------------------------

    def _rows_due(self):
        """Return what may go into a file now; note why the others may not."""
        now = fields.Datetime.now()
        rows = self.env["telephony.tracking.conversion"].search(
            Domain("destination_id", "=", self.id)
            & Domain("state", "in", PENDING)
            & (Domain("due_date", "=", False) | Domain("due_date", "<=", now)),
            order="date, id",
            limit=MOST_ROWS,
        )
        return self._fit(rows)

    def _fit(self, rows, note=True):
        """Return those of some rows that no rule is against now, consent first.

        :param note: why the others do not go, is written
        """
        settings, fit = self._settings(), []
        denials = rows._denials_of(rows.visit_id | rows.original_id.visit_id)
        for row in rows:
            refusal = row._refusal(settings, denials)
            if not refusal:
                fit.append(row.id)
            elif note or row.state in PENDING:
                row._write_refusal(refusal)
        return rows.browse(fit)

    def _text_of(self, rows, test=False):
        """Return the text of the file with some rows; see `Destination.file`."""
        pures = [row._to_pure({}) for row in rows]  # their consent is known to be there
        return self._pure().file(pures, self._settings(), test)

    # -- the feed ----------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _openings(self):
        """Return which feeds there are, from memory: whoever guesses costs no query.

        :return: ``{token: Opening}``, of those that have a password
        """
        return {
            one.token: Opening(one.id, one.password_stored)
            for one in self.sudo().search([("how", "=", "feed")])
            if one.password_stored
        }

    @api.model
    def _is_let_in(self, opening, user, password):
        """Tell whether somebody may fetch a feed."""
        is_password = compare_digest(_digest(password or ""), opening.digest)
        return compare_digest((user or "").encode(), USER.encode()) and is_password

    def _fetched(self):
        """Return the text of the feed, and note what has been fetched by that.

        It has all that has not been fetched yet, whatever its age, and what was of
        late each time: the receiver sorts out repeats. For sudo only.
        """
        self.ensure_one()
        now = fields.Datetime.now()
        if not self.fetch_date or (now - self.fetch_date).total_seconds() > NOTED:
            self.fetch_date = now
        if self.test_mode or not self._pure():
            return self._text_of(self.env["telephony.tracking.conversion"], test=True)
        new = self._rows_due()
        since = fields.Datetime.subtract(now, days=FEED_DAYS)
        known = self.env["telephony.tracking.conversion"].search(
            [
                ("destination_id", "=", self.id),
                ("state", "in", GONE_OUT),
                ("cancelled_date", "=", False),
                ("date", ">=", since),
            ],
            order="date desc, id desc",
            limit=max(MOST_ROWS - len(new), 1),
        )
        # What has been given another value since is not said with the old one again.
        worth = known._adjusting(Event.RESTATE)
        known -= worth.filtered(lambda row: row.state in GONE_OUT).original_id
        known = self._fit(known, note=False)
        new._went()
        return self._text_of((known | new).sorted("date", reverse=True))


def _digest(password):
    """Return what is kept of a password, which is random and long."""
    return hashlib.sha256(password.encode()).hexdigest()
