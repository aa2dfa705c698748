from odoo import models


class TelephonyTrackingConversion(models.Model):
    """What the codes of destinations mean to a person."""

    _inherit = "telephony.tracking.conversion"

    def _words_of_reasons(self):
        """Return a sentence by code."""
        _ = self.env._
        return {
            "consent": _(
                "The visitor has not agreed that advertisers learn of it, or no more."
            ),
            "unsure": _("It is not sure enough which visit it came of."),
            "person": _("A person has decided so."),
            "no_more": _("It is so no more, and had not been handed over."),
            "event": _("The receiver has no meaning for such a result."),
            "future": _("It is still to come."),
            "too_old": _("It is too old for the receiver."),
            "amount": _("Its value is no amount of a currency."),
            "no_action": _("Nothing is entered for this result among the settings."),
            "no_click": _(
                "The visit did not come with a click that the receiver knows."
            ),
            "braid": _(
                "The action counts one a click, so it takes no gbraid or wbraid."
            ),
            "before_click": _("It came about before the click."),
            "too_recent": _("It is too recent: the receiver does not know it yet."),
            "expired": _("The click is too long ago for the receiver."),
            "no_original": _(
                "What is to be taken back, or given its new value, is not known."
            ),
            "no_client": _("The visit has no client id of Google Analytics."),
            "no_person": _("Neither click, browser, e-mail nor telephone is known."),
            "no_amount": _("A purchase needs a value."),
            "interrupted": _(
                "It was being sent when something stopped: the receiver may have it."
            ),
            "no_answer": _("No whole answer came: the receiver may have it."),
            "unreachable": _("The receiver cannot be reached."),
            "error": _("Something went wrong here; the log says what."),
            "no_kind": _("What knows this kind of destination is not installed."),
            "settings": _("The settings cannot be used."),
            "HTTP 401": _("The receiver does not know the key (HTTP 401)."),
            "HTTP 403": _("The receiver does not let this account in (HTTP 403)."),
            "HTTP 429": _("The receiver was asked too often (HTTP 429)."),
        }
