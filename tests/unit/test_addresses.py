"""Which addresses may be asked for what a PBX has named."""

import pytest

from telephony_crm.pbx.addresses import (
    is_local,
    is_overheard,
    is_public,
    is_safe,
    may_ask,
    origin_of,
)

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


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.7.7",
        "::1",
        "fd00::1",
        "fe80::1%eth0",
        "::ffff:192.168.1.1",
    ],
)
def test_our_own_network_is_known(address):
    assert is_local(address)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "172.32.0.1",
        "192.169.0.1",
        "100.64.0.1",  # of a provider, who may have other customers there
        "198.51.100.1",
        "0.0.0.0",
        "224.0.0.1",
        "2a00:1450:4001::200e",
        "::ffff:8.8.8.8",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "pbx",
        "",
    ],
)
def test_other_networks_are_none_of_ours(address):
    assert not is_local(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://pbx.example:8089",
        "https://203.0.113.5",
        "http://127.0.0.1:8088",
        "http://localhost:8088",
        "http://[::1]:8088",
        "http://192.168.1.10:8088/asterisk",
        "http://10.0.0.1",
        "http://[fd00::1]:8088",
        "http://[fe80::1]:8088",
        "http://pbx:8088",
        "http://pbx.local:8088",
        "http://PBX.LAN.",
        "http://freepbx.office.home.arpa",
        "http://pbx.internal",
    ],
)
def test_keys_may_go_encrypted_or_within_our_own_network(url):
    assert is_safe(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://pbx.example:8088",
        "http://203.0.113.5:8088",
        "http://100.64.0.1:8088",
        "http://[2a00:1450:4001::200e]",
        "http://192.168.1.10.example",
        "http://192.168.1.10@pbx.example",
        "http://local.example",
        "http://pbxlocal.example",
        "http://3232235786",
        "http://0xc0a8010a",
        "http://",
        "https://",
        "ftp://192.168.1.10",
        "192.168.1.10:8088",
        "http://[fd00::1",
        "",
    ],
)
def test_keys_do_not_go_over_the_internet_in_the_clear(url):
    assert not is_safe(url)


@pytest.mark.parametrize(
    ("url", "overheard"),
    [
        ("http://192.168.1.10:8088", True),
        ("HTTP://pbx.local", True),
        ("http://localhost:8088", False),
        ("http://127.0.0.1:8088", False),
        ("http://[::1]:8088", False),
        ("https://pbx.example", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_what_leaves_this_machine_unencrypted_can_be_read_on_its_way(url, overheard):
    assert is_overheard(url) is overheard
