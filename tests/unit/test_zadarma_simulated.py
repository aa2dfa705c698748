"""The adapter's requests, sent to the simulator, which shares no code with it."""

from datetime import datetime, timedelta, timezone

import pytest
import requests
from simulator_client import KEY, SECRET
from simulator_odoo import StandIn
from test_simulator_adapter import ACCOUNT, MACHINES, SPELLINGS, TZ

from setup.simulator import SCENARIOS, Simulator
from telephony_crm.pbx import adapter as pbx_adapter
from telephony_crm.pbx.call_state import fold

SCENES = [name for name in SCENARIOS if name not in MACHINES]
zadarma = pbx_adapter.get("zadarma")


@pytest.fixture
def pbx():
    with StandIn() as odoo, Simulator(speed=0, tz=TZ, webhook_url=odoo.url) as found:
        found.limit.statistics = found.limit.all = 1000
        found.odoo = odoo
        yield found


def keys(pbx):
    return pbx_adapter.Credentials(api_url=pbx.url, api_key=KEY, api_secret=SECRET)


def ask(request):
    """Send a request as Odoo sends it; the answer as the adapter reads it."""
    answer = requests.request(
        request.method,
        request.url,
        params=request.params,
        data=request.data,
        headers=request.headers,
        timeout=10,
    )
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return zadarma.answer(
        pbx_adapter.HttpResponse(answer.status_code, headers, answer.content)
    )


def play(pbx, scene):
    refs = pbx.play(scene)
    return [pbx.calls[ref] for ref in ([refs] if isinstance(refs, str) else refs)]


def statistics_of(pbx, call):
    """The rows of a call as events, asked for and read the day after."""
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    hour = timedelta(hours=1)
    answer = ask(zadarma.statistics(keys(pbx), ACCOUNT, now - hour, now + hour))
    return [
        event
        for row in zadarma.statistics_rows(answer)
        if row.call_ref == call.ref
        for event in zadarma.events(row.payload, ACCOUNT, now + timedelta(days=1))
    ]


def notifications_of(call):
    """The call's webhooks as events, read as they were sent."""
    return [
        event
        for delivery in call.deliveries
        for event in zadarma.events(
            delivery["fields"],
            ACCOUNT,
            datetime.fromisoformat(delivery["at"]).replace(tzinfo=None),
        )
    ]


def check(call, state):
    """What both tell of a call is what truly happened."""
    assert state.state.value == "ended"
    assert state.direction.value == call.direction
    assert state.disposition.value == call.disposition
    assert state.talk_seconds == call.talk_seconds
    assert state.hidden == call.hidden
    assert state.number.lstrip("+") == call.number.lstrip("+")
    assert state.confirmed


# -- statistics ------------------------------------------------------------------------


@pytest.mark.parametrize("legs", [1, 2])
@pytest.mark.parametrize("spelling", ["spec", "seen"])
def test_calls_that_only_statistics_know_are_what_they_were(pbx, spelling, legs):
    pbx.spelling.statistics = spelling
    pbx.settings.callback_legs = legs
    for scene in SCENES:
        for call in play(pbx, scene):
            check(call, fold(statistics_of(pbx, call)))


@pytest.mark.parametrize("sip", ["extension", "did"])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_statistics_and_notifications_make_one_call(pbx, spelling, sip):
    for name, value in SPELLINGS[spelling].items():
        setattr(pbx.spelling, name, value)
    pbx.spelling.sip = sip
    for scene in SCENES:
        for call in play(pbx, scene):
            told, rows = notifications_of(call), statistics_of(pbx, call)
            check(call, fold(told + rows))
            check(call, fold(told[:-1] + rows))
            whole, before = fold(told + rows), fold(told)
            assert whole.start_date == call.start.replace(tzinfo=None)
            assert {leg.ref for leg in whole.legs} == {leg.ref for leg in before.legs}


def test_pages_follow_each_other(pbx):
    pbx.remember(days=2, calls=40)
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    start = now - timedelta(days=4)

    def rows(skip):
        request = zadarma.statistics(keys(pbx), ACCOUNT, start, now, skip)
        return [row.key for row in zadarma.statistics_rows(ask(request))]

    everything = rows(0)
    assert len(everything) >= 40
    assert len(set(everything)) == len(everything)
    assert rows(10) == everything[10:]


# -- recordings ------------------------------------------------------------------------


def test_recordings_are_found_by_leg_and_by_call(pbx):
    (call,) = play(pbx, "transfer")
    refs = fold(notifications_of(call)).recordings
    assert len(refs) == 2
    for ref in refs:
        answer = ask(zadarma.recording_link(keys(pbx), ref, call.ref))
        [(found, sound)] = zadarma.recording_sounds(keys(pbx), ref, call.ref, answer)
        assert found == ref
        assert requests.get(sound.url, timeout=10).content[:4] == b"RIFF"
    answer = ask(zadarma.recording_link(keys(pbx), "", call.ref))
    sounds = zadarma.recording_sounds(keys(pbx), "", call.ref, answer)
    assert sorted(ref for ref, _sound in sounds) == sorted(refs)


def test_recording_that_is_not_there_is_a_refusal(pbx):
    (call,) = play(pbx, "missed")
    with pytest.raises(pbx_adapter.Refused):
        ask(zadarma.recording_link(keys(pbx), "", call.ref))


# -- set-up and messages ---------------------------------------------------------------


def test_account_is_read(pbx):
    assert zadarma.read_zone(ask(zadarma.zone(keys(pbx)))).startswith("UTC+")
    numbers = zadarma.read_extensions(ask(zadarma.extensions(keys(pbx))))
    assert numbers == [one.number for one in pbx.settings.extensions]
    first = pbx.settings.extensions[0]
    answer = ask(zadarma.extension(keys(pbx), first.number))
    found = zadarma.read_extension(first.number, answer)
    assert (found.number, found.name) == (first.number, first.name)
    dids = zadarma.read_dids(ask(zadarma.dids(keys(pbx))))
    assert [did.number for did in dids] == [
        did.number.lstrip("+") for did in pbx.settings.dids
    ]
    assert all(did.active for did in dids)


def test_all_is_posted_after_subscribing(pbx):
    url = pbx.odoo.url

    def missing():
        asked = zadarma.subscriptions(keys(pbx))
        return zadarma.read_subscriptions([ask(request) for request in asked], url)

    assert missing()
    for request in zadarma.subscribe(keys(pbx), url):
        ask(request)
    assert missing() == []


def test_message_is_taken(pbx):
    number = "+442037691880"
    answer = ask(zadarma.send_sms(keys(pbx), number, "Привіт & ~*'\n(ok)"))
    assert zadarma.read_sms(number, answer) == ""
