"""Adapters are found by being there; one that is broken harms no other."""

import sys

import pytest

from telephony_crm.pbx import adapter as pbx_adapter
from telephony_crm.pbx.adapter import Adapter, Registry, UnknownAdapter

FILES = {
    "good.py": (
        "from telephony_crm.pbx.adapter import Adapter\n"
        "class Good(Adapter):\n    code = 'good'\n    label = 'A good one'\n"
        "ADAPTER = Good()\n"
    ),
    "broken.py": "import a_module_that_is_not_installed\n",
    "empty.py": "",
    "unnamed.py": (
        "from telephony_crm.pbx.adapter import Adapter\nADAPTER = Adapter()\n"
    ),
}


@pytest.fixture
def registry(tmp_path, monkeypatch):
    package = tmp_path / "some_adapters"
    package.mkdir()
    for name, text in {"__init__.py": "", **FILES}.items():
        (package / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    yield Registry("some_adapters")
    for name in [name for name in sys.modules if name.startswith("some_adapters")]:
        del sys.modules[name]


def test_all_that_work_are_found(registry):
    assert [adapter.code for adapter in registry.all()] == ["good"]
    assert registry.get("good").label == "A good one"


def test_broken_ones_say_why(registry):
    assert set(registry.problems()) == {"broken", "empty", "unnamed"}
    with pytest.raises(UnknownAdapter) as error:
        registry.get("broken")
    assert "cannot be loaded" in error.value.message
    assert "a_module_that_is_not_installed" in error.value.message


@pytest.mark.parametrize("code", ["", "nothing", None, "x" * 500, "a\nb"])
def test_unknown_adapter_is_one_plain_sentence(registry, code):
    with pytest.raises(UnknownAdapter) as error:
        registry.get(code)
    assert error.value.message.startswith("No adapter is installed")
    assert len(error.value.message) < 100
    assert "\n" not in error.value.message


def test_other_addons_register_theirs(registry):
    class Other(Adapter):
        code = "other"
        label = "Another"

    other = registry.register(Other())
    assert registry.get("other") is other
    assert [adapter.code for adapter in registry.all()] == ["good", "other"]


@pytest.mark.parametrize(
    "code, label", [("", "x"), ("x", ""), ("X y", "x"), (None, "x")]
)
def test_adapter_without_a_name_is_not_taken(registry, code, label):
    nameless = Adapter()
    nameless.code, nameless.label = code, label
    with pytest.raises(ValueError):
        registry.register(nameless)


def test_adapter_that_verifies_nothing_fails_closed():
    with pytest.raises(pbx_adapter.SignatureError):
        Adapter().verify(pbx_adapter.Request(), pbx_adapter.Credentials())


def test_ours_all_work():
    assert pbx_adapter.problems() == {}
    assert "zadarma" in [adapter.code for adapter in pbx_adapter.all()]


def test_printing_shows_no_secret():
    credentials = pbx_adapter.Credentials(
        api_url="https://pbx.example",
        api_key="the key",
        api_secret="the secret",
        settings={"password": "the password"},
    )
    request = pbx_adapter.get("zadarma").originate(credentials, "100", "+33478323232")
    for shown in (repr(credentials), str(credentials), repr(request), f"{request}"):
        assert "the " not in shown
        assert "478323232" not in shown
        assert "Authorization" not in shown
