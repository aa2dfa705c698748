from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .access_common import AccessCase


@tagged("post_install", "-at_install")
class TestAccessCall(AccessCase):
    """Who sees which calls, by whichever way they ask."""

    def _seen(self, user):
        """Return which of the four calls ``user`` finds."""
        domain = [("id", "in", self.calls.ids)]
        found = self.env["telephony.call"].with_user(user).search(domain)
        return set(found.sudo().mapped("call_ref"))

    # -- which calls -----------------------------------------------------------------

    def test_agent_sees_only_calls_taken_part_in(self):
        self.assertEqual(self._seen(self.agent), {"mine"})

    def test_agent_sees_a_call_as_soon_as_it_is_theirs(self):
        self.theirs.participant_ids = [Command.link(self.agent.id)]
        self.assertEqual(self._seen(self.agent), {"mine", "theirs"})

    def test_agent_finds_own_calls_alike_whether_asked_for_or_not(self):
        Call = self.env["telephony.call"].with_user(self.agent)
        among = [("id", "in", self.calls.ids)]
        for mine in (
            [("participant_ids", "in", self.agent.id)],
            [("participant_ids", "=", self.agent.id)],
            ["|", ("participant_ids", "in", self.agent.ids), ("id", "=", 0)],
        ):
            self.assertEqual(Call.search(among + mine), self.mine)
        for others in (
            [("participant_ids", "not in", self.agent.ids)],
            ["!", ("participant_ids", "in", self.agent.ids)],
            [("participant_ids", "in", self.colleague.ids)],
        ):
            self.assertFalse(Call.search(among + others))

    def test_agent_s_list_asks_once_who_takes_part(self):
        Call = self.env["telephony.call"].with_user(self.agent)
        query = Call._search([("participant_ids", "in", self.agent.ids)])
        self.assertEqual(str(query.select().code).count("telephony_call_user_rel"), 1)

    def test_supervisor_finds_own_calls_among_those_of_the_team(self):
        Call = self.env["telephony.call"].with_user(self.supervisor)
        self.assertIn(self.mine, Call.search([]))
        self.assertFalse(Call.search([("participant_ids", "in", self.supervisor.ids)]))

    def test_dispatcher_sees_unknown_callers_too(self):
        self.assertEqual(self._seen(self.dispatcher), {"unknown"})

    def test_dispatcher_loses_a_caller_who_is_known_now(self):
        self.unknown.partner_id = self.customer
        self.assertEqual(self._seen(self.dispatcher), set())

    def test_dispatcher_does_not_see_outgoing_calls_of_others(self):
        self.unknown.direction = "outbound"
        self.assertEqual(self._seen(self.dispatcher), set())

    def test_supervisor_sees_the_team_led_and_calls_of_no_team(self):
        # The unknown caller is seen as by every dispatcher.
        self.assertEqual(self._seen(self.supervisor), {"mine", "teamless", "unknown"})

    def test_supervisor_sees_a_team_joined_at_once(self):
        self.assertNotIn("theirs", self._seen(self.supervisor))
        self.env["ir.config_parameter"].set_param("sales_team.membership_multi", "True")
        self.env["crm.team.member"].create(
            {"user_id": self.supervisor.id, "crm_team_id": self.other_team.id}
        )
        self.assertIn("theirs", self._seen(self.supervisor))

    def test_supervisor_no_longer_sees_a_team_given_up(self):
        self.team.user_id = self.agent
        self.assertNotIn("mine", self._seen(self.supervisor))

    def test_administrator_sees_all_calls_of_the_company(self):
        everything = set(self.calls.mapped("call_ref"))
        self.assertEqual(self._seen(self.administrator), everything)

    def test_administrator_of_another_company_sees_none(self):
        self.assertEqual(self._seen(self.stranger), set())

    def test_companies_stay_apart_also_for_who_takes_part(self):
        self.mine.participant_ids = [Command.link(self.stranger.id)]
        self.assertEqual(self._seen(self.stranger), set())

    def test_a_company_switched_off_hides_its_calls(self):
        self.administrator.company_ids = [Command.link(self.other_company.id)]
        calls = self.env["telephony.call"].with_user(self.administrator)
        domain = [("id", "in", self.calls.ids)]
        elsewhere = calls.with_context(allowed_company_ids=self.other_company.ids)
        both = calls.with_context(
            allowed_company_ids=(self.company + self.other_company).ids
        )
        self.assertFalse(elsewhere.search(domain))
        self.assertEqual(len(both.search(domain)), 4)

    def test_without_the_role_there_are_no_calls(self):
        for user in (self.internal, self.portal, self.env.ref("base.public_user")):
            calls = self.env["telephony.call"].with_user(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                calls.search([])
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                calls.browse(self.mine.id).read(["number"])

    # -- by whichever way ------------------------------------------------------------

    def test_agent_cannot_read_a_call_by_its_id(self):
        theirs = self.theirs.with_user(self.agent)
        with self.assertRaises(AccessError):
            theirs.read(["number"])
        with self.assertRaises(AccessError):
            theirs.web_read({"number": {}})
        self.agent.group_ids += self.env.ref("base.group_allow_export")
        with self.assertRaises(AccessError):
            theirs.export_data(["number", "note"])
        exported = self.mine.with_user(self.agent).export_data(["call_ref", "number"])
        self.assertEqual(exported["datas"], [["mine", "+442037691880"]])

    def test_agent_finds_nothing_of_others_by_search_and_groups(self):
        calls = self.env["telephony.call"].with_user(self.agent)
        domain = [("id", "in", self.calls.ids)]
        self.assertEqual(
            [row["call_ref"] for row in calls.search_read(domain, ["call_ref"])],
            ["mine"],
        )
        self.assertEqual(calls.search_count(domain), 1)
        grouped = calls.formatted_read_group(
            domain, ["user_id"], ["__count", "talk_seconds:sum"]
        )
        self.assertEqual([group["__count"] for group in grouped], [1])
        self.assertEqual([group["talk_seconds:sum"] for group in grouped], [60])
        found = calls.web_search_read(domain, {"call_ref": {}})
        self.assertEqual(found["length"], 1)

    def test_agent_finds_nothing_of_others_by_name(self):
        calls = self.env["telephony.call"].with_user(self.agent)
        found = {call_id for call_id, _name in calls.name_search("", limit=None)}
        self.assertFalse(found & set((self.calls - self.mine).ids))

    def test_agent_reads_no_legs_of_others(self):
        legs = self.env["telephony.call.leg"].with_user(self.agent)
        found = legs.search([("call_id", "in", self.calls.ids)])
        self.assertEqual(found, self.mine.leg_ids)
        with self.assertRaises(AccessError):
            self.theirs.leg_ids.with_user(self.agent).read(["number"])

    def test_legs_are_seen_with_their_call(self):
        for user in (
            self.dispatcher,
            self.supervisor,
            self.administrator,
            self.stranger,
        ):
            legs = self.env["telephony.call.leg"].with_user(user)
            found = legs.search([("call_id", "in", self.calls.ids)])
            seen = set(found.call_id.sudo().mapped("call_ref"))
            self.assertEqual(seen, self._seen(user), user.login)

    def test_agent_counts_own_calls_on_a_contact(self):
        customer = self.customer.with_user(self.agent)
        self.assertEqual(customer.telephony_call_count, 1)
        self.assertEqual(customer.telephony_call_ids.sudo(), self.mine)

    def test_without_the_role_a_contact_has_no_calls(self):
        customer = self.customer.with_user(self.internal)
        with self.assertRaises(AccessError):
            customer.read(["telephony_call_ids"])
        with self.assertRaises(AccessError):
            customer.read(["telephony_call_count"])

    def test_agent_does_not_see_the_events_of_a_call(self):
        with self.assertRaises(AccessError):
            self.mine.with_user(self.agent).event_ids.mapped("payload")
