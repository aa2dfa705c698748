from odoo import fields, models

from .telephony_pbx import ADMINISTRATOR

LEVELS = ("error", "warning", "info")


class TelephonyHealthMixin(models.AbstractModel):
    """Whether something works, in one sentence; and what is wrong, with its remedy."""

    _name = "telephony.health.mixin"
    _description = "Something that works, or says why it does not"

    health_state = fields.Selection(
        [("ok", "Works"), ("warning", "Attention"), ("error", "Not working")],
        compute="_compute_health",
        groups=ADMINISTRATOR,
    )
    health = fields.Char(compute="_compute_health", groups=ADMINISTRATOR)
    health_findings = fields.Json(compute="_compute_health", groups=ADMINISTRATOR)

    def _compute_health(self):
        for record in self:
            findings = record._health_findings() if record._origin else []
            findings.sort(key=lambda finding: LEVELS.index(finding["level"]))
            record.health_findings = findings
            worst = findings[0] if findings else None
            if worst and worst["level"] != "info":
                record.health_state, record.health = worst["level"], worst["text"]
            else:
                record.health_state, record.health = "ok", record._health_words()

    def _health_words(self):
        """Return the sentence of one that works, or `False`."""
        return False

    def _health_findings(self):
        """Return what is wrong or worth knowing, in words, with what repairs it.

        Whoever adds a feature adds its findings here, beside the feature. Each must
        be found by an index: the form asks for them whenever it is opened.

        :return: list of dicts: ``level`` (error, warning or info), ``code`` (a word
            that stays the same while the figures in the text change), ``text``,
            ``action`` (the method of this model that repairs it, or says where; else
            ``False``), ``button`` (its label) and ``dismiss`` (the method after which
            it is told no more, or ``False``)
        """
        self.ensure_one()
        return []

    def _finding(self, level, code, text, action=False, button=False, dismiss=False):
        return {
            "level": level,
            "code": code,
            "text": text,
            "action": action,
            "button": button,
            "dismiss": dismiss,
        }
