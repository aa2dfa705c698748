"""Names that every desk phone can show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony_crm.pbx.numbers import ascii_name


@pytest.mark.parametrize(
    "name, written",
    [
        ("Jean-Luc O'Neill", "Jean-Luc O'Neill"),
        ("Žižek & Łódź, Ærø Straße", "Zizek & Lodz, Aero Strasse"),
        ("Київ Григорій Згурський", "Kyiv Hryhorii Zghurskyi"),
        ("Ящук Юлія, м'ята", "Yashchuk Yuliia, miata"),
        ("Григорий Щербаков", "Grigoriy Shcherbakov"),
        ("ЭЙЗЕНШТЕЙН", "EYZENSHTEYN"),
        ("Ξένια Παπαδοπούλου", "Xenia Papadopoulou"),
        ("محمد", "Mhmd"),
        ("やまだ", "yamada"),
        ("김철수", "gimceolsu"),
        ("№ 5 – “Acme”…", "No 5 - 'Acme'..."),
        ("", ""),
        (None, ""),
        ("山田", ""),
        ("山田 Ltd", "Ltd"),
    ],
)
def test_name_is_written_in_ascii(name, written):
    assert ascii_name(name) == written


def test_name_cannot_break_out_of_a_header():
    assert ascii_name('A\r\nVia: x\0"<sip:b@c>\\') == "A Via: x ''sip:b@c'/"


def test_name_is_bounded():
    assert ascii_name("щ" * 100) == ("shch" * 10)
    assert ascii_name("a b" * 10_000, limit=2) == "a"


@given(st.text(max_size=80))
def test_any_name_is_printable_ascii_and_short(name):
    written = ascii_name(name)
    assert written.isascii() and written.isprintable()
    assert len(written) <= 40
    assert written == written.strip()
    assert not set(written) & set('"<>\\')
