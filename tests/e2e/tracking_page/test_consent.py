"""Who does not agree is not followed; what is not known is no agreement."""

import pytest

from .shop import KEY, STATIC

PAUSE = "new Promise((resolve) => setTimeout(resolve, 400))"
COOKIES = "document.cookie = '_ga=GA1.1.1.2'; document.cookie = '_fbp=fb.1.1.2';"

# Before the page: a banner that nobody answered. Then what it does when somebody agrees
# to analytics alone (Odoo's knows no such difference).
BANNERS = {
    "google": (
        """window.dataLayer = [];
        window.gtag = function () { dataLayer.push(arguments); };
        gtag("consent", "default", { analytics_storage: "granted", region: ["US"] });
        const ads = { ad_storage: "denied", ad_user_data: "denied" };
        gtag("consent", "default", { analytics_storage: "denied", ...ads });
        """,
        "gtag('consent', 'update', { analytics_storage: 'granted' })",
    ),
    "tcf": (
        """window.__tcfapi = (command, version, listener) => {
            window.choose = (eventStatus, consents) => {
                const purpose = { consents };
                listener({ eventStatus, gdprApplies: true, purpose }, true);
            };
            choose("cmpuishown", {});
        };""",
        "choose('useractioncomplete', { 1: true, 8: true })",
    ),
    "onetrust": (
        "window.OnetrustActiveGroups = ',C0001,';",
        """var detail = ["C0001", "C0002"];
        dispatchEvent(new CustomEvent("OneTrustGroupsUpdated", { detail }))""",
    ),
    "cookiebot": (
        "window.Cookiebot = { hasResponse: false };",
        """Object.assign(Cookiebot, {
            hasResponse: true, consent: { statistics: true, marketing: false } });
        dispatchEvent(new Event("CookiebotOnAccept"))""",
    ),
    "wordpress": (
        "window.wp_has_consent = () => false;",
        """window.wp_has_consent = (kind) => kind === "statistics";
        document.dispatchEvent(new CustomEvent("wp_listen_for_consent_change"))""",
    ),
    "page": ("", "telephony.consent({ analytics: true, ads: false })"),
}


@pytest.fixture
def asking(shop):
    """The shop, where the law asks for consent."""
    shop.config["consentRequired"] = True
    shop.page("<p>020 7946 0018</p>")
    return shop


def test_every_banner_is_heard(asking, visit):
    tabs = {by: visit(before=COOKIES + before) for by, (before, _) in BANNERS.items()}
    for tab in tabs.values():
        tab.wait("!!window.telephony")
    tab.evaluate(PAUSE)
    assert asking.messages == []
    assert tab.evaluate("localStorage.length") == 0
    assert {tab.see("p") for tab in tabs.values()} == {"020 7946 0018"}

    for by, tab in tabs.items():
        tab.evaluate(f"{BANNERS[by][1]}; undefined")
        tab.see("p", "020 7946 0321")
        message = asking.visits()[-1]
        assert message["c"] == {"a": "granted", "d": "denied", "by": by}
        assert message["g"] == {"client_id": "1.2"}
    assert len(asking.visits()) == len(BANNERS)
    assert asking.messages == asking.asks()


BAR = "document.cookie = 'website_cookies_bar={}'"
ACCEPTED = "document.dispatchEvent(new Event('optionalCookiesAccepted'))"


@pytest.mark.parametrize(
    ("before", "action"),
    [
        (BAR.format('{"required":true,"optional":false}'), ACCEPTED),
        (BAR.format('{"required": true, "optional": true, "ts": 1}'), ""),
    ],
)
def test_the_cookie_bar_of_odoo_is_heard(asking, visit, before, action):
    tab = visit(before=before)
    if action:
        tab.wait("!!window.telephony")
        tab.evaluate(PAUSE)
        assert asking.messages == []
        tab.evaluate(action)
    tab.see("p", "020 7946 0321")
    (message,) = asking.visits()
    assert message["c"] == {"a": "granted", "d": "granted", "by": "odoo"}


def test_where_no_law_of_consent_applies_the_banner_says_so(asking, visit):
    free = """window.__tcfapi = (command, version, listener) =>
        listener({ eventStatus: "tcloaded", gdprApplies: false }, true);"""
    visit(before=free).see("p", "0321")
    assert asking.visits()[0]["c"] == {"a": "granted", "d": "granted", "by": "tcf"}


def test_one_refusal_outweighs_what_others_agree_to(asking, visit):
    both = """
        window.dataLayer = [["consent", "update", { analytics_storage: "granted" }]];
        window.OnetrustActiveGroups = ",C0001,";
    """
    tab = visit(before=both)
    tab.wait("!!window.telephony")
    tab.evaluate(PAUSE)
    assert asking.messages == []
    said = {"a": "denied", "d": "denied", "by": "onetrust"}
    assert tab.evaluate("telephony.consent()") == said


def test_who_refuses_is_not_followed_where_no_consent_is_asked_for(shop, visit):
    shop.page("<p>020 7946 0018</p><form><input name='telephony_visit'></form>")
    refuse = BAR.format('{"optional": false}')
    tab = visit(before=refuse + ";localStorage.telephony = 'earlier'")
    tab.wait("!!window.telephony")
    tab.evaluate(PAUSE)
    assert shop.messages == []
    assert tab.evaluate("localStorage.length") == 0
    assert tab.see("p") == "020 7946 0018"


