from datetime import datetime, timedelta, timezone

from odoo import models
from odoo.tools import get_lang

#: For so many days ahead the widget offers times to choose from.
AHEAD = timedelta(days=7)


class TelephonyTrackingSite(models.Model):
    """What the script of the callback widget has to know of a site."""

    _inherit = "telephony.tracking.site"

    def _script_config(self):
        """Override to tell the pages that there is a widget."""
        config = super()._script_config()
        if self.callback_pbx_id.active:
            config["callback"] = True
            config["callbackButton"] = self.callback_button
        return config

    def _callback_config(self):
        """Override to tell the widget its hours and its words."""
        config = super()._callback_config()
        if not self.callback_pbx_id.active:
            return config
        lang = get_lang(self.env)
        return {
            **config,
            "seconds": self.callback_seconds,
            "hours": self._callback_hours(),
            "button": self.callback_button,
            "words": self._callback_words(),
            "lang": lang.code.replace("_", "-"),
            "dir": lang.direction,
        }

    def _callback_hours(self):
        """Return when people are called back in the next days.

        :return: list of ``[from, to]``, Unix seconds
        """
        start = datetime.now(timezone.utc).replace(microsecond=0)
        end = start + AHEAD
        calendar = self._callback_calendar()
        spans = [(start, end, None)]
        if calendar:
            spans = calendar._work_intervals_batch(start, end)[False]
        return [
            [int(begin.timestamp()), int(stop.timestamp())]
            for begin, stop, _leave in spans
        ]

    def _callback_words(self):
        """Return all that the widget says, in the language of the environment."""
        _ = self.env._
        # Where no agent is offered anything, nobody promises seconds.
        at_once = _("In {seconds} seconds")
        if not self.callback_pbx_id._offers_calls():
            at_once = _("As soon as you can")
        return {
            "title": _("We call you back"),
            "number": _("Your phone number"),
            "name": _("Your name (optional)"),
            "when": _("When"),
            "now": at_once,
            "later": _("At another time"),
            "day": _("Day"),
            "time": _("Time"),
            "send": _("Call me"),
            "button": _("Call me back"),
            "close": _("Close"),
            "wrong_number": _("Please write your number with its country prefix."),
            "failed": _("That did not work. Please try again, or call us."),
            "away": _("Nobody is there right now."),
            "closed": _("Please call us in our opening hours."),
        }
