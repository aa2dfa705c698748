"""Whether Odoo would take events, as ``--check`` asks it."""

import pytest
from odoo_server import SECRET, OdooServer

from telephony_crm.bridge import odoo_words
from telephony_crm.bridge.config_sections import OdooConfig


@pytest.fixture
def odoo():
    with OdooServer() as server:
        yield server


def problem(url, secret=SECRET, **more):
    return odoo_words.problem_of(OdooConfig(url=url, secret=secret, **more))


def test_an_odoo_that_would_take_events_is_told_none(odoo):
    odoo.ahead = 3600  # its clock is asked for first
    assert problem(odoo.webhook) == ""
    assert (odoo.events, odoo.polls, odoo.lists) == ([], [], [0])


def test_what_keeps_events_from_being_taken_is_said(odoo):
    assert "the secret is another one" in problem(odoo.webhook, "wrong")
    odoo.guard = lambda body: 403
    assert "is not the webhook of Odoo" in problem(odoo.webhook)
    odoo.guard = lambda body: 404
    assert "copy it from the PBX's page" in problem(odoo.webhook)
    odoo.guard = lambda body: 500 if body else 0
    assert "status 500" in problem(odoo.webhook)


def test_an_odoo_that_is_not_there_is_named_without_its_token(odoo):
    for url, words in (
        ("http://127.0.0.1:1/telephony/webhook/x", "does not answer at http://127"),
        ("http://no.such.invalid/telephony/webhook/x", "at http://no.such.invalid"),
        (odoo.webhook.replace("http:", "https:"), "no encryption comes about"),
    ):
        said = problem(url)
        assert words in said
        assert "webhook/" not in said


def test_a_file_of_certificates_that_is_gone_is_why_odoo_is_not_asked():
    said = problem("https://odoo.example/telephony/webhook/x", verify="/nowhere.pem")
    assert "verify" in said
