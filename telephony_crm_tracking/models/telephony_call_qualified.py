from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..attribution.qualified import DAYS, Call, Refusal, is_first, refusal

#: Why a call does not count.
NOT_QUALIFIED = [
    (Refusal.OURS.value, "The number is one of ours"),
    (Refusal.BLOCKED.value, "The number was blocked"),
    (Refusal.SPAM.value, "A person says that it is spam"),
    (Refusal.NOBODY.value, "No person of ours talked"),
    (Refusal.SHORT.value, "The talk was too short"),
    (Refusal.AGAIN.value, "This number was talked with not long before"),
    (Refusal.WON.value, "The missed call that it answers counts"),
    ("hidden", "The caller hides the number"),
]
#: Where no site says how long a qualified talk is at least.
MIN_TALK_SECONDS = 60


class TelephonyCall(models.Model):
    """Which calls count: a person of ours talked with somebody new for long enough.

    Those that came in, and those of ours that a visitor has asked for. Settled when the
    call is followed up, and again for those that another call changes: a missed one
    that we have won by ringing back, and later ones of the same number.
    """

    _inherit = "telephony.call"

    qualified = fields.Boolean(
        readonly=True,
        help="Somebody new, with whom a person of ours talked for long enough, or whom "
        "we have rung back.",
    )
    not_qualified = fields.Selection(
        NOT_QUALIFIED, string="Not Qualified Since", readonly=True
    )
    first_time = fields.Boolean(
        string="First Call",
        readonly=True,
        help="Nobody of ours has talked with this number in the 30 days before.",
    )
    spam = fields.Boolean(readonly=True, help="A person says that it is none to count.")

    _qualified = models.Index("(company_id, start_date) WHERE qualified")

    # -- actions -----------------------------------------------------------------------

    def action_spam(self):
        """Say that these calls are spam, so that they count for nothing."""
        return self._mark_spam(True)

    def action_not_spam(self):
        """Take that back."""
        return self._mark_spam(False)

    def _mark_spam(self, is_spam):
        self._check_agent()
        for call in self:
            if not call.has_access("read"):
                raise AccessError(self.env._("This call is not one of yours."))
            if call._may_qualify():
                call.sudo().spam = is_spam
                call.sudo()._qualify_marked()
        return True

    # -- what counts -------------------------------------------------------------------

    def _follow_up(self):
        """Override to settle whether the call counts, and those that it changes."""
        error = super()._follow_up()
        return self._try_tracking(self._qualify_all) or error

    def _qualify_all(self):
        """Settle whether this call counts, and the others that hang on it."""
        calls = self._won_by_it() | self.filtered(lambda call: call._may_qualify())
        if self._is_talk_of_person() and self.number_e164:
            since = self.start_date
            later = Domain("start_date", ">", since)
            later &= Domain("start_date", "<=", since + timedelta(days=DAYS))
            calls |= self.search(
                self._of_number() & later & Domain("qualified", "=", True)
            )
        for call in calls:
            call._qualify()

    def _qualify_marked(self):
        """Settle whether this call counts, and the one of ours that has won it."""
        self._qualify()
        done = self.callback_id.done_call_id
        if self in done._won_by_it() and done._may_qualify():
            done._qualify()

    def _qualify(self):
        """Settle whether an incoming call counts, and why it does not."""
        self.ensure_one()
        if self.state != "ended":
            return
        talked = self._talks_before()
        is_new = bool(self.number_e164) and is_first(self.start_date, talked)
        call = Call(
            self.start_date,
            self.talk_seconds,
            self.answered_by == "person",
            self._called_back_seconds(),
            ours=self.match_reason == "own",
            blocked=self.blocked,
            spam=self.spam,
            won=any(self._won_by_it().mapped("qualified")),
        )
        why = refusal(call, talked, self._min_talk_seconds())
        why = why.value if why else False
        if not why and not self.number_e164:
            why = "hidden"
        self._update({"qualified": not why, "not_qualified": why, "first_time": is_new})

    def _may_qualify(self):
        """Tell whether a call may count: somebody wanted to talk with us."""
        self.ensure_one()
        if self.direction == "outbound":
            return self.tracking_state != "none"
        return self.direction == "inbound"

    def _won_by_it(self):
        """Return the calls that came in vain and were won by this one of ours."""
        if self.direction != "outbound":
            return self.browse()
        callbacks = self.env["telephony.callback"].sudo()
        calls = callbacks.search([("done_call_id", "=", self.id)]).call_ids
        return calls.filtered(lambda call: call.direction == "inbound")

    def _is_talk_of_person(self):
        return self.answered_by == "person" and self.talk_seconds > 0

    def _of_number(self):
        """Return the domain of the other calls with this number."""
        return Domain(
            [
                ("number_e164", "=", self.number_e164),
                ("company_id", "=", self.company_id.id),
                ("direction", "in", ["inbound", "outbound"]),
                ("id", "!=", self.id),
            ]
        )

    def _talks_before(self):
        """Return when others began in which a person talked, in the days before."""
        if not self.number_e164:
            return []
        before = Domain("start_date", "<", self.start_date)
        before &= Domain("start_date", ">=", self.start_date - timedelta(days=DAYS))
        talks = Domain("answered_by", "=", "person") & Domain("talk_seconds", ">", 0)
        found = self.search(self._of_number() & before & talks, limit=1)
        return found.mapped("start_date")

    def _called_back_seconds(self):
        """Return how long we talked when we rang a missed caller back.

        Of somebody who rang in vain several times, the first call is the one.
        """
        callback = self.callback_id.sudo()
        done = callback.done_call_id
        if not done or done.direction != "outbound" or self._is_talk_of_person():
            return 0
        first = callback.call_ids.sorted("start_date")[:1]
        return done.talk_seconds if first == self else 0

    def _min_talk_seconds(self):
        """Return how long a qualified talk is at least: as the site says."""
        did = self.did_id.sudo()
        site = self.match_ids.visit_id.site_id[:1] or did.pool_id.site_id
        pools = self.env["telephony.tracking.pool"].sudo()
        site = site or pools.search([("stands_for_id", "=", did.id)], limit=1).site_id
        if did and not site:
            company = [("company_id", "=", self.company_id.id)]
            site = self.env["telephony.tracking.site"].sudo().search(company, limit=1)
        return site.min_talk_seconds if site else MIN_TALK_SECONDS
