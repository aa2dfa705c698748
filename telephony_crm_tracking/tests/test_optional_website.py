from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..hooks import uninstall_hook
from .common import TrackingCase


@tagged("post_install", "-at_install")
class TestOptionalAddons(TrackingCase):
    """Odoo's own web site, which needs no line that somebody puts into its pages.

    Chosen by its name for the second database of the tests, which has it.
    """

    def setUp(self):
        super().setUp()
        if "website" not in self.env:
            self.skipTest("website is not installed in this database")
        self.website = self.env["website"].create({"name": "Ours"})
        self.website.custom_code_head = "<meta name='theirs'/>"
        self.form = self.site.with_user(self.administrator)

    def test_the_line_is_put_in_and_taken_out_again(self):
        self.form.website = str(self.website.id)
        head = self.website.custom_code_head
        self.assertTrue(head.startswith("<meta name='theirs'/>"))
        self.assertEqual(head.count("<script"), 1)
        self.assertIn(self.site.token, head)
        self.form.website = False
        self.assertEqual(self.website.custom_code_head, "<meta name='theirs'/>")

    def test_the_line_follows_the_address_and_goes_with_the_site(self):
        self.form.website = str(self.website.id)
        self.form.action_renew_token()
        self.assertIn(self.site.token, self.website.custom_code_head)
        self.assertEqual(self.website.custom_code_head.count("<script"), 1)
        self.form.active = False
        self.assertNotIn("<script", self.website.custom_code_head)
        self.form.active = True
        self.assertIn(self.site.token, self.website.custom_code_head)
        self.form.unlink()
        self.assertEqual(self.website.custom_code_head, "<meta name='theirs'/>")

    def test_a_web_site_has_the_line_of_one_site(self):
        self.form.website = str(self.website.id)
        other = self.site.copy({"name": "Other"})
        with self.assertRaises(ValidationError):
            other.with_user(self.administrator).website = str(self.website.id)
        self.form.active = False
        other.with_user(self.administrator).website = str(self.website.id)
        with self.assertRaises(ValidationError):
            self.form.active = True

    def test_the_pages_ask_where_they_came_from_by_whatever_address_one_logs_in(self):
        self.form.website = str(self.website.id)
        head = self.website.custom_code_head.replace(self.site.token, "token")
        path = "/telephony/tracking/token"
        self.assertIn(f' src="{path}.js" data-telephony-url="{path}">', head)
        # as Odoo does when an administrator logs in
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("web.base.url", "http://192.0.2.5:8069")
        self.form.action_renew_token()
        after = self.website.custom_code_head
        self.assertEqual(after.replace(self.site.token, "token"), head)

    def test_the_line_goes_with_the_addon(self):
        self.form.website = str(self.website.id)
        uninstall_hook(self.env)
        self.assertEqual(self.website.custom_code_head, "<meta name='theirs'/>")
