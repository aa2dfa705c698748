from odoo.tests import tagged

from .common import TrackingHttpCase


@tagged("post_install", "-at_install")
class TestOptionalForm(TrackingHttpCase):
    """A form of Odoo's own web site, which carries the visit in a hidden field.

    Chosen by its name for the second database of the tests, which has web forms.
    """

    def setUp(self):
        super().setUp()
        forms = self.env["ir.model"].sudo().search([("model", "=", "crm.lead")])
        if not getattr(forms, "website_form_access", False):
            self.skipTest("web forms of leads are not installed in this database")
        self.website = self.env["website"].search([], limit=1)

    def _fill_in(self, **form):
        response = self.url_open("/website/form/crm.lead", data=form)
        self.assertIn("id", response.json(), response.text)
        lead = self.env["crm.lead"].browse(response.json()["id"])
        self.env.invalidate_all()
        return lead

    def test_a_lead_of_a_form_knows_its_visit_and_shows_no_key(self):
        told = self._page("/sofas", q={"utm_source": "google", "utm_medium": "cpc"})
        self._visit(told).company_id = self.website.company_id
        self.env.flush_all()
        form = {"contact_name": "James", "email_from": "a@example.com"}
        lead = self._fill_in(name="Sofa", telephony_visit=told["k"], **form)
        self.assertEqual(lead.sudo().tracking_visit_ids, self._visit(told))
        self.assertEqual((lead.source_id.name, lead.medium_id.name), ("google", "cpc"))
        self.assertEqual(lead.tracking_channel, "form")
        self.assertNotIn(told["k"], lead.description or "")

    def test_a_lead_of_a_form_without_a_visit_comes_by_a_form(self):
        lead = self._fill_in(name="Sofa", contact_name="James")
        self.assertEqual(lead.tracking_channel, "form")
        self.assertFalse(lead._has_source())
