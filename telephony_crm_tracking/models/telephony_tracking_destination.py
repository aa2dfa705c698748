from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from odoo.addons.telephony_crm.models.telephony_pbx import ADMINISTRATOR

from ..attribution import destination as destinations
from ..attribution.destination_registry import UnknownDestination

HOW = [
    ("file", "A file to upload"),
    ("feed", "A feed that is fetched"),
    ("request", "Sent by itself"),
]
#: A change of these changes who is handed what.
CACHED = {"active", "company_id", "kind", "token", "password_stored"}


class TelephonyTrackingDestination(models.Model):
    """An account of an advertising or analytics system that results are handed to.

    What it takes, and how, is said by a pure file of its kind, see
    `attribution.destination`; what goes to it is in `telephony.tracking.conversion`.
    """

    _name = "telephony.tracking.destination"
    _description = "Destination of Conversions"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(
        required=True,
        compute="_compute_name",
        store=True,
        precompute=True,
        readonly=False,
    )
    active = fields.Boolean(default=True)
    kind = fields.Selection(selection="_selection_kind", required=True)
    how = fields.Selection(HOW, compute="_compute_how", store=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    test_mode = fields.Boolean(
        default=True,
        copy=False,
        help="All is checked and nothing counts. What was only tested is handed over "
        "once this is switched off, as far as the rules of the receiver allow it then.",
    )
    start_date = fields.Datetime(
        string="Results Since",
        required=True,
        copy=False,
        default=fields.Datetime.now,
        help="What came about before is not handed over.",
    )
    min_weight = fields.Float(
        string="Likelihood of the Visit",
        default=0.5,
        help="Results of calls of which the visit is less likely are not handed over.",
    )
    amount_call = fields.Monetary(
        string="Value of a Call", help="Zero: handed over without a value."
    )
    amount_qualified = fields.Monetary(string="Value of a Qualified Call")
    amount_lead = fields.Monetary(string="Value of a Lead")
    takes_back_ids = fields.Many2many(
        "telephony.tracking.destination",
        relation="telephony_tracking_destination_back_rel",
        column1="destination_id",
        column2="of_id",
        string="Takes Back From",
        check_company=True,
        domain="[('how', '!=', False), ('id', '!=', id), "
        "('company_id', '=', company_id)]",
        help="Empty: from all of this company that it can.",
    )
    can_take_back = fields.Boolean(compute="_compute_how", store=True)
    setting_ids = fields.One2many(
        "telephony.tracking.destination.setting",
        "destination_id",
        string="Settings",
        groups=ADMINISTRATOR,
    )
    conversion_ids = fields.One2many(
        "telephony.tracking.conversion", "destination_id", string="Conversions"
    )
    conversion_count = fields.Integer(compute="_compute_counts")
    due_count = fields.Integer(compute="_compute_counts")
    unknown_count = fields.Integer(compute="_compute_counts")

    _weight_share = models.Constraint(
        "CHECK (min_weight >= 0 AND min_weight <= 1)",
        "The likelihood of the visit is between 0 and 100 %.",
    )
    _amounts_positive = models.Constraint(
        "CHECK (amount_call >= 0 AND amount_qualified >= 0 AND amount_lead >= 0)",
        "What a result is worth cannot be less than nothing.",
    )

    # -- computes ----------------------------------------------------------------

    @api.model
    def _selection_kind(self):
        return [(kind.kind, kind.title) for kind in destinations.all()]

    @api.depends("kind")
    def _compute_name(self):
        titles = dict(self._selection_kind())
        for destination in self:
            if not destination.name or destination.name in titles.values():
                destination.name = titles.get(destination.kind) or destination.name

    @api.depends("kind")
    def _compute_how(self):
        for destination in self:
            pure = destination._pure()
            destination.how = pure.how if pure else False
            takes = bool(pure) and destinations.Event.RETRACT in pure.events
            destination.can_take_back = takes

    def _compute_counts(self):
        rows = self.env["telephony.tracking.conversion"]._read_group(
            [("destination_id", "in", self.ids)],
            ["destination_id", "state"],
            ["__count"],
        )
        counts = {}
        for row, state, count in rows:
            counts.setdefault(row.id, {})[state] = count
        for destination in self:
            own = counts.get(destination.id, {})
            destination.conversion_count = sum(own.values())
            destination.due_count = own.get("waiting", 0)
            destination.unknown_count = own.get("unknown", 0)

    # -- CRUD --------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        made._declare_settings()
        self.env.registry.clear_cache()
        return made

    def write(self, vals):
        """Override to hand over what was tested only, once the test is over."""
        if any("kind" in vals and vals["kind"] != one.kind for one in self):
            self._check_unused()
        tested = self.filtered("test_mode") if vals.get("test_mode") is False else self
        done = super().write(vals)
        if vals.get("test_mode") is False:
            tested.sudo()._hand_over_tested()
        if "kind" in vals:
            self._declare_settings()
        if not CACHED.isdisjoint(vals):
            self.env.registry.clear_cache()
        return done

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Keep what says who was told what."""
        if any(row.sent_date for row in self.sudo().conversion_ids):
            raise UserError(
                self.env._(
                    "Conversions have been handed over here already. Archive it "
                    "instead: then nothing more goes there, and what went stays known."
                )
            )

    def copy_data(self, default=None):
        """Override to copy what was entered, without the secrets."""
        copies = super().copy_data(default)
        for destination, vals in zip(self, copies, strict=True):
            vals["setting_ids"] = [
                fields.Command.create(
                    {"sequence": row.sequence, "key": row.key, "value": row.value}
                )
                for row in destination.setting_ids
            ]
        return copies

    def _check_unused(self):
        """Refuse to make another kind of what has been handed something."""
        if self.sudo().conversion_ids:
            raise UserError(
                self.env._(
                    "Conversions have come to this destination already. Make another "
                    "one for another system, and archive this one."
                )
            )

    # -- the pure part -----------------------------------------------------------

    def _pure(self):
        """Return what says how this one works; `None` where nothing does."""
        try:
            return destinations.get(self.kind) if self.kind else None
        except UnknownDestination:
            return None

    def _declared(self):
        """Return the settings that its kind declares, by key."""
        pure = self._pure() if self else None
        return {setting.key: setting for setting in pure.settings} if pure else {}

    def _declare_settings(self):
        for destination in self.sudo():
            declared = destination._declared()
            known = destination.setting_ids
            known.filtered(lambda row, those=declared: row.key not in those).unlink()
            keys = set(known.exists().mapped("key"))
            self.env["telephony.tracking.destination.setting"].sudo().create(
                [
                    {
                        "destination_id": destination.id,
                        "sequence": sequence,
                        "key": setting.key,
                        "value": False if setting.secret else setting.default,
                    }
                    for sequence, setting in enumerate(declared.values())
                    if setting.key not in keys
                ]
            )

    def _settings(self):
        """Return what was entered, by key, secrets too. For sudo only."""
        self.ensure_one()
        return {
            row.key: row.secret_stored or row.value or "" for row in self.setting_ids
        }

    # -- which there are ---------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _ids_by_company(self):
        """Return the ids of those in use from memory: each call asks."""
        found = {}
        for destination in self.sudo().search([]):
            found.setdefault(destination.company_id.id, []).append(destination.id)
        return {company_id: tuple(ids) for company_id, ids in found.items()}

    @api.model
    def _of_company(self, company):
        """Return those in use of a company, as superuser."""
        return self.sudo().browse(self._ids_by_company().get(company.id, ()))

    # -- actions -----------------------------------------------------------------

    def action_open_conversions(self):
        """Show what goes to it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "telephony_crm_tracking.action_telephony_tracking_conversion"
        )
        return {
            **action,
            "domain": [("destination_id", "=", self.id)],
            "context": self.env.context.get("conversion_filter") or {},
        }
