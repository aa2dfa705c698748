from datetime import timezone

from odoo import api, fields, models
from odoo.tools import format_datetime

from odoo.addons.telephony_crm.tools.transaction import begin

#: What is counted of who fell for the field that no person sees.
TRAP = "trap"
#: Refusals in which the visitor can do something about the number.
WRITTEN_WRONGLY = ("unparsable", "feature_code")


class TelephonyTrackingSite(models.Model):
    """Visitors of a site who leave their number, and are called."""

    _inherit = "telephony.tracking.site"

    callback_pbx_id = fields.Many2one(
        "telephony.pbx",
        string="Call-backs By",
        check_company=True,
        help="Visitors may ask to be called back by this PBX. Empty: they may not.",
    )
    callback_seconds = fields.Integer(
        string="Promised Within (s)",
        default=30,
        help="“We call you in so many seconds”, when agents are there.",
    )
    callback_button = fields.Boolean(
        string="Button on Every Page",
        default=True,
        help="Off: it opens only from the elements of a page that are marked with "
        "data-telephony-callback.",
    )
    callback_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Hours of the Site",
        check_company=True,
        help="Who asks outside of these hours is called when they begin. Empty: the "
        "hours of call-backs of the PBX.",
    )
    callback_lead = fields.Boolean(
        string="Unknown Visitors Become Leads",
        default=True,
        help="A lead is made for a number that is nobody's, with the visit's source.",
    )

    _callback_seconds_positive = models.Constraint(
        "CHECK (callback_seconds > 0)", "Nobody can be called in no time."
    )

    def _ask_callback(self, asked, address):
        """Have a visitor called back.

        :param asked: `attribution.callback.CallbackRequest`
        :param address: from which it came
        :return: ``(status, answer)`` as the widget gets it: ``ok``, ``words`` and
            ``seconds`` (at once) or ``at`` (later, Unix seconds); or ``error``
        """
        self.ensure_one()
        if asked.trapped:
            # A robot that is told nothing learns nothing.
            begin(self.env)
            quota = self.env["telephony.callback.quota"]
            quota._count(self.callback_pbx_id, ("refused", TRAP))
            return 200, self._promise_in_words(fields.Datetime.now(), True)
        visit = self._visit_of(asked.key)
        found = self.env["telephony.callback"]._request(
            self.callback_pbx_id,
            asked.number,
            "widget",
            address=address,
            visitor=visit.visitor_key or "",
            wanted=asked.at,
            name=asked.name,
            calendar=self.callback_calendar_id,
            visit=visit,
            make_lead=self.callback_lead,
        )
        if found.reason:
            return self._refusal_of_callback(found.reason)
        return 200, self._promise_in_words(found.date, found.is_offered)

    def _visit_of(self, key):
        """Return the visit of a key that we have given on this site, or none."""
        visit = self.env["telephony.tracking.visit"]._of_key(key)
        return visit.filtered(lambda one: one.site_id == self)

    @api.model
    def _refusal_of_callback(self, reason):
        """Return status and answer for a refusal; what exactly it was stays with us."""
        _ = self.env._
        if reason in WRITTEN_WRONGLY:
            words = _("Please check the number, with its country prefix.")
        elif reason == "too_far":
            words = _("Please choose an earlier time.")
        elif reason.startswith("many_"):
            words = _("Too many requests. Please call us, or try later.")
            return 429, {"error": words}
        else:
            words = _("We cannot call this number. Please call us.")
        return 400, {"error": words}

    def _promise_in_words(self, date, is_offered):
        """Return the answer that says when they will be called.

        :param date: naive UTC
        """
        _ = self.env._
        if is_offered:
            seconds = self.callback_seconds
            words = _("We call you within %s seconds.", seconds)
            return {"ok": True, "words": words, "seconds": seconds}
        if date > fields.Datetime.now():
            zone = self._callback_calendar().tz or self.callback_pbx_id.tz
            when = format_datetime(self.env, date, tz=zone, dt_format="short")
            words = _("We call you: %(when)s (%(zone)s).", when=when, zone=zone)
            at = int(date.replace(tzinfo=timezone.utc).timestamp())
            return {"ok": True, "words": words, "at": at}
        return {"ok": True, "words": _("We call you back as soon as we can.")}

    def _callback_calendar(self):
        """Return the hours in which visitors are called; none: at any hour."""
        callbacks = self.env["telephony.callback"]
        return callbacks._calendar_of(self.callback_pbx_id, self.callback_calendar_id)
