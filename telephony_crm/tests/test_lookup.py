from unittest.mock import patch
from urllib.parse import parse_qs

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import telephony_pbx_lookup
from ..tools import limit, networks
from .common import CUSTOMER, DID, TelephonyHttpCase

CONTROLLER = "odoo.addons.telephony_crm.controllers.lookup"


@tagged("post_install", "-at_install")
class TestLookup(TelephonyHttpCase):
    """A PBX asks who calls, and whom to ring, with the caller on the line."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pbx.action_open_lookup()
        cls.pbx.action_open_route()
        cls.customer = cls.env["res.partner"].create(
            {"name": "Олена Шевченко", "phone": CUSTOMER, "user_id": cls.colleague.id}
        )

    def _ask(self, purpose, number=CUSTOMER, token=None, headers=None, **params):
        token = token or self.pbx[f"{purpose}_token"]
        self.env.flush_all()
        return self.url_open(
            f"/telephony/{purpose}/{token}",
            params={"number": number, **params},
            headers=headers,
        )

    def _route(self, number=CUSTOMER, **params):
        response = self._ask("route", number, **params)
        self.assertEqual(response.status_code, 200)
        return {
            key: value[0]
            for key, value in parse_qs(response.text, keep_blank_values=True).items()
        }

    # -- names -----------------------------------------------------------------------

    def test_a_caller_in_any_spelling_is_named_in_one_line_of_text(self):
        for number in (CUSTOMER, CUSTOMER[1:], "02037691880", "0044 20 3769 1880"):
            response = self._ask("lookup", number)
            self.assertEqual(
                (response.status_code, response.text), (200, "Олена Шевченко")
            )
            self.assertEqual(
                response.headers["Content-Type"], "text/plain; charset=utf-8"
            )
            self.assertEqual(response.headers["Cache-Control"], "no-store")
            self.assertNotIn("Set-Cookie", response.headers)

    def test_nobody_else_has_a_name(self):
        for number in (
            "+442079460001",
            "anonymous",
            "0",
            "",
            DID,
            "100",
            "9" * 200,
            "\0",
        ):
            with self.subTest(number=number):
                response = self._ask("lookup", number)
                self.assertEqual((response.status_code, response.text), (200, ""))
        response = self.url_open(f"/telephony/lookup/{self.pbx.lookup_token}")
        self.assertEqual((response.status_code, response.text), (200, ""))

    def test_names_are_latin_where_the_pbx_is_set_so_or_asks_so(self):
        self.assertEqual(self._ask("lookup", ascii="1").text, "Olena Shevchenko")
        self.pbx.latin_names = True
        self.assertEqual(self._ask("lookup").text, "Olena Shevchenko")
        self.assertEqual(self._route()["name"], "Olena Shevchenko")

    def test_a_name_from_outside_does_nothing_in_a_dialplan(self):
        self.customer.name = 'A"):System(${SHELL(reboot)})\nB'
        self.assertEqual(self._ask("lookup").text, "A ) System( SHELL(reboot) ) B")

    def test_who_has_only_a_lead_has_the_name_of_its_contact(self):
        self.env["crm.lead"].create(
            {
                "name": "Order",
                "contact_name": "Ann Field",
                "phone": "+442079460002",
                "user_id": self.agent.id,
                "company_id": self.company.id,
            }
        )
        self.assertEqual(self._ask("lookup", "+442079460002").text, "Ann Field")
        self.assertEqual(self._route("+442079460002")["extension"], "100")

    def test_records_of_another_company_are_never_told(self):
        other = self.env["res.company"].create({"name": "Elsewhere Ltd"})
        self.customer.company_id = other
        self.assertEqual(self._ask("lookup").text, "")
        self.assertEqual(
            self._route(), {"name": "", "extension": "", "action": "continue"}
        )

    def test_the_contact_of_a_lead_of_ours_may_be_of_another_company(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Order",
                "partner_id": self.customer.id,
                "contact_name": "Ours",
                "company_id": self.company.id,
            }
        )
        self.env["telephony.number"].create(
            {"lead_id": lead.id, "number": "+442079460003"}
        )
        other = self.env["res.company"].create({"name": "Elsewhere Ltd"})
        self.customer.company_id = other
        self.assertEqual(self._ask("lookup", "+442079460003").text, "Ours")

    # -- routes ----------------------------------------------------------------------

    def test_the_responsible_user_s_extension_is_told_and_rung_where_wanted(self):
        told = {"name": "Олена Шевченко", "extension": "101", "action": "continue"}
        self.assertEqual(self._route(did=DID), told)
        self.pbx.route_to_responsible = True
        self.assertEqual(self._route(did=DID), {**told, "action": "redirect"})
        accepts = {"Accept": "application/json"}
        response = self._ask("route", headers=accepts)
        self.assertEqual(response.json(), {**told, "action": "redirect"})
        self.assertIn("application/json", response.headers["Content-Type"])
        self.colleague.active = False
        self.assertEqual(self._route(), {**told, "extension": ""})

    def test_nobody_s_caller_is_for_whom_the_company_number_is(self):
        self.pbx.route_to_responsible = True
        nobody = {"name": "", "extension": "", "action": "continue"}
        self.assertEqual(self._route("+442079460001", did=DID), nobody)
        self.did.user_id = self.agent
        self.assertEqual(
            self._route("+442079460001", did=DID[1:]),
            {"name": "", "extension": "100", "action": "redirect"},
        )
        self.assertEqual(self._route(did=DID)["extension"], "101")

    def test_a_blocked_number_is_to_be_refused_and_a_colleague_is_not_routed(self):
        self.pbx.route_to_responsible = True
        self.did.user_id = self.agent
        self.env["telephony.blocked.number"].create(
            {"number": CUSTOMER, "company_id": self.company.id}
        )
        self.assertEqual(self._route("02037691880")["action"], "reject")
        self.assertEqual(self._route("101", did=DID)["action"], "continue")

    def test_a_name_takes_few_queries_and_a_route_few_more(self):
        self.pbx.route_to_responsible = True
        pbx = self.pbx._in_world_of(self.company.id, "UTC")
        for ask, most in ((pbx._name_of_caller, 5), (pbx._route_of_caller, 12)):
            ask(CUSTOMER)  # what is kept in memory
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertTrue(ask(CUSTOMER))
            self.assertLessEqual(self.cr.sql_log_count - before, most, ask.__name__)

    # -- who may ask -------------------------------------------------------------------

    def test_each_token_opens_its_own_door_and_no_other(self):
        tokens = {
            "lookup": self.pbx.lookup_token,
            "route": self.pbx.route_token,
            "webhook": self.pbx.webhook_token,
        }
        self.assertEqual(len(set(tokens.values())), 3)
        for purpose in ("lookup", "route"):
            for kind, token in {**tokens, "none": "wrong"}.items():
                with self.subTest(purpose=purpose, token=kind):
                    response = self._ask(purpose, token=token)
                    right = kind == purpose
                    self.assertEqual(response.status_code, 200 if right else 404)
                    self.assertEqual(bool(response.text), right)
        refused = self._post("NOTIFY_START", token=self.pbx.lookup_token)
        self.assertEqual(refused.status_code, 404)

    def test_a_wrong_token_costs_no_query(self):
        self._ask("lookup", token="wrong")
        with patch.object(type(self.env["telephony.pbx"]), "search") as search:
            self.assertEqual(self._ask("lookup", token="wrong").status_code, 404)
        search.assert_not_called()

    def test_an_address_that_is_revoked_or_new_ends_the_old_one_alone(self):
        old, route = self.pbx.lookup_token, self.pbx.route_token
        self.pbx.action_open_lookup()
        self.assertEqual(self._ask("lookup", token=old).status_code, 404)
        self.assertEqual(self._ask("lookup").status_code, 200)
        new = self.pbx.lookup_token
        self.pbx.action_close_lookup()
        self.assertEqual(self._ask("lookup", token=new).status_code, 404)
        self.assertFalse(self.pbx.lookup_url)
        self.assertEqual(self._ask("route", token=route).status_code, 200)
        self.pbx.active = False
        self.assertEqual(self._ask("route", token=route).status_code, 404)

    @mute_logger(CONTROLLER)
    def test_who_is_not_in_the_list_of_addresses_learns_nothing(self):
        self.pbx.allowed_ips = "192.0.2.1"
        for purpose in ("lookup", "route"):
            response = self._ask(purpose)
            self.assertEqual((response.status_code, response.text), (403, ""))
        self.pbx.allowed_ips = "127.0.0.0/8"
        self.assertEqual(self._ask("lookup").text, "Олена Шевченко")

    def test_an_ipv4_address_is_known_in_the_spelling_of_ipv6(self):
        known = networks.read("192.0.2.0/24, 2001:db8::/32")
        for address in ("192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1"):
            self.assertTrue(networks.allow(known, address), address)
        for address in ("198.51.100.1", "::ffff:198.51.100.1", "", "unix:"):
            self.assertFalse(networks.allow(known, address), address)
        self.assertTrue(networks.allow((), "198.51.100.1"))

    # -- late or broken ----------------------------------------------------------------

    @mute_logger("odoo.sql_db")
    def test_an_answer_that_would_be_late_is_empty(self):
        def sleep(numbers, *_args, **_kwargs):
            numbers.env.cr.execute("SELECT pg_sleep(60)")

        self.patch(self.env.registry["telephony.number"], "_match", sleep)
        with (
            patch.object(telephony_pbx_lookup, "PATIENCE", 0.2),
            self.assertLogs(CONTROLLER, "WARNING") as logs,
        ):
            self.assertEqual(self._ask("lookup").text, "")
            self.assertEqual(self._route()["action"], "continue")
        self.assertIn("QueryCanceled", logs.output[0])

    def test_the_limit_is_for_all_statements_together(self):
        with (
            self.assertRaises(limit.TooLate),
            patch.object(limit.time, "monotonic", side_effect=[0, 0, 0.5, 0.95]),
            limit.Limit(self.env.cr, 0.9) as within,
        ):
            within.step()
            self.env.cr.execute("SHOW statement_timeout")
            self.assertEqual(self.env.cr.fetchone(), ("400ms",))
            within.step()
        self.env.cr.execute("SET LOCAL statement_timeout = DEFAULT")

    def test_whatever_goes_wrong_the_answer_is_no_page(self):
        def fail(*_args, **_kwargs):
            raise ValueError(CUSTOMER)

        self.patch(self.env.registry["telephony.number"], "_match", fail)
        with self.assertLogs(CONTROLLER, "WARNING") as logs:
            response = self._ask("lookup")
            self.assertEqual((response.status_code, response.text), (200, ""))
            self.assertEqual(
                self._route(), {"name": "", "extension": "", "action": "continue"}
            )
        for secret in (CUSTOMER, self.pbx.lookup_token):
            self.assertNotIn(secret, str(logs.output))

    # -- rights ------------------------------------------------------------------------

    def test_addresses_are_for_administrators(self):
        supervisor = self._user("supervisor_one", "telephony_supervisor")
        for name in ("lookup_token", "route_token", "lookup_url", "route_url"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                self.pbx.with_user(supervisor).read([name])
        for action in (
            "action_open_lookup",
            "action_close_lookup",
            "action_open_route",
            "action_close_route",
        ):
            with self.subTest(action=action), self.assertRaises(AccessError):
                getattr(self.pbx.with_user(supervisor), action)()
        administrator = self._user("administrator_one", "telephony_administrator")
        pbx = self.pbx.with_user(administrator)
        pbx.action_open_lookup()
        self.assertTrue(
            pbx.lookup_url.endswith(f"/telephony/lookup/{pbx.lookup_token}")
        )
        self.assertFalse(self.pbx.copy().lookup_token)
