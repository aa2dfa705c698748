import json
import re
import shutil
import subprocess

from odoo.tests import tagged

from .common import STATIC, TrackingHttpCase


@tagged("post_install", "-at_install")
class TestScript(TrackingHttpCase):
    """The script that pages load."""

    def _get(self, token=None, name=".js", **headers):
        self.env.flush_all()
        return self.url_open(
            f"/telephony/tracking/{token or self.site.token}{name}", headers=headers
        )

    def _config(self):
        found = re.match(r"\(\(\)=>\{try\{const config=(.*);\n", self._get().text)
        return json.loads(found[1])

    def test_the_script_is_kept_for_five_minutes_and_sets_no_cookie(self):
        response = self._get()
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Cache-Control"], "public, max-age=300")
        self.assertEqual(response.headers["Access-Control-Allow-Origin"], "*")
        self.assertIn("text/javascript", response.headers["Content-Type"])
        self.assertNotIn("Set-Cookie", response.headers)
        again = self._get(**{"If-None-Match": response.headers["ETag"]})
        self.assertEqual((again.status_code, again.text), (304, ""))
        self.assertNotIn("Set-Cookie", again.headers)

    def test_the_script_knows_the_numbers_on_the_pages_and_none_of_the_pool(self):
        config = self._config()
        self.assertEqual(
            config["numbers"], [{"e164": STATIC, "cc": "44", "trunk": "0"}]
        )
        self.assertTrue(config["url"].endswith(f"/tracking/{self.site.token}"))
        self.assertFalse(config["consentRequired"])
        text = self._get().text
        for did in self.pooled:
            self.assertNotIn(did.e164, text)

    def test_a_number_of_no_known_range_is_spelled_as_others_of_its_country(self):
        self.did.number = "+441999999999"
        self.assertEqual(
            self._config()["numbers"],
            [{"e164": "+441999999999", "cc": "44", "trunk": "0"}],
        )

    def test_a_change_of_the_site_is_another_script(self):
        etag = self._get().headers["ETag"]
        self.site.domains = "shop.example\nshop.test"
        response = self._get(**{"If-None-Match": etag})
        self.assertEqual(response.status_code, 200)
        self.assertEqual(self._config()["domains"], ["shop.example", "shop.test"])

    def test_the_line_and_the_script_follow_odoo_to_another_address(self):
        self.assertNotIn("new.example.com", self.site.snippet)
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("web.base.url", "https://new.example.com")
        self.site.invalidate_recordset(["snippet"])
        begin = "https://new.example.com/telephony/tracking/"
        self.assertIn(f'src="{begin}', self.site.snippet)
        self.assertTrue(self._config()["url"].startswith(begin))

    def test_a_wrong_token_has_no_script(self):
        self.assertEqual(self._get("wrong").status_code, 404)
        self.assertEqual(self._get("wrong", "/callback.js").status_code, 404)
        token = self.site.token
        self.site.action_renew_token()
        self.assertEqual(self._get(token).status_code, 404)
        self.assertEqual(self._get().status_code, 200)

    def test_what_is_served_can_be_read_by_an_engine(self):
        node = shutil.which("node")
        if not node:
            self.skipTest("no node here")
        done = subprocess.run(
            [node, "--check", "-"],
            input=self._get().text,
            text=True,
            capture_output=True,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