def test_the_browsers_word_against_selling_keeps_advertisements_out(shop, visit):
    shop.page("<p>020 7946 0018</p>")
    control = """Object.defineProperty(
        navigator, "globalPrivacyControl", { value: true });"""
    tab = visit(before=COOKIES + control)
    tab.see("p", "0321")
    (message,) = shop.visits()
    assert message["c"] == {"a": "unknown", "d": "denied", "by": ""}
    assert message["g"] == {"client_id": "1.2"}


def test_who_changes_their_mind_is_forgotten(asking, visit):
    tab = visit()
    tab.wait("!!window.telephony")
    tab.evaluate("telephony.consent({ analytics: 'granted', ads: true })")
    tab.see("p", "0321")
    assert tab.evaluate("localStorage.telephony") == KEY

    tab.evaluate("telephony.consent({ analytics: false, ads: false })")
    tab.see("p", "020 7946 0018")
    (beat,) = asking.wait(lambda message: "b" in message)
    assert (beat["k"], beat["c"]["a"]) == (KEY, "denied")
    assert tab.evaluate("localStorage.length") == 0
    assert tab.evaluate("telephony.visit()") == ""

    tab.evaluate("telephony.consent({ analytics: true, ads: true })")
    tab.see("p", "0321")
    assert [visit["k"] for visit in asking.visits()] == ["", ""]
    assert asking.visits()[-1]["n"] == [STATIC]


# Something of that name, which is no banner or a broken one.
ODD = (
    "window.dataLayer = { page: {} }",
    "window.__tcfapi = () => { throw new Error('not yet'); }",
    "window.OnetrustActiveGroups = 7",
    "window.Cookiebot = { hasResponse: true }",
    "window.wp_has_consent = () => { throw new Error('not yet'); }",
)


def test_who_refuses_before_the_answer_comes_is_forgotten(shop, visit):
    shop.page("<p>020 7946 0018</p>")
    tab = visit(
        before="""const ask = fetch;
        const later = (one) => new Promise((done) => window.goOn = () => done(one));
        window.fetch = (...given) =>
            ask(...given).then((answer) => window.goOn ? answer : later(answer));
        """
    )
    tab.wait("!!window.goOn")
    tab.evaluate("telephony.refresh()")  # which asks anew, once there is an answer
    tab.evaluate(PAUSE)
    tab.evaluate("telephony.consent({ analytics: false, ads: false }), goOn(), 1")
    [told] = shop.wait(lambda message: "b" in message)
    assert told["k"] == KEY
    assert told["c"]["a"] == "denied"
    tab.evaluate(PAUSE)
    assert tab.see("p") == "020 7946 0018"
    assert tab.evaluate("[localStorage.length, telephony.visit()]") == [0, ""]
    assert len(shop.messages) == 2


def test_an_odd_page_silences_no_banner(asking, visit):
    yes = BAR.format('{"required": true, "optional": true}')
    for tab in [visit(before=f"{odd}; {yes}") for odd in ODD]:
        tab.see("p", "0321")
    assert {message["c"]["by"] for message in asking.visits()} == {"odoo"}


def test_who_refuses_is_forgotten_by_the_forms_as_well(shop, visit):
    shop.page("<p>020 7946 0018</p><form><input name='telephony_visit'></form>")
    tab = visit()
    tab.see("p", "0321")
    value = "document.querySelector('input').value"
    assert tab.evaluate(value) == KEY
    tab.evaluate("telephony.consent({ analytics: false, ads: false })")
    tab.see("p", "020 7946 0018")
    assert tab.evaluate(value) == ""


GOOGLE = """
    window.dataLayer = [];
    window.gtag = function () { dataLayer.push(arguments); };
    gtag("consent", "default", { analytics_storage: "denied", ad_storage: "denied" });
"""
YES = """gtag("consent", "update",
    { analytics_storage: "granted", ad_storage: "granted" });"""


@pytest.mark.parametrize("is_late", [False, True])
def test_who_agreed_on_an_earlier_page_stays_known(asking, visitor, is_late):
    """Each page says "denied" first, and what was agreed to at once or later."""
    asking.pages["/next"] = asking.pages["/"]
    late = f"addEventListener('load', () => setTimeout(() => {{ {YES} }}, 300));"
    tab = visitor.open("/", GOOGLE + (late if is_late else YES))
    tab.see("p", "0321")
    tab.evaluate("location.href = '/next', undefined")
    tab.wait("location.pathname === '/next'")
    tab.see("p", "0321")
    assert [visit.get("p") for visit in asking.visits()] == [None, KEY]
    assert len(asking.visits()) == 2

    tab.evaluate("gtag('consent', 'update', { analytics_storage: 'denied' })")
    tab.see("p", "020 7946 0018")
    assert tab.evaluate("localStorage.length") == 0


def test_a_change_for_advertisements_alone_is_told(asking, visit):
    tab = visit(before=COOKIES)
    tab.wait("!!window.telephony")
    tab.evaluate("telephony.consent({ analytics: true, ads: false })")
    tab.see("p", "0321")
    tab.evaluate("telephony.consent({ analytics: true, ads: true })")
    (beat,) = asking.wait(lambda message: "b" in message)
    assert beat["c"]["d"] == "granted"
    assert beat["g"]["fbp"] == "fb.1.1.2"
