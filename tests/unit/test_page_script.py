"""The script of web pages as it is served: small, and no word becomes code."""

import gzip
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from rjsmin import jsmin

from telephony_crm_tracking.tools import page_script
from telephony_crm_tracking.tools.shorten import shorten

# Of a site with the widget, five numbers and three domains.
SITE = Path(__file__).parents[1] / "benchmarks" / "data" / "site.json"
CONFIG = json.loads(SITE.read_text())
WIDGET = {"hours": [], "words": dict.fromkeys(page_script.WORDS, "words")}


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


# Most names stand for something else as well: a property, a text, another variable.
LONG = r"""
const first = [];
let second = "first";
let third = /first[/"]second/;
function tell(first, ...second) {
    first.second = second;
    return `${first.second.map((third) => `${third}}`).join("first")}{second`;
}
const fourth = ({ first: third, second }) => {
    const fifth = { first: third, second, third() { return second; } };
    return fifth.third() ? fifth : second;
};
for (const { length } of ["ab"]) {
    first.push(length, third.source,);
}
first.push(tell({}, ...second), fourth({ first: 1, second: 2 }).first);
if (first.length) {
    const sixth = (third, first) => first - third;
    first.push(sixth(1, 3), isNaN(second) ? second : first);
}
console.log(first.pop(), JSON.stringify(first));
"""


def test_shorter_names_mean_the_same():
    if not shutil.which("node"):
        pytest.skip("node is missing: nothing runs the script")
    short = shorten(jsmin(LONG))
    for name in ("tell", "fourth", "fifth", "sixth"):
        assert name not in short
    said, said_shortly = (
        subprocess.run(["node", "-e", text], capture_output=True, check=True).stdout
        for text in (LONG, short)
    )
    assert said == said_shortly != b""


def test_what_pages_know_keeps_its_name():
    served = page_script.core(CONFIG)
    for name in ("consent(", "visit:", "refresh}", "dataLayer", "isIntersecting"):
        assert name in served


def test_a_word_of_the_config_is_no_code():
    words = {"title": '</script>"};alert(1)//\u2028'}
    served = page_script.callback(WIDGET | {"words": words})
    line = served.partition("\n")[0]
    assert r'"title":"\u003c/script>\"};alert(1)//\u2028"' in line
