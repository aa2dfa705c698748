"""What arrives at the same moment, with two workers to take it."""

import base64
from concurrent.futures import ThreadPoolExecutor

from .pbx import caller


def test_the_same_event_twenty_times_at_once_is_one_event(pbx, query):
    fields = pbx.fields("NOTIFY_START", "in_twenty", caller())
    answers = pbx.post_at_once([fields] * 20)
    assert {answer.status_code for answer in answers} == {200}
    assert query(
        "SELECT count(*), min(state) FROM telephony_pbx_event "
        "WHERE call_ref = 'in_twenty'"
    ) == [(1, "done")]
    assert query(
        "SELECT count(*), max(version) FROM telephony_call WHERE call_ref = 'in_twenty'"
    ) == [(1, 1)]


def test_all_events_of_an_unknown_caller_at_once_are_one_call(pbx, query):
    number = caller()
    start = pbx.fields("NOTIFY_START", "in_flood", number)
    told = [
        start,
        {**start, "event": "NOTIFY_INTERNAL", "internal": "100"},
        {**start, "event": "NOTIFY_INTERNAL", "internal": "101"},
        {
            **pbx.fields("NOTIFY_ANSWER", "in_flood", number, internal="101"),
            "call_start": start["call_start"],
        },
        {
            **start,
            "event": "NOTIFY_END",
            "internal": "101",
            "duration": "0",
            "disposition": "answered",
        },
    ]
    answers = pbx.post_at_once(told * 3)
    assert {answer.status_code for answer in answers} == {200}
    assert query(
        "SELECT count(*), min(state), max(state) FROM telephony_pbx_event "
        "WHERE call_ref = 'in_flood'"
    ) == [(5, "done", "done")]
    assert query(
        "SELECT count(*), min(state), min(disposition) FROM telephony_call "
        "WHERE call_ref = 'in_flood'"
    ) == [(1, "ended", "answered")]
    assert query(
        "SELECT count(*) FROM telephony_call_leg leg JOIN telephony_call call "
        "ON call.id = leg.call_id WHERE call_ref = 'in_flood' AND leg.kind = 'agent'"
    ) == [(2,)]


def test_many_calls_at_once_are_as_many_calls(pbx, query):
    answers = pbx.post_at_once(
        [pbx.fields("NOTIFY_START", f"in_many_{each}", caller()) for each in range(40)]
    )
    assert {answer.status_code for answer in answers} == {200}
    assert query(
        "SELECT count(*) FROM telephony_call WHERE call_ref LIKE 'in\\_many\\_%%'"
    ) == [(40,)]


def test_a_dialling_limit_holds_for_requests_at_once(rpc, query, stack):
    query(
        "UPDATE telephony_pbx SET dial_user_minute = 3, api_url = 'http://127.0.0.1:9'"
    )
    rpc("maya", "telephony.dial", "get_dialer")
    with ThreadPoolExecutor(10) as pool:
        list(
            pool.map(
                lambda _each: rpc("maya", "telephony.dial", "dial", "+442079460999"),
                range(10),
            )
        )
    counts = dict(
        query(
            "SELECT state, count(*) FROM telephony_dial WHERE e164 = '+442079460999'"
            " GROUP BY state"
        )
    )
    assert counts == {"failed": 3, "refused": 7}


def test_two_who_press_lead_at_once_make_one_lead(pbx, rpc, query):
    """Both were rung; who comes second gets the lead of the first."""
    start = pbx.fields("NOTIFY_START", "in_lead", caller())
    pbx.post(start)
    for extension in ("100", "101"):
        pbx.post({**start, "event": "NOTIFY_INTERNAL", "internal": extension})
    [(call_id,)] = query("SELECT id FROM telephony_call WHERE call_ref = 'in_lead'")
    agents = ("maya", "bruno")
    for agent in agents:  # logged in, so that they press at the same moment
        assert rpc(agent, "telephony.call", "get_card", call_id)

    def press(agent):
        rpc(agent, "telephony.call", "card_create", call_id, "lead", {"name": "Ann"})

    with ThreadPoolExecutor(len(agents)) as pool:
        list(pool.map(press, agents))
    assert query(
        "SELECT count(*), min(call.lead_id) = min(lead.id) FROM crm_lead lead, "
        "telephony_call call WHERE contact_name = 'Ann' AND call.id = %s",
        call_id,
    ) == [(1, True)]
    pbx.post({**start, "event": "NOTIFY_END", "duration": "0", "disposition": "cancel"})


def test_of_two_who_accept_a_call_back_at_once_one_calls(rpc, query):
    """Each presses several times; who is first has it, and the PBX is asked once."""
    number = "+442079460777"
    calendar = {"name": "At any hour", "flexible_hours": True}
    [calendar_id] = rpc("admin", "resource.calendar", "create", [calendar])
    [(pbx_id, company_id)] = query("SELECT id, company_id FROM telephony_pbx")
    offers = {"offer_calls": True, "offer_calendar_id": calendar_id}
    rpc("admin", "telephony.pbx", "write", [pbx_id], offers)
    query(
        "UPDATE telephony_pbx SET dial_user_minute = 9, api_url = 'http://127.0.0.1:9'"
    )
    agents = ("maya", "bruno")
    for agent in agents:
        assert rpc(agent, "telephony.callback", "get_offers") == []
    query(
        "INSERT INTO mail_presence (user_id, status) "
        "SELECT id, 'online' FROM res_users WHERE login = ANY(%s) "
        "ON CONFLICT (user_id) WHERE user_id IS NOT NULL "
        "DO UPDATE SET status = 'online'",
        list(agents),
    )
    lead = {"name": "Wants a call", "phone": number, "company_id": company_id}
    [lead_id] = rpc("admin", "crm.lead", "create", [{**lead, "team_id": False}])
    rpc("admin", "crm.lead", "action_telephony_offer", [lead_id])
    [offer] = rpc("maya", "telephony.callback", "get_offers")
    [same] = rpc("bruno", "telephony.callback", "get_offers")
    assert same | {"now": ""} == offer | {"now": ""}

    def accept(agent):
        return rpc(agent, "telephony.callback", "accept_offer", offer["id"])["status"]

    with ThreadPoolExecutor(6) as pool:
        said = sorted(pool.map(accept, agents * 3))
    assert said == ["failed"] + ["taken"] * 5
    assert query("SELECT count(*) FROM telephony_dial WHERE e164 = %s", number) == [
        (1,)
    ]
    assert query("SELECT tries, offer FROM telephony_callback WHERE e164 = %s", number)[
        0
    ] == (1, "waiting")


def test_two_imports_of_one_feed_at_once_leave_the_costs_of_one(rpc, query):
    """Else a report that two people import would count twice."""
    imports = "telephony.tracking.cost.import"
    wizards = []
    for place in range(4):
        lines = [f"2026-03-{day:02},{place + 1}" for day in range(1, 29)]
        table = "\n".join(["Day,Cost", *lines]).encode()
        vals = {"feed": "At Once", "file": base64.b64encode(table).decode()}
        [wizard] = rpc("admin", imports, "create", [vals])
        rpc("admin", imports, "action_preview", [wizard])
        wizards.append(wizard)
    with ThreadPoolExecutor(len(wizards)) as pool:
        list(
            pool.map(lambda one: rpc("admin", imports, "action_import", [one]), wizards)
        )
    assert query(
        "SELECT count(*), count(DISTINCT amount) FROM telephony_tracking_cost "
        "WHERE feed = 'At Once'"
    ) == [(28, 1)]
