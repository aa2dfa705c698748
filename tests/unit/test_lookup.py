"""What a PBX is answered that asks who calls."""

import json
from urllib.parse import parse_qs, unquote

import pytest

from telephony_crm.pbx import lookup


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Олена Шевченко", "Олена Шевченко"),
        ("Smith & Sons, Ltd. (Leeds)", "Smith & Sons, Ltd. (Leeds)"),
        ("Jean d'Arc", "Jean d'Arc"),
        ("One\nTwo\r\n\tThree\0", "One Two Three"),
        ("بيت", "بيت"),
        ("\u202eright to left\u2066", "right to left"),
        ('"Bob" <sip:x@y>', "Bob sip x@y"),
        ("${SHELL(reboot)} $[1+1]", "SHELL(reboot) 1+1"),
        ("x):System(reboot", "x) System(reboot"),
        ("a`id`|b;c\\d", "a id b c d"),
        ("", ""),
        (None, ""),
        ("x" * 5000, "x" * lookup.MAX_NAME),
    ],
)
def test_a_name_is_one_line_that_no_dialplan_acts_on(name, shown):
    assert lookup.name_line(name) == shown


@pytest.mark.parametrize("name", ["Олена Шевченко", "Ægir «Þór»", "東京", "Zoë €"])
def test_a_name_in_latin_letters_is_ascii(name):
    assert lookup.name_line(name, latin=True).isascii()
    assert lookup.name_line("Олена", latin=True) == "Olena"


def test_a_decomposed_name_is_composed():
    assert lookup.name_line("Zoe\u0308") == "Zoë"


@pytest.mark.parametrize("name", ["A&B=C+D 100%", "Олена Шевченко", "", "a,b"])
def test_the_form_is_read_back_and_blanks_are_no_plus_signs(name):
    text = lookup.as_form(lookup.Answer(name, "100", "redirect"))
    assert "+" not in text and " " not in text
    found = {
        key: value[0] for key, value in parse_qs(text, keep_blank_values=True).items()
    }
    assert found == {"name": name, "extension": "100", "action": "redirect"}
    assert unquote(text.split("&")[0]) == f"name={name}"


def test_json_has_the_same_fields():
    answer = lookup.Answer("Олена", "100", "reject")
    assert json.loads(lookup.as_json(answer)) == {
        "name": "Олена",
        "extension": "100",
        "action": "reject",
    }
