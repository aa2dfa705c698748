from odoo.tests import HttpCase, no_retry, tagged

# The module, since pytest would run the test cases it finds among imported names.
from odoo.addons.web.tests import test_js as web


class HootCase(HttpCase):
    def run_suite(self, preset):
        """Run this addon's own suite of `web.assets_unit_tests` in the browser."""
        suite = web.HOOTCommon._generate_hash(self, "@telephony_crm")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset={preset}&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=600,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=web.unit_test_error_checker,
        )


@tagged("post_install", "-at_install")
class TestHootDesktop(HootCase):
    @no_retry
    def test_desktop_suite_passes(self):
        self.run_suite("desktop")


@tagged("post_install", "-at_install")
class TestHootMobile(HootCase):
    browser_size = "375x667"
    touch_enabled = True

    @no_retry
    def test_mobile_suite_passes(self):
        self.run_suite("mobile")
