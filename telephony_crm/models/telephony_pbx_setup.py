from odoo import api, fields, models


class TelephonyPbx(models.Model):
    """The steps from nothing to the first call, and what is done of them."""

    _inherit = "telephony.pbx"

    uses_key = fields.Boolean(compute="_compute_uses_key")
    has_credentials = fields.Boolean(compute="_compute_setup")
    has_event = fields.Boolean(compute="_compute_setup")
    has_extension = fields.Boolean(compute="_compute_setup")
    has_did = fields.Boolean(compute="_compute_setup")
    has_call = fields.Boolean(compute="_compute_setup")
    is_set_up = fields.Boolean(compute="_compute_setup")
    reading_numbers = fields.Char(compute="_compute_reading_numbers")

    @api.depends("adapter")
    def _compute_uses_key(self):
        for pbx in self:
            adapter = pbx._adapter(raise_if_unknown=False) if pbx.adapter else None
            pbx.uses_key = not adapter or adapter.uses_key

    @api.depends("api_key", "api_secret_stored", "extension_ids.user_id", "did_ids")
    def _compute_setup(self):
        Call = self.env["telephony.call"].sudo()
        for pbx in self:
            stored, of_pbx = pbx.sudo(), [("pbx_id", "=", pbx._origin.id)]
            adapter = stored._adapter(raise_if_unknown=False)
            has_key = adapter and (stored.api_key or not adapter.uses_key)
            pbx.has_credentials = bool(
                (has_key and stored.api_secret_stored)
                or (adapter and not adapter.verifies)
            )
            pbx.has_event = bool(pbx._origin and pbx._origin._last_heard())
            pbx.has_extension = bool(stored.extension_ids.user_id)
            pbx.has_did = bool(stored.did_ids)
            pbx.has_call = bool(Call.search_count(of_pbx, limit=1))
            pbx.is_set_up = (
                pbx.has_credentials
                and pbx.has_event
                and pbx.has_extension
                and pbx.has_did
                and pbx.has_call
            )

    @api.depends("name")
    def _compute_reading_numbers(self):
        """Say how far the customers' numbers are read, as long as they are not."""
        progress = self.env["telephony.number.fill"].sudo()._progress()
        text = False
        if progress["state"] != "done" and progress["total"]:
            text = self.env._(
                "The phone numbers of contacts and leads are being read: %(done)s of "
                "%(total)s. Until then some callers are not known.",
                **{key: self._in_thousands(progress[key]) for key in ("done", "total")},
            )
        elif progress["state"] != "done":
            text = self.env._(
                "The phone numbers of contacts and leads will be read within minutes. "
                "Until then no caller is known."
            )
        self.reading_numbers = text

    def _in_thousands(self, number):
        """Write a number as is usual in the user's language: 12,000."""
        lang = self.env["res.lang"]._lang_get(self.env.lang or "en_US")
        return lang.format("%d", number, grouping=True)

    def _compute_health(self):
        """Override to say of a form being edited what is true of the stored PBX."""
        edited = self.filtered(lambda pbx: not isinstance(pbx.id, int))
        for pbx in edited:
            pbx.health_state = pbx._origin.health_state
            pbx.health = pbx._origin.health
            pbx.health_findings = pbx._origin.health_findings
            pbx.health_facts = pbx._origin.health_facts
        return super(TelephonyPbx, self - edited)._compute_health()

    def action_open_failed_events(self):
        """Show the events that could not be applied."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "telephony_crm.action_telephony_pbx_event"
        )
        action["context"] = {
            "search_default_pbx_id": self.id,
            "search_default_failed": 1,
        }
        return action

    def action_open_calls(self):
        """Show the calls of this PBX."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "telephony_crm.action_telephony_call"
        )
        action["context"] = {"search_default_pbx_id": self.id}
        return action
