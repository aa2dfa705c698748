from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_datetime

from ..attribution import erlang

#: Days whose busiest hour says how many numbers are needed.
LOOKED_BACK = 14
#: The share of visitors who may find no number.
SHARE = 0.01
SUPERVISOR = "telephony_crm.group_telephony_supervisor"


class TelephonyTrackingPool(models.Model):
    """How large a pool is, how large it should be, and why."""

    _inherit = "telephony.tracking.pool"

    number_count = fields.Integer(string="Numbers Owned", compute="_compute_use")
    free_count = fields.Integer(string="Free", compute="_compute_use")
    leased_count = fields.Integer(string="With a Visitor", compute="_compute_use")
    cooling_count = fields.Integer(string="Resting", compute="_compute_use")
    refused_share = fields.Float(
        string="Found No Number Today",
        compute="_compute_size",
        help="The share of today's visitors who were shown the static number, since "
        "all others were taken.",
    )
    size_needed = fields.Integer(
        string="Numbers Needed",
        compute="_compute_size",
        help="So many that at most one visitor in a hundred finds none.",
    )
    reckoning = fields.Text(string="How It Is Reckoned", compute="_compute_size")
    is_too_small = fields.Boolean(compute="_compute_size")

    @api.depends("slot_ids.state")
    def _compute_use(self):
        for pool in self:
            states = pool.sudo().slot_ids.mapped("state")
            pool.number_count = len(states)
            pool.free_count = states.count("free")
            pool.leased_count = states.count("leased")
            pool.cooling_count = states.count("cooling")

    @api.depends("slot_ids", "hold_seconds", "cooldown_seconds")
    def _compute_size(self):
        for pool in self:
            pool.refused_share = pool._refused_today()
            found, peak = pool._reckon()
            pool.size_needed = found.needed if found else 0
            pool.is_too_small = bool(found and found.needed > found.lines)
            pool.reckoning = pool._reckoning_in_words(found, peak)

    def _hours(self, since):
        hours = self.env["telephony.tracking.pool.hour"].sudo()
        return hours.search([("pool_id", "=", self._origin.id), ("hour", ">=", since)])

    def _refused_today(self):
        """Return the share of today's visitors who found no number, 0 to 1."""
        midnight = fields.Datetime.now().replace(hour=0, minute=0, second=0)
        refused = sum(self._hours(midnight).mapped("refused"))
        if not refused:
            return 0.0
        # those who got one are counted by the hour only now and then
        taken = self.env["telephony.tracking.lease"].sudo()
        taken = taken.search_count(
            [
                ("did_id", "in", self.sudo().slot_ids.did_id.ids),
                ("pool_id", "=", self._origin.id),
                ("start_date", ">=", midnight),
            ]
        )
        return refused / (refused + taken)

    def _reckon(self):
        """Return how many numbers are needed, and the hour that says so.

        :return: `attribution.erlang.Reckoning` and `telephony.tracking.pool.hour`;
            `None` and no hour where there was no visitor
        """
        self.ensure_one()
        hours = self._hours(fields.Datetime.now() - timedelta(days=LOOKED_BACK))
        taken = sum(hours.mapped("taken"))
        peak = hours.sorted(lambda one: one.taken + one.refused)[-1:]
        if not peak.taken + peak.refused:
            return None, peak
        windows = self._numbers().windows
        return (
            erlang.reckoning(
                arrivals=peak.taken + peak.refused,
                visit_seconds=sum(hours.mapped("seconds")) / taken if taken else 0,
                hold_seconds=windows.hold,
                cooldown_seconds=windows.cooldown,
                lines=len(self.sudo().slot_ids),
                share=SHARE,
            ),
            peak,
        )

    def _reckoning_in_words(self, found, peak):
        if not found:
            return self.env._(
                "No visitor needed a number in the last %s days. As a rule of thumb: "
                "for 60 visitors an hour who have a number for 20 minutes each, 30.",
                LOOKED_BACK,
            )
        return self.env._(
            "Visitors who needed a number in the busiest hour of the last %(days)s "
            "days (%(hour)s): %(arrivals)s. Each has it for %(minutes)s minutes (visit "
            "%(visit)s, held %(hold)s, rests %(rest)s); numbers in use on the average: "
            "%(load)s. That at most %(share)s %% of the visitors find none, the pool "
            "needs %(needed)s (Erlang B). With %(lines)s, %(refused)s %% find none.",
            days=LOOKED_BACK,
            hour=format_datetime(self.env, peak.hour, dt_format="short"),
            arrivals=round(found.arrivals),
            minutes=_minutes(
                found.visit_seconds + found.hold_seconds + found.cooldown_seconds
            ),
            visit=_minutes(found.visit_seconds),
            hold=_minutes(found.hold_seconds),
            rest=_minutes(found.cooldown_seconds),
            load=f"{found.load:.1f}",
            share=f"{100 * found.share:g}",
            needed=found.needed,
            lines=found.lines,
            refused=f"{100 * found.refused:.1f}",
        )


def _minutes(seconds):
    """Return minutes with one digit after the point, where that is not a nought."""
    return f"{round(seconds / 60, 1):g}"
