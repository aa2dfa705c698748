from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.telephony_crm.tests.common import CUSTOMER

from .common import POOL, STATIC, TrackingCase


@tagged("post_install", "-at_install")
class TestTrackingSite(TrackingCase):
    """Sites and pools, who may set them up, and what a number of a pool is."""

    def _ring(self, did):
        self._tell("NOTIFY_START", called_did=did[1:])
        return self._call()

    def test_a_number_of_a_pool_is_routed_and_counted_as_the_one_it_stands_for(self):
        team = self.env["crm.team"].create(
            {"name": "Sales", "company_id": self.company.id}
        )
        source = self.env["utm.source"].create({"name": "Web site"})
        self.did.write(
            {"team_id": team.id, "user_id": self.agent.id, "source_id": source.id}
        )
        call = self._ring(POOL[0])
        self.assertEqual(call.did_id, self.pooled[0])
        self.assertEqual((call.team_id, call.source_id), (team, source))
        pbx = self.pbx._for_events()
        self.assertEqual(pbx._user_of_did(POOL[0]), self.agent.id)

    def test_agents_read_the_name_of_the_static_number(self):
        self._tell("NOTIFY_START", called_did=POOL[0][1:])
        call = self._call()
        card = call.sudo()._card() if hasattr(call, "_card") else None
        card = card or self.env["telephony.call"].sudo().get_card(call.id)
        self.assertEqual(card["did"]["name"], "London line")

    def test_a_number_of_a_pool_is_never_shown_as_ours(self):
        with self.assertRaises(ValidationError):
            self.pooled[0].is_presented = True
        self.did.is_presented = True
        call = self._ring(POOL[0])
        dids = self.env["telephony.did"]
        self.assertEqual(dids._presented(self.pbx, self.extension, call), self.did)

    def test_a_static_number_is_in_no_pool(self):
        with self.assertRaises(ValidationError):
            self.did.pool_id = self.pool
        with self.assertRaises(ValidationError):
            self.pool.copy({"stands_for_id": self.pooled[0].id})

    def test_domains_are_hosts(self):
        for wrong in ("https://shop.example", "shop.example/path", " ", "a b"):
            with self.subTest(domains=wrong), self.assertRaises(ValidationError):
                self.site.domains = wrong
        self.site.domains = "Shop.Example\n\n www.shop.test "
        self.assertEqual(self.site._domains(), ("shop.example", "www.shop.test"))

    def test_domains_may_be_written_as_people_read_them(self):
        self.site.domains = "Магазин.укр\nmüller.example\nxn--mller-kva.test"
        self.assertEqual(
            self.site._domains(),
            (
                "xn--80aairftm.xn--j1amh",
                "xn--mller-kva.example",
                "xn--mller-kva.test",
            ),
        )
        opening = self.env["telephony.tracking.site"]._openings()[self.site.token]
        self.assertEqual(opening.domains, self.site._domains())
        for wrong in ("mül ler.example", "\N{ZERO WIDTH JOINER}.example"):
            with self.subTest(domains=wrong), self.assertRaises(ValidationError):
                self.site.domains = wrong

    def test_a_short_number_is_no_static_one(self):
        short = self.env["telephony.did"].create(
            {"pbx_id": self.pbx.id, "number": "5432"}
        )
        with self.assertRaisesRegex(ValidationError, "short number"):
            self.pool.copy({"stands_for_id": short.id})
        with self.assertRaisesRegex(ValidationError, "short number"):
            self.did.number = "5433"

    def test_visitors_stay_with_their_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere Ltd"})
        self._page()
        with self.assertRaises(UserError):
            self.site.company_id = other

    # -- rights ------------------------------------------------------------------------

    def test_administrators_set_up_and_nobody_else_does(self):
        site = self.site.with_user(self.administrator)
        site.rule = "paid"
        self.assertIn(site.token, site.snippet)
        self.pool.with_user(self.administrator).hold_seconds = 60
        for user in (self.agent, self.supervisor):
            with self.assertRaises(AccessError):
                self.site.with_user(user).rule = "all"
            with self.assertRaises(AccessError):
                self.site.with_user(user).read(["token"])
            with self.assertRaises(AccessError):
                self.site.with_user(user).action_renew_token()
            with self.assertRaises(AccessError):
                self.pool.with_user(user).hold_seconds = 1
            self.assertEqual(self.site.with_user(user).name, "Shop")

    def test_supervisors_read_visits_and_nobody_writes_them(self):
        visit = self._visit(self._page(numbers=[STATIC]))
        read = visit.with_user(self.supervisor)
        self.assertEqual((read.landing, len(read.lease_ids)), ("/", 1))
        with self.assertRaises(AccessError):
            read.read(["key"])
        for user in (self.supervisor, self.administrator):
            with self.assertRaises(AccessError):
                visit.with_user(user).landing = "/x"
            with self.assertRaises(AccessError):
                visit.lease_ids.with_user(user).unlink()

    def test_another_company_sees_nothing_of_it(self):
        other = self.env["res.company"].create({"name": "Elsewhere Ltd"})
        stranger = self._user(
            "stranger",
            "telephony_administrator",
            company_id=other.id,
            company_ids=other.ids,
        )
        self._page()
        for model in ("site", "pool", "slot", "visit", "lease", "quota"):
            with self.subTest(model=model):
                found = self.env[f"telephony.tracking.{model}"].with_user(stranger)
                self.assertFalse(found.search([]))

    def test_a_customer_s_number_stays_one(self):
        own = self.env["telephony.did"]._own_numbers(self.company.id)
        self.assertLessEqual(set(POOL), own)
        self.assertNotIn(CUSTOMER, own)
