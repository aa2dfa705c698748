from odoo import models

from ..pbx import numbers


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
