"""People of every group, in two companies, and calls that they may or may not see."""

from odoo.tests import new_test_user

from .common import STARTED, TelephonyCase


class AccessCase(TelephonyCase):
    """Agent, colleague, dispatcher, supervisor, administrator, and outsiders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._user("dispatcher_one", "telephony_dispatcher")
        cls.supervisor = cls._user("supervisor_one", "telephony_supervisor")
        cls.administrator = cls._user("administrator_one", "telephony_administrator")
        # Whoever is in Odoo but has nothing to do with telephony.
        cls.internal = new_test_user(
            cls.env,
            login="internal_one",
            groups="base.group_user,sales_team.group_sale_salesman",
            company_id=cls.company.id,
            company_ids=cls.company.ids,
        )
        cls.portal = new_test_user(
            cls.env,
            login="portal_one",
            groups="base.group_portal",
            company_id=cls.company.id,
            company_ids=cls.company.ids,
        )
        cls.other_company = cls.env["res.company"].create({"name": "Elsewhere Ltd"})
        cls.stranger = new_test_user(
            cls.env,
            login="administrator_elsewhere",
            groups="base.group_user,telephony_crm.group_telephony_administrator",
            company_id=cls.other_company.id,
            company_ids=cls.other_company.ids,
        )
        cls.team, cls.other_team = cls.env["crm.team"].create(
            [
                {"name": "North", "company_id": cls.company.id},
                {"name": "South", "company_id": cls.company.id},
            ]
        )
        cls.team.user_id = cls.supervisor
        cls.customer = cls.env["res.partner"].create({"name": "Known Customer"})
        cls.mine = cls._make_call("mine", cls.agent, cls.team)
        cls.theirs = cls._make_call("theirs", cls.colleague, cls.other_team)
        cls.unknown = cls._make_call(
            "unknown", cls.colleague, cls.other_team, known=False
        )
        cls.teamless = cls._make_call("teamless", cls.colleague, None)
        cls.calls = cls.mine | cls.theirs | cls.unknown | cls.teamless

    @classmethod
    def _make_call(cls, call_ref, user, team, known=True, **values):
        """Log an answered incoming call of ``user``, as the PBX would have it."""
        vals = {
            "pbx_id": cls.pbx.id,
            "company_id": cls.company.id,
            "call_ref": call_ref,
            "direction": "inbound",
            "state": "ended",
            "disposition": "answered",
            "number": "+442037691880",
            "number_e164": "+442037691880",
            "partner_id": cls.customer.id if known else False,
            "user_id": user.id,
            "team_id": team.id if team else False,
            "start_date": STARTED,
            "talk_seconds": 60,
            "participant_ids": user.ids,
            "leg_ids": [
                (
                    0,
                    0,
                    {
                        "leg_ref": "1",
                        "kind": "agent",
                        "user_id": user.id,
                        "number": "100",
                        "state": "ended",
                    },
                )
            ],
        }
        return cls.env["telephony.call"].create({**vals, **values})
