import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError

from ..attribution.candidates import is_proof
from ..attribution.match import (
    TAP,
    UNPROVEN,
    Candidate,
    Level,
    State,
    once_a_browser,
    state,
    weigh,
)

_logger = logging.getLogger(__name__)

STATES = [
    (State.NONE.value, "Not known"),
    (State.STATIC.value, "By the number"),
    (State.MATCHED.value, "A visit"),
    (State.AMBIGUOUS.value, "One of several visits"),
    (State.FOREIGN.value, "Another system"),
]
SOURCES = ("source_id", "medium_id", "campaign_id")
#: What is known better than by the number that was dialled.
BETTER = (State.MATCHED.value, State.AMBIGUOUS.value, State.FOREIGN.value)


class TelephonyCall(models.Model):
    """Which visit made the phone ring.

    Looked for when the call is born, while the visitor still sees the number, and once
    more when it is followed up: a tap or a beat may arrive after the ring. Whatever
    fails there, the call stays.
    """

    _inherit = "telephony.call"

    tracking_state = fields.Selection(
        STATES, string="Origin", required=True, default=State.NONE.value, readonly=True
    )
    match_ids = fields.One2many(
        "telephony.tracking.match", "call_id", string="Visits", readonly=True
    )
    tracking_due = fields.Boolean(help="Its visit is still to be looked for.")
    returns_ours = fields.Boolean(
        string="Answers Our Call",
        readonly=True,
        help="We had rung this number, so no advertisement has brought the call about.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if self._is_tracked(vals):
                vals["tracking_due"] = True
        calls = super().create(vals_list)
        for call in calls.filtered("tracking_due"):
            call._try_tracking(call._track)
        return calls

    @api.model
    def _is_tracked(self, vals):
        """Tell whether a call's number tells something of why it is dialled."""
        if vals.get("direction") != "inbound" or not vals.get("did_id"):
            return False
        tracked = self.env["telephony.did"]._tracked(vals.get("pbx_id"))
        return vals["did_id"] in tracked

    def _vals_of_news(self, vals):
        """Override to keep why they rang where it is known better than by the number.

        Until the PBX corrects the number: then it is looked for anew.
        """
        vals = super()._vals_of_news(vals)
        is_same = self._is_same_origin(vals)
        if is_same and (self.tracking_state in BETTER or self.returns_ours):
            return {name: vals[name] for name in vals if name not in SOURCES}
        if not is_same:
            whole = {**vals, "pbx_id": self.pbx_id.id}
            due = bool(self.match_ids) or self._is_tracked(whole)
            unknown = {"tracking_state": State.NONE.value, "returns_ours": False}
            return {**vals, **unknown, "tracking_due": due}
        return vals

    def _is_same_origin(self, vals):
        """Tell whether what the PBX tells anew leaves it as it was why they rang."""
        return vals["did_id"] == self.did_id.id and (vals["number_e164"] or "") == (
            self.number_e164 or ""
        )

    def _follow_up(self):
        """Override to look once more, before a lead is made that has the source."""
        error = self._try_tracking(self._note_foreign)
        if self.tracking_due and not error:
            error = self._try_tracking(self._track)
        if not error:
            self._update({"tracking_due": False})
        return super()._follow_up() or error

    def _try_tracking(self, step):
        """Do something that the call does not depend on; the job tries it again.

        :return: what went wrong, or `None`
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                step()
        except (OperationalError, ConcurrencyError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, the call stays
            _logger.warning("Call %s: origin not found", self.id, exc_info=True)
            return error
        return None

    # -- matching ----------------------------------------------------------------------

    def _track(self):
        """Find and store which visits may have made the call, and its source.

        Whom we ring, our own number was not shown to; others may know why we did.
        """
        self.ensure_one()
        found, before = [], []
        if self.direction == "inbound":
            found, before = self._candidates_of_number(), self._candidates_before()
        is_ours = found is None
        others = self._candidates_of_others()
        if others:  # they know the visit, so the number alone says nothing more
            found = [one for one in found or [] if one.level != Level.STATIC]
        found = [*(found or []), *before, *others]
        matches = weigh(once_a_browser(found, self._browsers(found)))
        self._store_matches(matches)
        vals = {"tracking_state": state(matches).value, "returns_ours": is_ours}
        if is_ours:
            vals |= dict.fromkeys(SOURCES, False)
        else:
            vals |= self._sources_of_best()
        self._update(vals)

    def _browsers(self, candidates):
        """Return the browser of each visit, where there are several visits."""
        ids = {one.visit for one in candidates if isinstance(one.visit, int)}
        if len(ids) < 2:
            return {}
        visits = self.env["telephony.tracking.visit"].sudo()
        found = visits.search_fetch([("id", "in", list(ids))], ["visitor_key"])
        return {visit.id: visit.visitor_key for visit in found}

    def _candidates_of_number(self):
        """Return who may have made it by the number dialled, as `_candidates` does."""
        tracked = self.env["telephony.did"]._tracked(self.pbx_id.id)
        if not (tracked := tracked.get(self.did_id.id)):
            return []
        return self._candidates(
            tracked,
            self.did_id.id,
            self.number_e164,
            self.start_date,
            self._has_static_source(),
        )

    def _has_static_source(self):
        """Tell whether the number stood for a source on the day of the call."""
        return self.tracking_state not in BETTER and any(self[name] for name in SOURCES)

    def _candidates_before(self):
        """Return what was known before and cannot be read again.

        Of the taps on a number only the last is kept, so one that made this call may be
        hidden by one that made the next. Unless it is heard of only now that somebody
        else has rung before.
        """
        rang = []
        if Level.TAP in self.match_ids.mapped("level"):
            called = self.did_id.id, self.number_e164, self.start_date
            rang = self._rang_before(*called)
        return [
            Candidate(
                match.visit_id.id,
                Level.TAP,
                TAP,
                match.lease_id.id or None,
                {"seconds": match.seconds},
            )
            for match in self.match_ids
            if match.level == Level.TAP
            and (not match.lease_id or match.lease_id.did_id == self.did_id)
            and is_proof(
                self.start_date - timedelta(seconds=match.seconds),
                self.start_date,
                rang,
            )
        ]

    def _note_foreign(self):
        """Look for what other systems have said of this call before it was known."""
        if self.direction == "inbound":
            for said in self.env["telephony.tracking.foreign"].sudo()._of_call(self):
                said.call_id = self
                self._update({"tracking_due": True})

    def _candidates_of_others(self):
        """Return what other systems say of this call; of several, the last."""
        said = self.env["telephony.tracking.foreign"].sudo()
        said = said.search([("call_id", "=", self.id)], limit=1)
        return [Candidate(("foreign", one.id), Level.FOREIGN, UNPROVEN) for one in said]

    # -- merging -----------------------------------------------------------------------

    def _take_over_records(self, other):
        """Override to know of the whole call what was known of its part."""
        if not self.match_ids and other.match_ids:
            other.match_ids.call_id = self
            names = ("tracking_state", "returns_ours", *SOURCES)
            self._update(other._convert_to_write({name: other[name] for name in names}))
        return super()._take_over_records(other)
