from datetime import timedelta

from odoo import fields, models

from .telephony_pbx import ADMINISTRATOR

#: How long it is told that something was refused: as long as nothing else arrives,
#: and where others do.
ONLY_REFUSED, ALSO_REFUSED = timedelta(days=30), timedelta(days=1)


class TelephonyPbx(models.Model):
    """What was posted to a PBX's webhook and not let in, and why."""

    _inherit = "telephony.pbx"

    refused_date = fields.Datetime(readonly=True, copy=False, groups=ADMINISTRATOR)
    refused_code = fields.Char(readonly=True, copy=False, groups=ADMINISTRATOR)
    refused_reason = fields.Char(readonly=True, copy=False, groups=ADMINISTRATOR)

    def _health_findings(self):
        findings = super()._health_findings()
        if refusal := self._finding_of_refusal():
            findings.append(refusal)
        return findings

    def _finding_of_refusal(self):
        stored, last = self.sudo(), self._last_heard()
        if not stored.refused_date:
            return None
        others = last and last > stored.refused_date
        told_for = ALSO_REFUSED if others else ONLY_REFUSED
        if stored.refused_date <= fields.Datetime.now() - told_for:
            return None
        reason = stored._refusal_in_words()
        button = self.can_set_up and self.env._("Check the set-up")
        action = self.can_set_up and "action_set_up"
        if others:
            # Not all are refused, yet what these said is missing.
            return self._finding(
                "warning",
                "refused",
                self.env._(
                    "Events were refused, the last one %(when)s: %(reason)s Others "
                    "arrived since.",
                    when=self._in_relative_words(stored.refused_date),
                    reason=reason,
                ),
                action,
                button,
            )
        return self._finding(
            "error",
            "refused",
            self.env._(
                "An event was refused %(when)s: %(reason)s Check the secret and the "
                "allowed addresses below.",
                when=self._in_relative_words(stored.refused_date),
                reason=reason,
            ),
            action,
            button,
        )

    def _refusal_in_words(self):
        """Return why an event was refused, in the language of who asks."""
        _ = self.env._
        detail = (self.refused_reason or "").rstrip(".")
        words = {
            "address": _("It came from an address that is not allowed."),
            "no_secret": _("There is no API secret to check events with."),
            "unsigned": _("The event has no signature."),
            "wrong_signature": _("The signature of the event is wrong."),
            "no_json": _("The event is not sent as application/json."),
            "no_time": _("The event does not say when it was sent."),
            "no_nonce": _("The event has no nonce."),
            "stale": _(
                "It was sent more than five minutes ago, or one of the two clocks is "
                "wrong."
            ),
            "unable": _("The system cannot check who sends its events."),
            "form": _("Its form cannot be read."),
            "payload": _("It cannot be read (%s).", detail),
        }
        return words.get(self.refused_code) or self.refused_reason

    def _note_refusal(self, code, reason):
        """Remember for the health sentence that an event was refused.

        At most once a minute: who sends nonsense must not make us write.

        :param code: of `pbx.adapter.PbxError`, see `_refusal_in_words`
        :param reason: an English sentence, for a code that has no words here
        """
        self.ensure_one()
        now = fields.Datetime.now()
        self.env.cr.execute(
            """
            UPDATE telephony_pbx
               SET refused_date = %s, refused_code = %s, refused_reason = %s
             WHERE id = %s
               AND (refused_date IS NULL OR refused_date < %s)
            """,
            [now, code, reason, self.id, now - timedelta(minutes=1)],
        )
