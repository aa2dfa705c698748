from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.telephony_crm.tools.transaction import lock

#: So many sources, media and campaigns are made by visits on a day; anybody can open a
#: page with any words in its address.
PARAMETER, MOST_A_DAY = "telephony_crm_tracking.utm_per_day", 50
KINDS = [("source", "Source"), ("medium", "Medium"), ("campaign", "Campaign")]


class TelephonyTrackingAlias(models.Model):
    """What a word in the address of a page means in Odoo.

    Advertisers write ``fb``, ``FB-ads`` and ``facebook``; here all three are one
    source. What visits have made by themselves stands here as well.
    """

    _name = "telephony.tracking.alias"
    _description = "Name of a Source, Medium or Campaign"
    _order = "kind, name"

    kind = fields.Selection(KINDS, required=True, default="source")
    name = fields.Char(
        string="In Addresses",
        required=True,
        help="As in utm_source, utm_medium or utm_campaign; upper case makes no "
        "difference.",
    )
    source_id = fields.Many2one("utm.source", index=True, ondelete="cascade")
    medium_id = fields.Many2one("utm.medium", index=True, ondelete="cascade")
    campaign_id = fields.Many2one("utm.campaign", index=True, ondelete="cascade")
    is_made = fields.Boolean(
        string="Made by a Visit", readonly=True, help="Its record was made for it."
    )

    _once = models.UniqueIndex(
        "(kind, lower(name))", "This name has a meaning already."
    )
    _made = models.Index("(create_date) WHERE is_made")

    @api.constrains("kind", "source_id", "medium_id", "campaign_id", "name")
    def _check_meaning(self):
        for alias in self:
            if not alias[f"{alias.kind}_id"] or not alias.name.strip():
                raise ValidationError(
                    self.env._("Say which one “%s” means.", alias.name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["name"] = (vals.get("name") or "").strip()
        return super().create(vals_list)

    def write(self, vals):
        if "name" in vals:
            vals = {**vals, "name": (vals["name"] or "").strip()}
        return super().write(vals)

    @api.model
    def _resolve(self, kind, name, may_create=True):
        """Return the record that a word of an address means.

        Found by equality, but for upper case: what visitors bring is no pattern. If
        there is none, it is made, up to a limit for each day.

        :param kind: ``source``, ``medium`` or ``campaign``
        :param name: the word, as it came
        :return: id, or `False` for no word, or beyond the limit
        """
        name = (name or "").strip()
        if not name:
            return False
        aliases, model = self.sudo(), self.env[f"utm.{kind}"].sudo()
        found = aliases._find(kind, name) or _find_named(model, name)
        if found or not may_create:
            return found
        # Whoever comes with the same word at this moment waits, and finds it then.
        lock(self.env.cr, "utm", kind, name.lower())
        found = aliases._find(kind, name) or _find_named(model, name)
        if found or aliases._is_day_full():
            return found
        record = aliases._make(kind, name)
        aliases.create(
            {"kind": kind, "name": name, f"{kind}_id": record.id, "is_made": True}
        )
        return record.id

    @api.model
    def _resolve_trusted(self, kind, name):
        """Return the record that a word means, made without limit if there is none.

        :param name: what one of us has said, and no visitor
        """
        name = (name or "").strip()
        lock(self.env.cr, "utm", kind, name.lower())
        found = self._resolve(kind, name, may_create=False)
        return found or (self._make(kind, name).id if name else False)

    @api.model
    def _make(self, kind, name):
        vals = {"name": name}
        if kind == "campaign":
            vals["is_auto_campaign"] = True
        return self.env[f"utm.{kind}"].sudo().create(vals)

    @api.model
    def _find(self, kind, name):
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "SELECT %s FROM telephony_tracking_alias "
                "WHERE kind = %s AND lower(name) = lower(%s)",
                SQL.identifier(f"{kind}_id"),
                kind,
                name,
            )
        )
        return next((id_ for [id_] in self.env.cr.fetchall()), False)

    @api.model
    def _is_day_full(self):
        most = self.env["ir.config_parameter"].sudo().get_param(PARAMETER)
        try:
            most = int(most or MOST_A_DAY)
        except ValueError:
            most = MOST_A_DAY
        today = fields.Date.to_string(fields.Date.today())
        made = [("is_made", "=", True), ("create_date", ">=", today)]
        return self.search_count(made, limit=most + 1) >= most


def _find_named(model, name):
    """Return the id of a record with this name; the oldest, where case tells more."""
    model.flush_model(["name"])
    model.env.cr.execute(
        SQL(
            "SELECT id FROM %s WHERE lower(name) = lower(%s) ORDER BY id LIMIT 1",
            SQL.identifier(model._table),
            name,
        )
    )
    return next((id_ for [id_] in model.env.cr.fetchall()), False)
