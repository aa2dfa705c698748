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


class TelephonyPbx(models.Model):
    """Which extensions and company numbers are missing here."""

    _inherit = "telephony.pbx"

    def _health_findings(self):
        findings = super()._health_findings()
        for kind, of_kind, words in (
            ("extension", "extensions", self._words_of_extensions),
            ("did", "dids", self._words_of_dids),
        ):
            if found := self._unknown(kind):
                findings.append(
                    self._finding(
                        "warning",
                        f"unknown_{kind}",
                        words(", ".join(found[:8]) + (" …" if found[8:] else "")),
                        f"action_add_{of_kind}",
                        self.env._("Add them"),
                        f"action_ignore_{of_kind}",
                    )
                )
        return findings

    def _words_of_extensions(self, listed):
        return self.env._(
            "Calls name extensions that are not entered here: %s. Whoever sits there "
            "sees no call.",
            listed,
        )

    def _words_of_dids(self, listed):
        return self.env._(
            "Callers dialled company numbers that are not entered here: %s.", listed
        )

    def _unknown(self, kind):
        """Return the numbers of a kind that events name and nobody has entered."""
        self.ensure_one()
        found = self._noted_unknown(kind)
        entered = {
            "extension": lambda: self._extensions_of_all_times().mapped("number"),
            "did": lambda: self._dids_of_all_times().mapped("e164"),
        }
        return sorted(set(found.mapped("number")) - set(entered[kind]()))

    def _noted_unknown(self, kind):
        return (
            self.env["telephony.pbx.unknown"]
            .sudo()
            .search(
                [("pbx_id", "=", self.id), ("kind", "=", kind), ("ignored", "=", False)]
            )
        )

    def action_add_extensions(self):
        """Enter the extensions that calls name; who sits there is to be said."""
        self.check_access("write")
        for number in self._unknown("extension"):
            if numbers.internal_extension(number) == number:
                self.env["telephony.extension"].create(
                    {"pbx_id": self.id, "number": number}
                )
        return self._forget("extension")

    def action_add_dids(self):
        """Enter the company numbers that callers dialled."""
        self.check_access("write")
        for number in self._unknown("did"):
            self.env["telephony.did"].create({"pbx_id": self.id, "number": number})
        return self._forget("did")

    def action_ignore_extensions(self):
        """Say no more of the extensions that calls name, as they are not for here."""
        return self._ignore_unknown("extension")

    def action_ignore_dids(self):
        """Say no more of the company numbers that callers dialled."""
        return self._ignore_unknown("did")

    def _ignore_unknown(self, kind):
        self.check_access("write")
        self._noted_unknown(kind).ignored = True
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _forget(self, kind):
        self._noted_unknown(kind).unlink()
        self.env.registry.clear_cache()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
