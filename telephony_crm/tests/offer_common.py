"""A PBX that offers call-backs, a team, and people at their screens."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields

from .common import CUSTOMER
from .test_dial import DialCase


class OfferCase(DialCase):
    """Agent, colleague and a third of one team; all are there and free."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = False  # at any hour
        cls.third = cls._user("agent_three", "telephony_agent")
        cls.dispatcher = cls._user("dispatcher_one", "telephony_dispatcher")
        cls.env["telephony.extension"].create(
            {"pbx_id": cls.pbx.id, "number": "102", "user_id": cls.third.id}
        )
        cls.team = cls.env["crm.team"].create(
            {"name": "North", "company_id": cls.company.id}
        )
        cls.users = cls.agent | cls.colleague | cls.third
        cls.team.member_ids = cls.users
        cls.pbx.write({"offer_calls": True, "fallback_team_id": cls.team.id})
        cls.lead.team_id = cls.team
        cls._presence(cls.users, "online")

    @classmethod
    def _presence(cls, users, status):
        presences = cls.env["mail.presence"]
        for user in users:
            found = presences.search([("user_id", "=", user.id)])
            if found:
                found.status = status
            else:
                presences.create({"user_id": user.id, "status": status})

    def _ask(self, number=CUSTOMER, asked_by="widget", **options):
        """Have somebody ask to be called back; return what became of it."""
        return self.env["telephony.callback"]._request(
            self.pbx, number, asked_by, **options
        )

    def _offers(self, user):
        self.env.invalidate_all()
        return self.env["telephony.callback"].with_user(user).get_offers()

    def _accept(self, user, callback=None):
        callback = callback or self._callback()
        callbacks = self.env["telephony.callback"].with_user(user)
        answer = callbacks.accept_offer(callback.id)
        self.env.invalidate_all()
        return answer

    def _decline(self, user):
        callback = self._callback()
        self.env["telephony.callback"].with_user(user).decline_offer(callback.id)
        self.env.invalidate_all()

    def _job(self, **later):
        """Have the job run, some time later if that is said."""
        self.env.flush_all()
        with (
            freeze_time(fields.Datetime.now() + timedelta(**later)),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=1),
        ):
            self.env["telephony.callback"]._cron_offer()
        self.env.invalidate_all()

    def _dialled(self, call_ref="out_1", extension="100", result="no answer", talk=0):
        """Have the PBX tell of the call that was accepted; return it."""
        told = {
            "call_ref": call_ref,
            "started": self._ago(seconds=talk + 20),
            "internal": extension,
            "destination": CUSTOMER[1:],
        }
        # It began when it was dialled, and not as long ago as the test runs already.
        self.env.cr.execute(
            "UPDATE telephony_dial SET create_date = %s WHERE state = 'sent'",
            [told["started"]],
        )
        self._tell("NOTIFY_OUT_START", after=0, **told)
        self._tell(
            "NOTIFY_OUT_END",
            after=talk + 15,
            caller_id=self.did.e164[1:],
            duration=str(talk),
            disposition=result,
            **told,
        )
        self._follow_up()
        return self._call(call_ref)

    def _told(self, user):
        """Return what the screens of a user were told, as JSON."""
        self.env.cr.precommit.run()
        messages = self.env["bus.bus"].sudo().search([])
        channel = f'"res.partner",{user.partner_id.id}]'
        return [
            message.message
            for message in messages
            if channel in message.channel.replace(" ", "")
        ]
