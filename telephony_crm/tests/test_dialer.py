from datetime import date, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CUSTOMER, TelephonyCase


class DialerCase(TelephonyCase):
    """An agent with a few contacts and leads to call."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create(
            {"name": "Olena Shevchenko", "phone": CUSTOMER, "function": "Director"}
        )
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Spring order",
                "contact_name": "Lucas Martin",
                "phone": "+33 4 78 32 32 32",
                "user_id": cls.agent.id,
                "team_id": False,
            }
        )

    def _dialer(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        user = user or self.agent
        dial = self.env["telephony.dial"].with_user(user)
        return dial.with_context(allowed_company_ids=user.company_ids.ids)

    def _queries(self, method):
        """Return how many queries ``method`` needs."""
        before = self.env.cr.sql_log_count
        method()
        return self.env.cr.sql_log_count - before

    def _make_call(self, call_ref, legs=(), **values):
        now = fields.Datetime.now()
        return self.env["telephony.call"].create(
            {
                "pbx_id": self.pbx.id,
                "company_id": self.company.id,
                "call_ref": call_ref,
                "direction": "inbound",
                "state": "ended",
                "disposition": "answered",
                "number": CUSTOMER[1:],
                "number_e164": CUSTOMER,
                "start_date": now,
                "user_id": self.agent.id,
                "participant_ids": [Command.link(self.agent.id)],
                "leg_ids": [
                    Command.create(
                        {
                            "leg_ref": f"{call_ref}-{number}",
                            "kind": "agent",
                            "state": "ended",
                            "ring_date": now,
                            **leg,
                        }
                    )
                    for number, leg in enumerate(legs)
                ],
                **values,
            }
        )

    def _plan_call(self, record, days=0, **values):
        return self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(record._name),
                "res_id": record.id,
                "user_id": self.agent.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "date_deadline": date.today() + timedelta(days=days),
                **values,
            }
        )


@tagged("post_install", "-at_install")
class TestDialer(DialerCase):
    def test_it_says_with_what_the_user_dials(self):
        dialer = self._dialer().get_dialer()
        self.assertEqual(dialer["extension"], "100")
        self.assertEqual(
            dialer["pbx"], {"state": "ok", "message": "Office is connected."}
        )
        self.assertEqual(dialer["missed"], 0)

    def test_without_extension_it_says_what_to_do(self):
        self.extension.user_id = False
        dialer = self._dialer().get_dialer()
        self.assertIs(dialer["extension"], False)
        self.assertEqual(dialer["pbx"]["state"], "none")
        self.assertIn("administrator", dialer["pbx"]["message"])

    def test_a_pbx_that_does_not_work_is_amber(self):
        for values in (
            {"active": False},
            {"adapter": "generic"},
            {"api_secret": False},
        ):
            with self.subTest(values=values):
                self.pbx.write(values)
                self.assertEqual(self._dialer().get_dialer()["pbx"]["state"], "warning")
            self.pbx.write({"active": True, "adapter": "zadarma", "api_secret": "x"})

    def test_recent_are_the_calls_talked_dialled_or_rung(self):
        now = fields.Datetime.now()
        talked = self._make_call("in_1", start_date=now - timedelta(minutes=3))
        rung = self._make_call(
            "in_2",
            [{"user_id": self.agent.id}, {"user_id": self.colleague.id}],
            user_id=self.colleague.id,
            start_date=now - timedelta(minutes=2),
        )
        self._make_call(
            "in_3",
            [{"user_id": self.colleague.id}],
            user_id=self.colleague.id,
            participant_ids=[Command.set(self.colleague.ids)],
        )
        recent = self._dialer().get_dialer()["recent"]
        self.assertEqual([row["id"] for row in recent], [rung.id, talked.id])

    def test_a_recent_call_has_what_a_redial_needs(self):
        call = self._make_call(
            "in_1",
            partner_id=self.partner.id,
            talk_seconds=42,
            start_date="2026-01-15 10:15:00",
        )
        [row] = self._dialer().get_dialer()["recent"]
        self.assertEqual(
            row,
            {
                "id": call.id,
                "number": CUSTOMER,
                "formatted": "+44 20 3769 1880",
                "name": "Olena Shevchenko",
                "direction": "inbound",
                "disposition": "answered",
                "date": "2026-01-15 10:15:00",
                "talk_seconds": 42,
                "res_model": "res.partner",
                "res_id": self.partner.id,
            },
        )

    def test_a_recent_call_of_a_lead_opens_the_lead(self):
        self._make_call("in_1", lead_id=self.lead.id)
        [row] = self._dialer().get_dialer()["recent"]
        self.assertEqual((row["res_model"], row["res_id"]), ("crm.lead", self.lead.id))
        self.assertEqual(row["name"], "Lucas Martin")

    def test_a_hidden_caller_cannot_be_redialled(self):
        self._make_call("in_1", number=False, number_e164=False, hidden=True)
        [row] = self._dialer().get_dialer()["recent"]
        self.assertEqual((row["number"], row["formatted"]), ("", "Hidden number"))

    def test_a_premium_caller_is_shown_and_cannot_be_redialled(self):
        # Also by who has no extension, whose device would dial without asking us.
        premium, shown = "+449098790123", "+44 909 879 0123"
        call = self._make_call("in_1", number=premium[1:], number_e164=premium)
        [row] = self._dialer().get_dialer()["recent"]
        self.assertEqual((row["number"], row["formatted"]), ("", shown))
        call = call.with_user(self.agent)
        self.assertEqual(call.number_shown, shown)
        self.assertIn("premium", call.refusal)

    def test_a_colleague_can_be_redialled(self):
        call = self._make_call(
            "in_1", direction="internal", number="101", number_e164=False
        )
        [row] = self._dialer().get_dialer()["recent"]
        self.assertEqual((row["number"], row["name"]), ("101", self.colleague.name))
        self.assertFalse(call.with_user(self.agent).refusal)

    def test_names_that_the_user_may_not_see_are_left_out(self):
        self._make_call("in_1", lead_id=self.lead.id)
        self.lead.user_id = self.colleague
        [row] = self._dialer().get_dialer()["recent"]
        self.assertEqual((row["name"], row["res_model"]), ("", False))

    def test_recent_are_the_latest_twenty(self):
        now = fields.Datetime.now()
        calls = [
            self._make_call(
                f"in_{minutes}", start_date=now - timedelta(minutes=minutes)
            )
            for minutes in range(25)
        ]
        recent = self._dialer().get_dialer()["recent"]
        self.assertEqual(
            [row["id"] for row in recent], [call.id for call in calls[:20]]
        )

    def test_more_rows_need_no_more_queries(self):
        counts = []
        for start in (0, 30, 60):
            for number in range(start, start + 30):
                partner = self.partner.copy({"name": f"Customer {number}"})
                self._make_call(f"in_{number}", partner_id=partner.id)
                self._plan_call(partner)
            counts.append(self._queries(self._dialer().get_dialer))
        self.assertEqual(counts[1], counts[2])  # the first fills Odoo's caches

    def _wait(self, number, **values):
        """Have somebody wait to be rung back by the user."""
        return self.env["telephony.callback"].create(
            {
                "e164": number,
                "company_id": self.company.id,
                "pbx_id": self.pbx.id,
                "user_id": self.agent.id,
                "attempts": 1,
                **values,
            }
        )

    def test_missed_counts_who_waits_for_the_user_and_no_further_than_99(self):
        self._wait(CUSTOMER)
        self._wait("+33478323233", user_id=self.colleague.id)
        self._wait("+33478323234", state="done")
        self.assertEqual(self._dialer().get_dialer()["missed"], 1)
        for number in range(100):
            self._wait(f"+3347832{number:04}")
        self.assertEqual(self._dialer().get_dialer()["missed"], 99)

    def test_who_waits_is_first_to_be_called_and_stands_there_once(self):
        self._plan_call(self.lead)
        known = self._wait(CUSTOMER, partner_id=self.partner.id, attempts=3)
        known._mirror()
        unknown = self._wait("+33478323239")
        unknown._mirror()
        rows = self._dialer().get_dialer()["to_call"]
        self.assertEqual(len(rows), 3)
        self.assertEqual(
            [row["id"] for row in rows[:2]],
            [f"callback{known.id}", f"callback{unknown.id}"],
        )
        self.assertEqual(rows[0]["name"], "Olena Shevchenko")
        self.assertEqual(rows[0]["number"], CUSTOMER)
        self.assertIn("3", rows[0]["summary"])
        self.assertEqual(rows[1]["name"], "+33 4 78 32 32 39")
        self.assertEqual(rows[1]["res_model"], "telephony.callback")

    def test_to_call_are_my_due_calls_oldest_first(self):
        today = self._plan_call(self.partner, summary="Ask for the order")
        overdue = self._plan_call(self.lead, days=-2)
        self._plan_call(self.partner, days=1)
        self._plan_call(self.partner, user_id=self.colleague.id)
        todo = self.env.ref("mail.mail_activity_data_todo").id
        self._plan_call(self.partner, activity_type_id=todo)
        self._plan_call(self.env["res.partner"].create({"name": "No phone"}))
        rows = self._dialer().get_dialer()["to_call"]
        self.assertEqual([row["id"] for row in rows], [overdue.id, today.id])
        self.assertEqual([row["overdue"] for row in rows], [True, False])
        self.assertEqual(rows[0]["number"], "+33478323232")
        self.assertEqual(rows[0]["formatted"], "+33 4 78 32 32 32")
        self.assertEqual(rows[1]["summary"], "Ask for the order")
        self.assertEqual(rows[1]["name"], "Olena Shevchenko")
        self.assertEqual(
            (rows[1]["res_model"], rows[1]["res_id"]), ("res.partner", self.partner.id)
        )

    def test_a_call_due_on_a_record_that_is_not_mine_to_see_is_left_out(self):
        self._plan_call(self.lead)
        self.lead.user_id = self.colleague
        self.assertFalse(self._dialer().get_dialer()["to_call"])

    def test_the_number_of_the_contact_is_called_where_the_record_has_none(self):
        self.lead.write({"partner_id": self.partner.id, "phone": False})
        self.lead.phone = False
        self._plan_call(self.lead)
        [row] = self._dialer().get_dialer()["to_call"]
        self.assertEqual(row["number"], CUSTOMER)

    def test_the_team_shows_who_is_on_the_phone(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.pbx.copy({"name": "Foreign", "company_id": other.id})
        self.env["telephony.extension"].create({"pbx_id": foreign.id, "number": "500"})
        [row] = self._dialer().get_dialer()["team"]
        self.assertEqual(
            row,
            {
                "id": self.extension_two.id,
                "name": self.colleague.name,
                "extension": "101",
                "busy": False,
            },
        )
        leg = {"user_id": self.colleague.id, "extension_id": self.extension_two.id}
        call = self._make_call(
            "in_1",
            [{**leg, "state": "in_progress"}],
            state="in_progress",
            user_id=self.colleague.id,
        )
        self.assertTrue(self._dialer().get_dialer()["team"][0]["busy"])
        call.stale = True
        self.assertFalse(self._dialer().get_dialer()["team"][0]["busy"])

    def test_only_agents_have_a_dialler(self):
        group_user = self.env.ref("base.group_user")
        self.agent.write({"group_ids": [Command.set(group_user.ids)]})
        with self.assertRaises(AccessError):
            self._dialer().get_dialer()
        with self.assertRaises(AccessError):
            self._dialer().find("Olena")


@tagged("post_install", "-at_install")
class TestDialerFind(DialerCase):
    def _found(self, term, user=None):
        return {
            (row["res_model"], row["res_id"]) for row in self._dialer(user).find(term)
        }

    def test_a_contact_is_found_by_name(self):
        [row] = self._dialer().find("shevch")
        self.assertEqual(
            row,
            {
                "name": "Olena Shevchenko",
                "number": CUSTOMER,
                "formatted": "+44 20 3769 1880",
                "res_model": "res.partner",
                "res_id": self.partner.id,
                "detail": "Director",
            },
        )

    def test_a_lead_is_found_by_its_name_contact_or_company(self):
        self.lead.partner_name = "Roshen"
        for term in ("spring", "Lucas", "roshen"):
            with self.subTest(term=term):
                self.assertIn(("crm.lead", self.lead.id), self._found(term))

    def test_a_number_is_found_in_any_spelling_and_before_it_is_complete(self):
        found = ("res.partner", self.partner.id)
        for term in (
            "+442037691880",
            "+44 20 37",
            "00442037",
            "442037",
            "020 3769 1880",
            "(020) 37",
            "2037691880",
            "203769",
        ):
            with self.subTest(term=term):
                self.assertEqual(self._found(term), {found})
        for term in ("+4420379", "02038", "+33203769"):
            with self.subTest(term=term):
                self.assertNotIn(found, self._found(term))

    def test_a_further_number_of_a_contact_is_found_and_offered(self):
        self.env["telephony.number"].create(
            {
                "partner_id": self.partner.id,
                "number": "+49 30 901820",
                "label": "Mobile",
            }
        )
        [row] = self._dialer().find("+4930")
        self.assertEqual(row["number"], "+4930901820")
        [row] = self._dialer().find("Olena")
        self.assertEqual(row["number"], CUSTOMER)

    def test_a_colleague_is_found_by_name_or_extension(self):
        for term in ("10", "101", self.colleague.name[:5]):
            with self.subTest(term=term):
                rows = [
                    row for row in self._dialer().find(term) if not row["res_model"]
                ]
                self.assertEqual([row["number"] for row in rows], ["101"])

    def test_who_has_no_number_is_not_offered(self):
        self.env["res.partner"].create({"name": "Olena Numberless"})
        self.assertEqual(self._found("Olena"), {("res.partner", self.partner.id)})

    def test_others_leads_and_other_companies_stay_unseen(self):
        self.lead.user_id = self.colleague
        self.assertFalse(self._found("spring"))
        self.assertFalse(self._found("+33478"))
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.partner.company_id = other
        self.assertFalse(self._found("Olena"))
        self.assertFalse(self._found(CUSTOMER))

    def test_at_most_eight_of_a_kind(self):
        for number in range(12):
            self.partner.copy(
                {"name": f"Olena {number}", "phone": f"+4420376918{number:02}"}
            )
        self.assertEqual(len(self._found("Olena")), 8)
        self.assertEqual(len(self._found("+44203769")), 8)

    def test_more_results_need_no_more_queries(self):
        counts = []
        for start in (0, 2, 4):
            for number in range(start, start + 2):
                name = f"Olena {number}"
                self.partner.copy({"name": name, "phone": f"+44203769{number}000"})
            dialer = self._dialer()
            counts.append(self._queries(lambda dialer=dialer: dialer.find("Olena")))
        self.assertEqual(counts[1], counts[2])  # the first fills Odoo's caches

    def test_nonsense_finds_nothing(self):
        for term in (
            "",
            " ",
            "O",
            "  O ",
            None,
            5,
            ["Olena"],
            "%%",
            "__",
            "\\",
            "+",
            "00",
        ):
            with self.subTest(term=term):
                self.assertFalse(self._found(term))

    def test_a_wildcard_is_an_ordinary_character(self):
        self.assertFalse(self._found("Ol%na"))
        self.assertFalse(self._found("Ol_na"))
