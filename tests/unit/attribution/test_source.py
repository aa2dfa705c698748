"""Where a visit comes from, and what does not prove an advertisement."""

import pytest

from telephony_crm_tracking.attribution.source import Source, classify, same

OWN = ["shop.example.com", "Example.org."]


@pytest.mark.parametrize(
    "query, referrer, source, medium, kind",
    [
        ({"utm_source": "Google", "utm_medium": "CPC"}, "", "Google", "CPC", "paid"),
        ({"utm_source": "news", "utm_medium": "email"}, "", "news", "email", "email"),
        (
            {"utm_source": "fb", "utm_medium": "paid_social"},
            "",
            "fb",
            "paid_social",
            "paid",
        ),
        (
            {"utm_source": "leaflet", "utm_medium": "print"},
            "",
            "leaflet",
            "print",
            "other",
        ),
        ({"utm_source": "leaflet"}, "", "leaflet", "", "other"),
        ({"utm_source": "facebook"}, "l.facebook.com/", "facebook", "", "social"),
        ({"gclid": "x"}, "www.google.com/", "google", "cpc", "paid"),
        ({"gbraid": "x"}, "", "google", "cpc", "paid"),
        ({"wbraid": "x"}, "", "google", "cpc", "paid"),
        ({"gad_source": "1"}, "www.google.com/", "google", "cpc", "paid"),
        ({"dclid": "x"}, "", "google", "display", "paid"),
        ({"msclkid": "x"}, "", "bing", "cpc", "paid"),
        ({"yclid": "1"}, "", "yandex", "cpc", "paid"),
        ({"ttclid": "x"}, "", "tiktok", "cpc", "paid"),
        ({"li_fat_id": "x"}, "", "linkedin", "cpc", "paid"),
        ({"fbclid": "x"}, "l.facebook.com/", "facebook", "", "social"),
        ({"fbclid": "x"}, "", "facebook", "", "social"),
        ({"fbclid": "x", "utm_medium": "cpc"}, "", "facebook", "cpc", "paid"),
        ({"gclid": "x", "fbclid": "y"}, "", "google", "cpc", "paid"),
        ({"gclid": "x", "utm_medium": "brand"}, "", "google", "brand", "paid"),
        ({"gclid": "x", "utm_source": "adwords"}, "", "adwords", "cpc", "paid"),
        ({}, "www.google.com.ua/", "google", "organic", "organic"),
        ({}, "google.co.uk/", "google", "organic", "organic"),
        (
            {},
            "com.google.android.googlequicksearchbox/",
            "google",
            "organic",
            "organic",
        ),
        ({}, "mail.google.com/", "mail.google.com", "referral", "referral"),
        (
            {},
            "google.evil.example.com/",
            "google.evil.example.com",
            "referral",
            "referral",
        ),
        ({}, "www.bing.com/search", "bing", "organic", "organic"),
        ({}, "ya.ru/", "yandex", "organic", "organic"),
        ({}, "lm.facebook.com/", "facebook", "social", "social"),
        ({}, "t.co/abc", "twitter", "social", "social"),
        ({}, "notfacebook.com/", "notfacebook.com", "referral", "referral"),
        (
            {},
            "www.partner.example.net/x",
            "partner.example.net",
            "referral",
            "referral",
        ),
        ({}, "", "", "", "direct"),
    ],
)
def test_source_of_a_visit(query, referrer, source, medium, kind):
    found = classify(query, referrer, OWN)
    assert (found.source, found.medium, found.kind) == (source, medium, kind)
    assert found.paid == (kind == "paid")


def test_campaign_and_keyword_belong_to_the_same_click():
    query = {"gclid": "x", "utm_campaign": "Spring", "utm_term": "boiler"}
    assert classify(query) == Source("google", "cpc", "Spring", "boiler", "paid")
    query = {"utm_campaign": "Spring"}
    assert classify(query, "www.bing.com/") == Source(
        "bing", "organic", "Spring", "", "organic"
    )
    assert classify(query) == Source("", "", "Spring", "", "direct")


@pytest.mark.parametrize(
    "referrer",
    [
        "shop.example.com/a",
        "pay.shop.example.com/",
        "EXAMPLE.ORG/",
        "www.paypal.com/",
        "checkout.stripe.com/",
        "www.liqpay.ua/",
        "accounts.google.com/",
    ],
)
def test_own_pages_and_payment_pages_are_no_source(referrer):
    assert classify({}, referrer, OWN) == Source()


@pytest.mark.parametrize("value", ["{keyword}", "{{campaign.name}}", "(not set)", " "])
def test_what_an_advertising_system_left_unfilled_is_empty(value):
    query = {"utm_source": "google", "utm_medium": "cpc", "utm_term": value}
    assert classify(query).keyword == ""
    assert classify({"utm_source": value}) == Source()


def test_a_visit_of_the_database_is_classified_too():
    assert classify({"utm_source": False, "gclid": None}) == Source()


def test_names_are_the_same_by_equality_only():
    assert same(" Google", "google ")
    assert same(None, "")
    assert not same("spring_sale", "spring-sale")
    assert not same("%", "Search engine")
