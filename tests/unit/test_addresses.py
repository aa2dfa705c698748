"""Which addresses may be asked for what a PBX has named."""

import pytest

from telephony_crm.pbx.addresses import is_public, may_ask, origin_of

OWN = "http://192.168.1.5:8088/"


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "185.45.152.41", "2a00:1450:4001::200e", "64:ff9b::808:808"]
)
def test_the_internet_may_be_asked(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",  # where clouds tell their machines secrets
        "100.64.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::10.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "2001:0:a00:1::1",
        "fd00::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "somewhere",
        "",
    ],
)
def test_nothing_of_our_own_network_may_be_asked(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Api.Zadarma.com/v1/x?y=1", "https://api.zadarma.com/"),
        ("https://api.zadarma.com:443/", "https://api.zadarma.com/"),
        ("http://192.168.1.5:8088", OWN),
        ("http://user:word@192.168.1.5:8088/x", OWN),
        ("http://[::1]:8069/x", "http://[::1]:8069/"),
        ("ftp://example.com/", ""),
        ("file:///etc/passwd", ""),
        ("https://", ""),
        ("https://[::1/", ""),
        ("https://example.com:99999/", ""),
        ("", ""),
    ],
)
def test_an_origin_is_scheme_host_and_port(url, origin):
    assert origin_of(url) == origin


def test_only_the_pbx_itself_may_be_asked_without_encryption():
    assert may_ask("http://192.168.1.5:8088/recordings/1.wav", OWN)
    assert may_ask("https://files.example.com/1.wav", OWN)
    for url in (
        "http://192.168.1.5/1.wav",
        "http://192.168.1.5:8088.example.com/1.wav",
        "http://192.168.1.5:8088@example.com/1.wav",
        "http://files.example.com/1.wav",
        "file:///etc/passwd",
        "gopher://example.com/",
        "//example.com/1.wav",
        "",
    ):
        assert not may_ask(url, OWN), url
    assert not may_ask("", "")
