from datetime import timedelta, timezone

from odoo import api, fields, models

from ..pbx import numbers
from ..tools.transaction import lock
from .telephony_number import OWNERS

# Days that are looked ahead for working hours, and then further: few are enough, and
# to reckon with many takes longer than all the rest.
AHEAD = (4, 14, 60)


class TelephonyCallback(models.Model):
    """How a call-back begins, goes to somebody, and ends."""

    _inherit = "telephony.callback"

    # -- actions -----------------------------------------------------------------------

    def action_done(self):
        """Close them by hand: it was settled in another way than by a talk."""
        self.check_access("write")
        for callback in self:
            callback.sudo()._close(user=self.env.user)

    def action_open_record(self):
        """Open the lead, else the contact, else the call-back itself."""
        self.ensure_one()
        record = self._record()
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    # -- from calls --------------------------------------------------------------------

    @api.model
    def _ask(self, call):
        """Have the caller of a missed call rung back.

        The caller holds the lock of the number, see `telephony.call`. A call that
        belongs to a call-back already only tells it whom it is with now.

        :return: the call-back, which may be one that waits already
        """
        callback = self._open_of(call.company_id, call.number_e164)
        is_new = not callback
        if is_new:
            callback = self.create(self._vals_of_call(call))
        call.callback_id = callback
        callback._count()
        vals = {"last_date": max(filter(None, (callback.last_date, call.start_date)))}
        if call.lead_id or call.partner_id:
            vals.update(partner_id=call.partner_id.id, lead_id=call.lead_id.id)
        changed = {
            name: value
            for name, value in vals.items()
            if callback._fields[name].convert_to_write(callback[name], callback)
            != value
        }
        if "lead_id" in changed or "partner_id" in changed:
            changed["user_id"] = self._whom(call).id
        if changed:
            callback.write(changed)
        if is_new:
            callback._mirror()
            # Whose phone rang has seen on the card that the call was missed; of a
            # call that was found later there was no card.
            callback._tell(seen=call.leg_ids.user_id if call._was_heard_live() else ())
        return callback

    @api.model
    def _settle(self, talk):
        """Close what a talk settles: the call-back of the number, and due activities.

        Who rang again after the talk goes on waiting.

        :param talk: the call in which somebody spoke with them
        """
        callback = self._open_of(talk.company_id, talk.number_e164)
        waiting = callback.call_ids.filtered("needs_callback")
        settled = waiting.filtered(lambda call: call.start_date <= talk.start_date)
        if (
            callback
            and waiting == settled
            and callback.waiting_date <= (talk.end_date or talk.start_date)
        ):
            callback._close(talk=talk)
        else:
            settled.write({"needs_callback": False})
            callback._count()
        self._forget_late(talk)
        self._finish_activities(talk)

    @api.model
    def _forget_late(self, talk):
        """Take the mark from missed calls that were found too late for a call-back."""
        self.env["telephony.call"].search(
            [
                ("company_id", "=", talk.company_id.id),
                ("number_e164", "=", talk.number_e164),
                ("needs_callback", "=", True),
                ("callback_id", "=", False),
                ("start_date", "<=", talk.start_date),
            ]
        ).write({"needs_callback": False})

    def _release(self, call):
        """Note that a call was not missed after all; without any left it is done."""
        if not self or self.state != "open":
            return
        call.needs_callback = False
        call.callback_id = False
        if self.call_ids:
            self._count()
        elif self.kind == "missed":
            self._close()

    @api.model
    def _open_of(self, company, e164):
        """Return the open call-back of a number, or none."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("e164", "=", e164),
                ("state", "=", "open"),
            ],
            limit=1,
        )

    def _count(self):
        """Count anew how often they rang in vain, and since when."""
        for callback in self:
            [(count, first)] = self.env["telephony.call"]._read_group(
                [("callback_id", "=", callback.id), ("needs_callback", "=", True)],
                aggregates=["__count", "start_date:min"],
            )
            callback.attempts = count
            callback.waiting_date = first or callback.waiting_date

    @api.model
    def _vals_of_call(self, call):
        """Return the values of a new call-back for the caller of ``call``."""
        user = self._whom(call)
        pbx = call.pbx_id
        since = call.end_date or call.start_date
        due, escalate = self._working_moments(
            user,
            call.company_id,
            since,
            pbx.callback_minutes,
            pbx.callback_minutes + pbx.escalation_minutes,
        )
        return {
            "e164": call.number_e164,
            "company_id": call.company_id.id,
            "pbx_id": pbx.id,
            "did_id": call.did_id.id,
            "user_id": user.id,
            "team_id": call.team_id.id,
            "partner_id": call.partner_id.id,
            "lead_id": call.lead_id.id,
            "waiting_date": call.start_date,
            "last_date": call.start_date,
            "due_date": due,
            "escalate_date": pbx.escalation != "none" and escalate,
        }

    # -- for whom, and when ------------------------------------------------------------

    @api.model
    def _whom(self, call):
        """Return who is to ring the caller back, or nobody.

        The first who is there and works for the company: the user of the lead, of the
        contact, of the contact's company, of the number that was called, of the PBX;
        at last whose phone rang, so that there is somebody.

        :param call: the call, or the call-back that it has led to
        """
        partner = call.partner_id
        for user in (
            call.lead_id.user_id,
            partner.user_id,
            partner.commercial_partner_id.user_id,
            call.did_id.user_id,
            call.pbx_id.fallback_user_id,
            *self._who_was_rung(call),
        ):
            if self._works_for(user, call.company_id):
                return user
        return self.env["res.users"]

    @api.model
    def _who_was_rung(self, call):
        """Return the users whose phones rang, the last one first.

        :param call: see `_whom`
        """
        calls = call.call_ids if call._name == self._name else call
        calls = calls.sorted("start_date", reverse=True)
        legs = calls.leg_ids.sorted(
            lambda leg: leg.ring_date or leg.create_date, reverse=True
        )
        return [*calls.user_id, *legs.user_id]

    @api.model
    def _move_partner(self, leads):
        """Give the call-backs of leads the contact that the leads have now."""
        for callback in self.sudo().search([("lead_id", "in", leads.ids)]):
            partner = callback.lead_id.partner_id
            if partner.company_id in (partner.company_id.browse(), callback.company_id):
                callback.partner_id = partner

    @api.model
    def _hand_over_of(self, records):
        """Give the open call-backs of contacts or leads to who is responsible now."""
        if records:
            self.sudo().search(
                [(OWNERS[records._name], "in", records.ids), ("state", "=", "open")]
            )._hand_over()

    def _hand_over(self):
        """Give each to whom it is due now, as if the caller rang again."""
        for callback in self.sudo():
            user = self._whom(callback)
            if user and user != callback.user_id:
                callback.user_id = user
                callback._tell()

    def _leave(self):
        """Take them from users who are there no more; nobody has what nobody gets."""
        for callback in self:
            callback.user_id = self._whom(callback)
            callback._tell()

    @api.model
    def _works_for(self, user, company):
        """Tell whether a user is there to ring somebody for a company."""
        user = user.sudo()
        return user.active and not user.share and company in user.company_ids

    @api.model
    def _working_moments(self, user, company, since, *minutes):
        """Return when so many minutes of work have passed since a moment.

        In the working hours of the user, else of the company, without holidays; at any
        hour where there are none.

        :param since: naive UTC
        :param minutes: rising numbers of minutes
        :return: list of as many moments, naive UTC
        """
        resource = user.sudo().resource_ids.filtered(
            lambda one: one.company_id == company
        )[:1]
        calendar = resource.calendar_id or company.sudo().resource_calendar_id
        if not calendar or calendar.flexible_hours:
            return [since + timedelta(minutes=number) for number in minutes]
        # A moment of no length would be the end of the working day before.
        lengths = [timedelta(minutes=max(number, 1)) for number in minutes]
        found, start = [], since.replace(tzinfo=timezone.utc)
        worked = timedelta()
        for days in AHEAD:
            end = start + timedelta(days=days)
            spans = calendar._work_intervals_batch(start, end, resources=resource)
            for begin, stop, _leave in spans[resource.id]:
                for length in lengths[len(found) :]:
                    if worked + (stop - begin) < length:
                        break
                    moment = (begin + length - worked).astimezone(timezone.utc)
                    found.append(moment.replace(tzinfo=None, microsecond=0))
                worked += stop - begin
            if len(found) == len(lengths):
                return found
            start = end
        rest = minutes[len(found) :]
        return [*found, *(since + timedelta(minutes=number) for number in rest)]

    # -- the end -----------------------------------------------------------------------

    def _close(self, talk=None, user=None):
        """Close it, its activity too; nobody waits any more.

        :param talk: the call that has settled it
        :param user: who says so by hand
        """
        self.ensure_one()
        if self.state == "done":
            return
        self._locked().write(
            {
                "state": "done",
                "done_date": fields.Datetime.now(),
                "done_call_id": talk.id if talk else False,
                "done_user_id": (user or talk.user_id).id if user or talk else False,
            }
        )
        self.call_ids.filtered("needs_callback").write({"needs_callback": False})
        activity = self.activity_id.filtered("active")
        if activity:
            feedback = self._feedback(talk) if talk else False
            by = user or (talk and talk.user_id) or self.env.user
            activity.with_user(by).sudo()._action_done(feedback=feedback)
        self._withdraw()
        self._tell_screens(self.user_id)

    @api.model
    def _reopen(self, talks):
        """Open again what talks have settled of which the PBX knows nothing.

        A call-back of the same number that is open meanwhile does as well.
        """
        for callback in self.search([("done_call_id", "in", talks.ids)])._locked():
            if self._open_of(callback.company_id, callback.e164):
                continue
            callback.write(
                {
                    "state": "open",
                    "done_date": False,
                    "done_call_id": False,
                    "done_user_id": False,
                }
            )
            callback.call_ids.filtered(
                lambda call: call.disposition != "answered"
            ).write({"needs_callback": True})
            callback._count()
            callback._mirror()
            callback._tell()

    def _locked(self):
        """Return these, alone for their numbers until the transaction ends."""
        for callback in self.sorted("e164"):
            lock(self.env.cr, "number", callback.company_id.id, callback.e164)
        return self

    @api.model
    def _finish_activities(self, talk):
        """Mark the calls done that were due with whom somebody has just talked.

        Those of the lead and of the contact, whoever had to make them; not what was
        planned during the talk. Who rings from another number of a company may be
        another person, and is rung back all the same.
        """
        targets = [("crm.lead", talk.lead_id.id), ("res.partner", talk.partner_id.id)]
        for model, res_id in targets:
            if not res_id:
                continue
            activities = self.env["mail.activity"].search(
                [
                    ("res_model", "=", model),
                    ("res_id", "=", res_id),
                    ("activity_type_id.category", "=", "phonecall"),
                    ("date_deadline", "<=", fields.Date.today()),
                    ("create_date", "<", talk.start_date),
                ]
            )
            others = self.search([("activity_id", "in", activities.ids)])
            if not talk.partner_id.is_company:
                for callback in others:
                    callback._close(talk=talk)
            activities -= others.activity_id
            if activities:
                by = talk.user_id or self.env.user
                activities.with_user(by).sudo()._action_done(
                    feedback=self._feedback(talk)
                )

    @api.model
    def _feedback(self, talk):
        """Say in a few words which talk it was."""
        minutes, seconds = divmod(talk.talk_seconds, 60)
        return self.env._(
            "Talked %(minutes)s:%(seconds)s with %(number)s",
            minutes=minutes,
            seconds=f"{seconds:02}",
            number=numbers.international(talk.number_e164),
        )
