from odoo.tests import HttpCase, no_retry, tagged

# The module, since pytest would run the test cases it finds among imported names.
from odoo.addons.web.tests import test_js as web


@tagged("post_install", "-at_install")
class TestTrackingHoot(HttpCase):
    @no_retry
    def test_desktop_suite_passes(self):
        suite = web.HOOTCommon._generate_hash(self, "@telephony_crm_tracking")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=web.unit_test_error_checker,
        )
