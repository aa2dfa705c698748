from datetime import timedelta

from odoo import api, fields, models

AGENT = "telephony_crm.group_telephony_agent"
CRON = "telephony_crm.ir_cron_callback_offer"
OFFER = "telephony.callback/offer"


class TelephonyCallback(models.Model):
    """A call-back that agents are offered on their screens, until one accepts.

    First its user, then the team; only who is there and not on the phone. No timer of
    the server shows or takes away a card: it is delivered with its moments. Nobody is
    called before a person has accepted.
    """

    _inherit = "telephony.callback"

    offer = fields.Selection(
        [
            ("waiting", "Comes up later"),
            ("offered", "On the screens"),
            ("accepted", "Being called"),
            ("over", "Not reached"),
        ],
        readonly=True,
        help="Empty: it is not offered by itself.",
    )
    offer_date = fields.Datetime(
        string="Offered from", readonly=True, help="When it was, or is to be, offered."
    )
    offer_team_date = fields.Datetime(readonly=True)
    offer_end_date = fields.Datetime(readonly=True)
    offered_ids = fields.Many2many(
        "res.users",
        "telephony_callback_offered_rel",
        string="Offered To",
        copy=False,
        readonly=True,
    )
    tries = fields.Integer(
        readonly=True, help="How often somebody has accepted and called."
    )
    accepted_date = fields.Datetime(readonly=True)
    accepted_user_id = fields.Many2one("res.users", string="Accepted By", readonly=True)

    _offer_open = models.Index(
        "(offer, offer_date) WHERE state = 'open' "
        "AND offer IN ('waiting', 'offered', 'accepted')"
    )

    def write(self, vals):
        """Override to offer later what is put off before it was offered."""
        result = super().write(vals)
        if "due_date" in vals and "offer_date" not in vals:
            for callback in self.sudo().filtered(lambda one: one.offer == "waiting"):
                callback.offer_date = callback.due_date
                callback._wake_offers(callback.due_date)
        return result

    # -- offering ----------------------------------------------------------------------

    def _offer_when_due(self):
        """Offer it now, or have the job do so when its time has come.

        The caller is alone for the number.
        """
        self.ensure_one()
        if not self.pbx_id._offers_calls():
            self.write({"offer": False})
        elif self.due_date > fields.Datetime.now():
            self.write({"offer": "waiting", "offer_date": self.due_date})
            self._wake_offers(self.due_date)
        else:
            self._offer()

    def _offer(self):
        """Put it on the screens of who can take it now; without any leave it open."""
        self.ensure_one()
        pbx, now = self.pbx_id, fields.Datetime.now()
        users = self._users_there()
        if not users:
            self._leave_open()
            return
        alone = pbx.offer_first == "responsible" and self.user_id in users
        lengths = (pbx.offer_seconds if alone else 0, pbx.offer_total_seconds)
        team_date, end_date = (now + timedelta(seconds=length) for length in lengths)
        self.write(
            {
                "offer": "offered",
                "offer_date": now,
                "offer_team_date": team_date,
                "offer_end_date": end_date,
                "offered_ids": [fields.Command.set(users.ids)],
            }
        )
        self._wake_offers(end_date)
        self._tell_offer(users)

    @api.model
    def _wake_offers(self, at=None):
        """Have the job look at what is due then; now if no moment is given."""
        cron = self.env.ref(CRON, raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger(at=at)

    def _extensions(self):
        """Return the extensions of its PBX from which it can be called."""
        return self.env["telephony.extension"].search(
            [("pbx_id", "=", self.pbx_id.id), ("user_id", "!=", False)]
        )

    def _users_there(self):
        """Return who could call now: its user and the team; without a team, all."""
        able = self._extensions().user_id.filtered(
            lambda one: self._works_for(one, self.company_id) and one.has_group(AGENT)
        )
        if self.team_id.member_ids:
            able &= self.team_id.member_ids | self.user_id
        # "Away" has touched nothing for half an hour; holidays have words of their own.
        there = able.filtered(lambda user: user.im_status == "online")
        return there - self.env["telephony.call.leg"]._on_the_phone(there)

    def _leave_open(self):
        """Leave it, due now, to whoever finds the time, and tell the team."""
        self.ensure_one()
        gone = self.offered_ids
        leader, _told = self._whom_to_tell()
        told = self.team_id.member_ids.filtered(
            lambda user: self._works_for(user, self.company_id)
        )
        self.write(
            {
                "offer": "over",
                "user_id": (self.user_id or leader).id,
                "offered_ids": [fields.Command.clear()],
                "told_ids": [fields.Command.link(user.id) for user in told],
                "due_date": min(self.due_date, fields.Datetime.now()),
            }
        )
        self._tell_offer(gone)
        for user in told | self.user_id:
            _ = self.with_context(lang=user.lang).env._
            message = _(
                "%s asked to be called back, and nobody has called.",
                self._name_for(user),
            )
            self._notice(user, _("Call-back"), message)

    def _withdraw(self):
        """Take it off the screens: it is settled."""
        for callback in self.filtered("offer"):
            gone = callback.offered_ids
            callback.write({"offer": False, "offered_ids": [fields.Command.clear()]})
            callback._tell_offer(gone)

    def _tell_offer(self, users):
        """Have the screens of users ask what they are offered now."""
        for user in users:
            user._bus_send(OFFER, {"id": self.id})

    # -- taking ------------------------------------------------------------------------

    def _take(self, user):
        """Give it to a user who accepts, if nobody has before.

        The caller is alone for the number.

        :return: whether it is theirs now
        """
        self.ensure_one()
        if not self._is_offered_to(user):
            return False
        others = self.offered_ids - user
        self.write(
            {
                "offer": "accepted",
                "accepted_date": fields.Datetime.now(),
                "accepted_user_id": user.id,
                "user_id": user.id,
                "tries": self.tries + 1,
                "offered_ids": [fields.Command.clear()],
            }
        )
        self._tell_offer(others | user)
        return True

    def _refuse(self, user):
        """Take it from the screen of a user who cannot call now; the others have it."""
        self.ensure_one()
        if not self._is_offered_to(user):
            return
        self.offered_ids -= user
        if not self.offered_ids:
            self._leave_open()
        elif user == self.user_id:
            now = fields.Datetime.now()
            self.offer_team_date = min(self.offer_team_date, now)
        self._tell_offer(self.offered_ids | user)

    def _is_offered_to(self, user):
        """Tell whether a user may accept it now; reads what is committed."""
        self.flush_recordset()
        self.env.cr.execute(
            """
            SELECT FROM telephony_callback c
              JOIN telephony_callback_offered_rel r ON r.telephony_callback_id = c.id
             WHERE c.id = %s AND c.state = 'open' AND c.offer = 'offered'
               AND c.offer_end_date > %s AND r.res_users_id = %s
               FOR NO KEY UPDATE OF c
            """,
            [self.id, fields.Datetime.now(), user.id],
        )
        return bool(self.env.cr.rowcount)
