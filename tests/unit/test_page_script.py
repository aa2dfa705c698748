"""The script of web pages as it is served: small, and no word becomes code."""

import gzip
import shutil
import subprocess

import pytest

from telephony_crm_tracking.tools import page_script

CONFIG = {
    "url": f"https://odoo.example.com/telephony/tracking/{'k' * 32}",
    "numbers": [{"e164": "+442079460018", "cc": "44", "trunk": "0"}],
    "consentRequired": True,
    "domains": ["shop.example", "www.shop.example"],
    "callback": None,
    "callbackButton": False,
}
WIDGET = {"url": "", "hours": [], "words": dict.fromkeys(page_script.WORDS, "words")}


def test_the_core_is_under_five_kilobytes():
    served = gzip.compress(page_script.core(CONFIG).encode(), mtime=0)
    assert len(served) < 5000


@pytest.mark.parametrize(
    ("make", "suffix"),
    [
        (lambda: page_script.core(CONFIG), "js"),
        (lambda: page_script.callback(WIDGET), "mjs"),
    ],
)
def test_the_parts_join_to_one_script(make, suffix, tmp_path):
    if not shutil.which("node"):
        pytest.skip("node is missing: nothing reads the script")
    file = tmp_path / f"script.{suffix}"
    file.write_text(make())
    subprocess.run(["node", "--check", file], check=True)
    assert "import{" not in file.read_text()


def test_a_word_of_the_config_is_no_code():
    words = {"title": '</script>"};alert(1)//\u2028'}
    served = page_script.callback(WIDGET | {"words": words})
    line = served.partition("\n")[0]
    assert r'"title":"\u003c/script>\"};alert(1)//\u2028"' in line
