from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import TrackingCase


@tagged("post_install", "-at_install")
class TestAlias(TrackingCase):
    """What the words in addresses become in Odoo."""

    def setUp(self):
        super().setUp()
        self.aliases = self.env["telephony.tracking.alias"]

    def _resolve(self, name, kind="source"):
        record = self.aliases._resolve(kind, name)
        return self.env[f"utm.{kind}"].browse(record or ())

    def test_a_name_is_found_by_equality_and_never_as_a_pattern(self):
        spring = self.env["utm.source"].create({"name": "Spring-Sale"})
        self.assertEqual(self._resolve(" spring-SALE "), spring)
        self.assertNotEqual(self._resolve("spring_sale"), spring)
        self.assertEqual(self._resolve("%").name, "%")
        self.assertEqual(self._resolve("%"), self._resolve("%"))

    def test_nothing_means_nothing(self):
        for nothing in ("", "  ", None, False):
            self.assertFalse(self._resolve(nothing))

    def test_a_name_of_ones_own_means_what_was_entered(self):
        facebook = self.env["utm.source"].create({"name": "Our Facebook"})
        self.aliases.with_user(self.administrator).create(
            {"kind": "source", "name": " FB-ads ", "source_id": facebook.id}
        )
        self.assertEqual(self._resolve("fb-ADS"), facebook)
        self.assertNotEqual(self._resolve("fb-ads", "medium").name, facebook.name)

    def test_a_campaign_of_a_visit_is_known_as_one(self):
        campaign = self._resolve("Autumn 26", "campaign")
        self.assertEqual(
            (campaign.name, campaign.is_auto_campaign), ("Autumn 26", True)
        )

    def test_the_same_name_in_another_case_is_no_second_record(self):
        first = self._resolve("NewPortal")
        self.assertEqual(self._resolve("newportal"), first)
        first.name = "Renamed"
        self.assertEqual(self._resolve("newportal"), first)

    def test_so_many_are_made_on_a_day_and_no_more(self):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("telephony_crm_tracking.utm_per_day", "2")
        made = [self._resolve(f"flood {number}") for number in range(4)]
        self.assertEqual([bool(one) for one in made], [True, True, False, False])
        self.assertEqual(self._resolve("flood 0"), made[0])

    def test_a_visit_has_records_only_once_they_are_asked_for(self):
        told = self._page(
            q={"utm_source": "Portal X", "utm_medium": "cpc", "utm_campaign": "May"}
        )
        visit = self._visit(told)
        self.assertFalse(visit.source_id)
        values = visit._resolve_utm()
        self.assertEqual(visit.source_id.name, "Portal X")
        self.assertEqual(visit.campaign_id.id, values["campaign_id"])
        self.assertEqual(visit._resolve_utm(), values)

    def test_a_direct_visit_has_no_source(self):
        visit = self._visit(self._page())
        self.assertEqual(set(visit._resolve_utm().values()), {False})

    def test_an_alias_means_something_and_is_an_administrator_s(self):
        with self.assertRaises(ValidationError):
            self.aliases.create({"kind": "source", "name": "nothing"})
        with self.assertRaises(AccessError):
            self.aliases.with_user(self.supervisor).create({"name": "x"})
        with self.assertRaises(AccessError):
            self.aliases.with_user(self.agent).search([])
