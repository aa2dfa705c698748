from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: What the pure files declare, once more: they know no languages.
DECLARED = (
    _lt("Google Ads customer number"),
    _lt("As Google Ads shows it, with or without hyphens."),
    _lt("Number of the manager account"),
    _lt("Only where access is through a manager account."),
    _lt("Number of the conversion action for a call"),
    _lt("Number of the conversion action for a qualified call"),
    _lt("Number of the conversion action for a lead"),
    _lt("Number of the conversion action for a sale"),
    _lt("Key of a service account (JSON)"),
    _lt("Or the three values of an OAuth client, below."),
    _lt("OAuth client"),
    _lt("OAuth client's secret"),
    _lt("OAuth refresh token"),
    _lt("Cloud project"),
    _lt("Billed for the requests; needed with an OAuth client."),
    _lt("Click-through window in days"),
    _lt("As set for the conversion action; 90 at most."),
    _lt("The action counts one conversion a click"),
    _lt("Such an action takes no gbraid or wbraid."),
    _lt("Hand over hashed e-mails and telephones"),
    _lt(
        "Only once the account has accepted the terms for customer data and has"
        " enhanced conversions for leads enabled. Leads without a click go too,"
        " then."
    ),
    _lt("Name of the conversion action for a call"),
    _lt("Name of the conversion action for a qualified call"),
    _lt("Name of the conversion action for a lead"),
    _lt("Name of the conversion action for a sale"),
    _lt("Measurement id (G-…)"),
    _lt("API secret"),
    _lt("Collected in the European Union"),
    _lt("Name of the event for a call"),
    _lt("Empty: not handed over."),
    _lt("Name of the event for a qualified call"),
    _lt("Name of the event for a lead"),
    _lt("Name of the event for a sale"),
    _lt("Dataset or pixel"),
    _lt("Access token"),
    _lt("Code for test events"),
    _lt("As the dataset's page of test events shows it; needed to test."),
    _lt("Version of the Graph API"),
)


class TelephonyTrackingDestination(models.Model):
    """What the settings of destinations are called, in the user's language."""

    _inherit = "telephony.tracking.destination"

    def _words_of_settings(self):
        """Return what is shown for what is declared; what is not here is not ours."""
        _ = self.env._
        # pylint: disable-next=protected-access  # the same text in English
        return {words._source: _(words) for words in DECLARED}
