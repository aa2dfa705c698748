from odoo import api, fields, models, tools

from ..pbx import numbers

# No honest account has more, and nothing that is posted shall fill a table.
MOST = 200


class TelephonyPbxUnknown(models.Model):
    """An extension or company number that events name and nobody has entered."""

    _name = "telephony.pbx.unknown"
    _description = "Unknown Number of Ours"
    _order = "kind, number"
    _log_access = False

    pbx_id = fields.Many2one("telephony.pbx", required=True, ondelete="cascade")
    kind = fields.Selection(
        [("extension", "Extension"), ("did", "Company number")], required=True
    )
    number = fields.Char(required=True)
    seen_date = fields.Datetime(string="First Seen", required=True)
    ignored = fields.Boolean(help="An administrator does not want it entered here.")

    _number_unique = models.Constraint(
        "UNIQUE (pbx_id, kind, number)", "An unknown number is noted once."
    )

    @api.model
    @tools.ormcache("pbx_id")
    def _noted(self, pbx_id):
        """Return what was noted already: set of ``(kind, number)``."""
        rows = self.sudo().search([("pbx_id", "=", pbx_id)])
        return frozenset((row.kind, row.number) for row in rows)

    @api.model
    def _note(self, pbx, state):
        """Note what a call names that is not entered here; in memory when it is.

        :param state: `pbx.call_state.CallState`
        """
        extensions = self.env["telephony.extension"]._by_number(pbx.id)
        found = {
            ("extension", leg.extension)
            for leg in state.legs
            if leg.extension and leg.extension not in extensions
        }
        if state.direction.value == "inbound" and state.did:
            did = numbers.parse(state.did, pbx._countries())
            number = did.e164 or did.digits
            if number not in self.env["telephony.did"]._by_e164(pbx.id):
                found.add(("did", number))
        found = {(kind, number) for kind, number in found if number}
        if not found:
            return
        noted = self._noted(pbx.id)
        if not found <= noted and len(noted) < MOST:
            self._insert(pbx.id, sorted(found - noted))

    @api.model
    def _insert(self, pbx_id, found):
        now = fields.Datetime.now()
        for kind, number in found:
            self.env.cr.execute(
                """
                INSERT INTO telephony_pbx_unknown (pbx_id, kind, number, seen_date)
                VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
                """,
                [pbx_id, kind, number, now],
            )
        self.env.registry.clear_cache()


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    @api.model
    def _apply_state(self, pbx, call_ref, state, events, imported=False):
        """Override to note the numbers of ours that nobody has entered."""
        call = super()._apply_state(pbx, call_ref, state, events, imported)
        if call:
            self.env["telephony.pbx.unknown"]._note(pbx, state)
        return call
