import secrets
from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from odoo.addons.base.models.res_partner import _tz_get
from odoo.addons.telephony_crm.models.telephony_pbx import ADMINISTRATOR
from odoo.addons.telephony_crm.tools import networks

from ..attribution import foreign_ringostat
from ..attribution.foreign import BadEvent


class Opening(NamedTuple):
    """What is known of a token before the database is asked for anything."""

    feed_id: int
    networks: tuple


class TelephonyTrackingFeed(models.Model):
    """Where another call tracking, such as Ringostat, posts what it knows of calls.

    Its owner names the fields, so it is said here which is what. There is no signature:
    the secret in the address and the list of allowed addresses carry all of it.
    """

    _name = "telephony.tracking.feed"
    _description = "Events of Another Call Tracking"
    _order = "name, id"

    name = fields.Char(required=True, default="Ringostat")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    token = fields.Char(
        required=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(24),
        groups=ADMINISTRATOR,
    )
    url = fields.Char("Address", compute="_compute_url", groups=ADMINISTRATOR)
    allowed_ips = fields.Char(
        string="Allowed Addresses",
        groups=ADMINISTRATOR,
        help="Addresses or networks from which events may come, separated by commas. "
        "Empty: whoever knows the address.",
    )
    tz = fields.Selection(
        _tz_get,
        string="Time Zone",
        required=True,
        default=lambda self: self.env.user.tz or "UTC",
        help="Of the times in the events.",
    )
    line_ids = fields.One2many("telephony.tracking.feed.line", "feed_id", "Fields")
    last_fields = fields.Json(copy=False)
    last_date = fields.Datetime(string="Last Event", readonly=True, copy=False)
    last_text = fields.Text(
        string="What Came Last", compute="_compute_last_text", help="As it arrived."
    )

    _token_unique = models.Constraint(
        "UNIQUE (token)", "Each has an address of its own."
    )

    # -- computes and constraints ------------------------------------------------

    @api.depends("token")
    def _compute_url(self):
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        for feed in self:
            feed.url = f"{base}/telephony/events/{feed.token}"

    @api.depends("last_fields")
    def _compute_last_text(self):
        for feed in self:
            feed.last_text = "\n".join(
                f"{name} = {value}" for name, value in (feed.last_fields or {}).items()
            )

    @api.constrains("allowed_ips")
    def _check_allowed_ips(self):
        for feed in self:
            try:
                networks.read(feed.allowed_ips)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "“%s” is not a list of addresses. Write for example "
                        "192.168.1.0/24, 192.0.2.1.",
                        feed.allowed_ips,
                    )
                ) from error

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if not {"token", "active", "allowed_ips"}.isdisjoint(vals):
            self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # -- actions -----------------------------------------------------------------

    def action_new_token(self):
        """Have another address; the old one stops to work at once."""
        self.check_access("write")
        for feed in self:
            feed.token = secrets.token_urlsafe(24)

    def action_suggest(self):
        """Say which field is what, as far as names tell; what is said already stays."""
        for feed in self:
            known = set(feed.line_ids.mapped("target"))
            found = foreign_ringostat.suggestion(feed.last_fields or {})
            feed.line_ids = [
                fields.Command.create({"target": target, "name": name})
                for target, name in found.items()
                if target not in known
            ]

    # -- what arrives ------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _openings(self):
        """Return who may post, from memory: whoever guesses costs no query.

        :return: ``{token: Opening}``
        """
        return {
            feed.token: Opening(feed.id, networks.read(feed.allowed_ips))
            for feed in self.sudo().search([])
        }

    def _mapping(self):
        """Return which of `foreign_ringostat.TARGETS` is which of their fields."""
        self.ensure_one()
        return {line.target: line.name for line in self.line_ids if line.name}

    def _receive(self, query, body, content_type):
        """Take one event.

        :return: a status of HTTP
        :raises BadEvent: when it cannot be read
        """
        self.ensure_one()
        found = foreign_ringostat.fields(query, body, content_type)
        if not found:
            raise BadEvent("no fields")
        now = fields.Datetime.now()
        self.write({"last_fields": found, "last_date": now})
        if not self.line_ids:
            self.action_suggest()
        visit = foreign_ringostat.read(found, self._mapping(), self.tz, now)
        taken = self.env["telephony.tracking.foreign"]._take(
            [visit], self.company_id, feed=self
        )
        return 200 if taken else 429


class TelephonyTrackingFeedLine(models.Model):
    """What one of their fields is, and what is understood of it."""

    _name = "telephony.tracking.feed.line"
    _description = "Field of Another Call Tracking"
    _order = "id"

    feed_id = fields.Many2one(
        "telephony.tracking.feed", required=True, index=True, ondelete="cascade"
    )
    target = fields.Selection("_selection_target", string="Is", required=True)
    name = fields.Char(string="Their Field", required=True)
    came = fields.Char(string="Came Last", compute="_compute_preview")
    understood = fields.Char(compute="_compute_preview", help="Empty: nothing.")

    _target_unique = models.Constraint(
        "UNIQUE (feed_id, target)", "Each is one field of theirs."
    )

    @api.model
    def _selection_target(self):
        words = {
            "call_ref": self.env._("Id of the call"),
            "at": self.env._("When the call began"),
            "caller": self.env._("Caller"),
            "did": self.env._("Number that was dialled"),
            "talk_seconds": self.env._("Length of the talk"),
            "how": self.env._("Kind of number (dynamic, static, callback)"),
            "landing": self.env._("Landing page"),
            "referrer": self.env._("Page before"),
            "client_id": self.env._("Google Analytics client"),
        }
        return [
            (target, words.get(target, target)) for target in foreign_ringostat.TARGETS
        ]

    @api.depends("name", "target", "feed_id.last_fields", "feed_id.tz")
    def _compute_preview(self):
        """Show at once what would be understood of the last event."""
        for line in self:
            feed = line.feed_id
            found = feed.last_fields or {}
            mapping = {line.target: line.name} if line.target and line.name else {}
            seen = feed.last_date or fields.Datetime.now()
            rows = foreign_ringostat.preview(found, mapping, feed.tz or "UTC", seen)
            _target, line.came, line.understood = rows[0] if rows else ("", "", "")
