"""What the bridge says reaches Odoo so that it can be said in any language."""

import json
import re

import pytest

from telephony_crm.bridge import problems, sentences
from telephony_crm.bridge.config_sections import AsteriskConfig
from telephony_crm.bridge.errors import PbxError
from telephony_crm.bridge.sentences import SENTENCES, Said
from telephony_crm.bridge.status import Status
from telephony_crm.pbx import bridge_sentences


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_is_whole_again_from_what_it_was_made_of(code):
    names = set(re.findall(r"{(\w+)}", SENTENCES[code]))
    status = Status("1.0")
    status.problem("x", Said(code, **{name: f"<{name}>" for name in names}))
    status.problem("y", "A sentence of its own.")
    told = json.loads(json.dumps(status.told()))
    made, own = bridge_sentences.read(told)
    assert (made.code, set(made.values)) == (code, names)
    assert SENTENCES[code].format_map(made.values).startswith(made.text[:200])
    assert (own.text, own.code, own.values) == ("A sentence of its own.", "", {})


def test_what_is_wrong_with_the_pbx_has_its_code_and_holds_no_secret():
    config = AsteriskConfig(ami_user="odoo", ami_secret="Tell-Nobody")
    for code, expected in (("ami_login", "ami_login"), ("never_heard_of", "other")):
        said = problems.in_words(PbxError(code, "detail"), config)
        assert said.code == expected
        assert "Tell-Nobody" not in str(sentences.sources([said]))


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"problems": "x", "said": 1},
        {"problems": [None, {}, ""], "said": []},
        {"problems": [], "said": [["ami_gone", {}]]},
    ],
)
def test_what_makes_no_sense_is_left_out(told):
    assert bridge_sentences.read(told) == []


@pytest.mark.parametrize(
    "source",
    [None, "ami_gone", ["ami_gone"], [1, {}], ["ami_gone", []], {"ami_gone": {}}],
)
def test_a_sentence_stays_as_it_is_where_nothing_says_what_made_it(source):
    told = {"problems": ["It is off."], "said": [source]}
    assert bridge_sentences.read(told) == [bridge_sentences.Sentence("It is off.")]
    del told["said"]
    assert bridge_sentences.read(told) == [bridge_sentences.Sentence("It is off.")]


def test_what_is_filled_in_is_bounded():
    values = {"ami": "x" * 10_000, "ami_user": "a\r\nb", "detail": ["no text"]}
    values |= {f"more{number}": "x" for number in range(100)}
    told = {"problems": ["It is off."], "said": [["ami_gone", values]]}
    [found] = bridge_sentences.read(told)
    assert len(found.values) <= 10
    assert len(found.values["ami"]) <= 200
    assert "\n" not in found.values["ami_user"]
    assert "detail" not in found.values
