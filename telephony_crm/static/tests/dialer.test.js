import {
    advanceTime,
    animationFrame,
    describe,
    expect,
    mockDate,
    queryAllTexts,
    test,
} from "@odoo/hoot";
import { WebClient } from "@web/webclient/webclient";
import {
    asyncStep,
    contains,
    mockService,
    mountWithCleanup,
    onRpc,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import {
    defineTelephonyModels,
    makeCard,
    makeDialer,
    send,
    server,
    startTelephony,
} from "./telephony_test_helpers";

describe.current.tags("desktop");
defineTelephonyModels();

const RECENT = {
    id: 1,
    number: "+380444941710",
    formatted: "+380 44 494 1710",
    name: "Olena Shevchenko",
    direction: "inbound",
    disposition: "missed",
    date: "2026-01-15 09:30:00",
    talk_seconds: 0,
    res_model: "res.partner",
    res_id: 7,
};

/** The web client, with the dialler open. */
async function openDialer(data = {}, options = {}) {
    mockDate("2026-01-15 10:00:00", 0);
    onRpc("telephony.dial", "get_dialer", () => makeDialer(data));
    await startTelephony({ component: WebClient, options });
    await contains(".o_telephony_systray").click();
}

test("the icon is there for users with the telephony role only", async () => {
    await mountWithCleanup(WebClient);
    expect(".o_menu_systray").toHaveCount(1);
    expect(".o_telephony_systray").toHaveCount(0);
});

test("the icon says how the PBX is, and how many calls were missed", async () => {
    onRpc("telephony.dial", "get_dialer", () =>
        makeDialer({ missed: 3, pbx: { state: "warning", message: "Office has a problem." } })
    );
    await startTelephony({ component: WebClient });
    expect(".o_telephony_state").toHaveClass("o_telephony_warning");
    expect(".o_telephony_systray").toHaveAttribute("title", "Office has a problem.");
    expect(".o_telephony_missed").toHaveText("3");
    await contains(".o_telephony_systray").click();
    expect(".o_telephony_dialer_message").toHaveText("Office has a problem.");
});

test("the badge is asked for anew when a call has ended", async () => {
    let missed = 0;
    onRpc("telephony.dial", "get_dialer", () => makeDialer({ missed: missed++ }));
    await startTelephony({ component: WebClient });
    expect(".o_telephony_missed").toHaveCount(0);
    await send({ id: 9, version: 2, state: "ended", number: "" });
    await advanceTime(2500);
    await animationFrame();
    expect(".o_telephony_missed").toHaveText("1");
});

test("a number that is not saved is dialled by Enter", async () => {
    onRpc("telephony.dial", "dial", ({ args }) => asyncStep(args.join()));
    await openDialer();
    expect(".o_telephony_dialer input").toBeFocused();
    await contains(".o_telephony_dialer input").edit("044 494-17-10", { confirm: "enter" });
    await waitForSteps(["044 494-17-10,false,false"]);
    await animationFrame();
    expect(".o_telephony_dialer").toHaveCount(0);
});

test("a name is searched for, one click calls", async () => {
    onRpc("telephony.dial", "find", ({ args }) => asyncStep(`find ${args[0]}`));
    onRpc("telephony.dial", "dial", ({ args }) => asyncStep(args.join()));
    server.found = [];
    await openDialer();
    server.found = [
        {
            name: "Olena Shevchenko",
            number: "+380444941710",
            formatted: "+380 44 494 1710",
            res_model: "res.partner",
            res_id: 7,
            detail: "Roshen",
        },
    ];
    await contains(".o_telephony_dialer input").edit("olena", { confirm: false });
    await advanceTime(300);
    await animationFrame();
    expect(".o_telephony_dialer_row").toHaveText(/Olena Shevchenko\s*Roshen · \+380 44 494 1710/);
    await contains(".o_telephony_dialer_call").click();
    await waitForSteps(["find olena", "+380444941710,res.partner,7"]);
});

test("a refusal keeps the dialler open and says why", async () => {
    await openDialer();
    server.dial = { status: "refused", message: "Calls to premium numbers are not allowed." };
    await contains(".o_telephony_dialer input").edit("0900123456", { confirm: "enter" });
    expect(".o_telephony_refusal").toHaveText("Calls to premium numbers are not allowed.");
    expect(".o_notification").toHaveCount(0);
    await contains(".o_telephony_dialer input").edit("044", { confirm: false });
    expect(".o_telephony_refusal").toHaveCount(0);
});

test("recent calls can be called again, and lead to their record", async () => {
    mockService("action", { doAction: ({ res_model, res_id }) => asyncStep(res_model + res_id) });
    onRpc("telephony.dial", "dial", ({ args }) => asyncStep(args.join()));
    await openDialer({ recent: [RECENT] });
    expect(".o_telephony_dialer_row").toHaveText(/Olena Shevchenko\s*\+380 44 494 1710 · Missed/);
    await contains(".o_telephony_dialer_call").click();
    await waitForSteps(["+380444941710,res.partner,7"]);
    await animationFrame();
    await contains(".o_telephony_systray").click();
    await contains(".o_telephony_dialer_what .btn").click();
    await waitForSteps(["res.partner7"]);
});

test("a hidden caller cannot be called back", async () => {
    await openDialer({
        recent: [{ ...RECENT, number: "", formatted: "", name: "", res_model: false }],
    });
    expect(".o_telephony_dialer_row").toHaveText(/Hidden number/);
    expect(".o_telephony_dialer_call").toHaveCount(0);
});

test("the tabs: what to call, and who is free", async () => {
    const activity = {
        id: 4,
        summary: "Ask about the offer",
        res_model: "crm.lead",
        res_id: 21,
        name: "Spring order",
        number: "+380444941710",
        formatted: "+380 44 494 1710",
        date_deadline: "2026-01-14",
        overdue: true,
    };
    await openDialer({
        to_call: [activity],
        team: [
            { id: 1, name: "Bruno", extension: "101", busy: true },
            { id: 2, name: "Clara", extension: "102", busy: false },
        ],
    });
    await contains(".o_telephony_tab_to_call").click();
    expect(".o_telephony_dialer_row").toHaveText(/Spring order\s*Ask about the offer/);
    expect(".o_telephony_dialer_row").toHaveText(/yesterday/);
    await contains(".o_telephony_tab_team").click();
    expect(queryAllTexts(".o_telephony_dialer_what").map((text) => text.split(/\s/)[0])).toEqual([
        "Bruno",
        "Clara",
    ]);
    expect(".o_telephony_dialer_row:first").toHaveText(/On the phone/);
    expect(".o_telephony_dialer_row:last").toHaveText(/Free/);
});

test("empty tabs say what to do", async () => {
    await openDialer();
    expect(".o_telephony_dialer_empty").toHaveText(/Type a number above/);
    await contains(".o_telephony_tab_to_call").click();
    expect(".o_telephony_dialer_empty").toHaveText(/Schedule an activity/);
    await contains(".o_telephony_tab_team").click();
    expect(".o_telephony_dialer_empty").toHaveText(/An administrator adds extensions/);
});

test("a running call is in the dialler too", async () => {
    await startTelephony({ component: WebClient, cards: [makeCard()] });
    await contains(".o_telephony_systray").click();
    expect(".o_telephony_dialer .o_telephony_line").toHaveText(/Incoming/);
});
