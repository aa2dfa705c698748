from odoo import api, models

from ..bridge.sentences import SENTENCES


class TelephonyPbxBridge(models.Model):
    """What a bridge says, in the language of who reads it."""

    _inherit = "telephony.pbx.bridge"

    def _problems_in_words(self):
        """Return what the bridge says is wrong."""
        self.ensure_one()
        problems = self.status["problems"]
        said = self.status.get("said") or [["", {}]] * len(problems)
        return [
            self._in_words(text, code, values)
            for text, (code, values) in zip(problems, said, strict=True)
        ]

    @api.model
    def _in_words(self, text, code, values):
        """Return a sentence of a bridge; its own where nobody has another.

        :param text: in English
        :param code: of `bridge.sentences.SENTENCES`, if it is one of them
        :param values: what is filled in
        """
        if code not in SENTENCES:
            return text
        try:
            return self.env._(SENTENCES[code]).format_map(values)
        except (KeyError, IndexError, ValueError):
            return text  # of another version
