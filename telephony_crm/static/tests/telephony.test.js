import { WEBSOCKET_CLOSE_CODES } from "@bus/workers/websocket_worker";
import {
    advanceTime,
    animationFrame,
    describe,
    expect,
    mockDate,
    mockPermission,
    runAllTimers,
    test,
} from "@odoo/hoot";
import { CallAlert } from "@telephony_crm/call_alert";
import { browser } from "@web/core/browser/browser";
import { session } from "@web/session";
import {
    asyncStep,
    getService,
    MockServer,
    mockService,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import {
    defineTelephonyModels,
    Desk,
    makeCard,
    makeKnownCard,
    memoryKey,
    otherTab,
    send,
    server,
    settle,
    startTelephony,
    tell,
} from "./telephony_test_helpers";

describe.current.tags("desktop");
defineTelephonyModels();

test("users without the telephony role have nothing of it", async () => {
    onRpc("telephony.call", "get_cards", () => asyncStep("get_cards"));
    await mountWithCleanup(Desk);
    expect(getService("telephony").active).toBe(false);
    expect(".o_telephony_popup").toHaveCount(0);
    await waitForSteps([]);
});

test("a page that is loaded during a call shows it", async () => {
    await startTelephony({ cards: [makeKnownCard()] });
    expect(".o_telephony_card").toHaveCount(1);
    expect(".o_telephony_name").toHaveText("Olena Shevchenko");
});

test("a card comes by the bus and changes by it, lower versions are dropped", async () => {
    await startTelephony();
    expect(".o_telephony_card").toHaveCount(0);
    await tell(makeKnownCard());
    expect(".o_telephony_title").toHaveText(/Incoming\s*·\s*London line \(Google Ads\)/);
    await tell(makeKnownCard({ version: 3, state: "in_progress", my_leg: "in_progress" }));
    expect(".o_telephony_phase").toHaveText("In conversation");
    await tell(makeKnownCard({ version: 2 }));
    expect(".o_telephony_phase").toHaveText("In conversation");
});

test("many messages of one call ask for its card twice at most", async () => {
    let asked = 0;
    onRpc("telephony.call", "get_card", () => {
        asked++;
    });
    await startTelephony();
    server.cards.set(1, makeCard({ version: 5 }));
    const messages = [1, 2, 3, 4, 5].map((version) => ({ id: 1, version, state: "ringing" }));
    await Promise.all(messages.map((message) => send(message)));
    expect(asked).toBeLessThan(3);
    expect(".o_telephony_card").toHaveCount(1);
});

test("the number shows before the card is there", async () => {
    await startTelephony();
    server.cards.set(1, makeCard());
    onRpc("telephony.call", "get_card", () => new Promise(() => {}));
    await send({ id: 1, version: 1, state: "ringing", number: "+380444941710" });
    expect(".o_telephony_number_large").toHaveText("+380444941710");
});

test("after a lost connection the server's list replaces everything", async () => {
    await startTelephony();
    await tell(makeCard({ id: 1 }));
    await tell(makeCard({ id: 2, number_formatted: "+44 20 7946 0000" }));
    expect(".o_telephony_card").toHaveCount(2);
    server.cards = new Map([[3, makeCard({ id: 3, number_formatted: "+33 4 78 32 32 32" })]]);
    MockServer.env["bus.bus"]._simulateDisconnection(WEBSOCKET_CLOSE_CODES.ABNORMAL_CLOSURE);
    await animationFrame();
    expect(".o_telephony_offline").toHaveCount(2);
    await runAllTimers();
    await animationFrame();
    await animationFrame();
    expect(".o_telephony_offline").toHaveCount(0);
    expect(".o_telephony_card").toHaveCount(1);
    expect(".o_telephony_number_large").toHaveText("+33 4 78 32 32 32");
});

test("a talk that ended while the laptop slept becomes the after-call form", async () => {
    mockDate("2026-01-15 10:00:00");
    await startTelephony({
        cards: [makeKnownCard({ state: "in_progress", my_leg: "in_progress" })],
    });
    const values = { version: 4, state: "ended", my_leg: "ended", disposition: "answered" };
    await tell(makeKnownCard({ ...values, talk_seconds: 252 }), { silent: true });
    // No message came; the clock makes a leap when the machine wakes up.
    mockDate("2026-01-15 12:00:00");
    await advanceTime(5000);
    await settle();
    expect(".o_telephony_after").toHaveText(/Talked 4:12 with Olena Shevchenko/);
});

test("a ringing card without news expires, also without the server", async () => {
    mockDate("2026-01-15 10:00:00");
    await startTelephony();
    await tell(makeCard());
    onRpc("telephony.call", "get_cards", () => new Promise(() => {}));
    await advanceTime(121000);
    expect(".o_telephony_phase").toHaveText("No news from the PBX for 2 minutes");
    await advanceTime(9000);
    expect(".o_telephony_card").toHaveCount(0);
});

test("answered elsewhere says by whom, and goes", async () => {
    await startTelephony();
    await tell(makeCard());
    const agent = { id: 99, name: "Bruno" };
    await tell(makeCard({ version: 2, state: "in_progress", my_leg: "ended", agent }));
    expect(".o_telephony_phase").toHaveText("Answered by Bruno");
    await advanceTime(3000);
    expect(".o_telephony_card").toHaveCount(1);
    await advanceTime(1500);
    expect(".o_telephony_card").toHaveCount(0);
});

test("what was closed in another database at the same address hides nothing", async () => {
    await startTelephony();
    const fact = JSON.stringify({ value: true, at: Date.now() });
    const key = memoryKey("closed", 1).replace(session.telephony.database, "fedcba9876543210");
    browser.localStorage.setItem(key, fact);
    await tell(makeCard());
    expect(".o_telephony_card").toHaveCount(1);
});

test("a card closed in one tab closes in the others", async () => {
    const telephony = await startTelephony();
    await tell(makeCard());
    otherTab("closed", 1, true);
    await animationFrame();
    expect(".o_telephony_card").toHaveCount(0);
    await tell(makeCard({ version: 2 }));
    await telephony.sync();
    await animationFrame();
    expect(".o_telephony_card").toHaveCount(0);
});

test("a card minimised in one tab is minimised in the others", async () => {
    await startTelephony();
    await tell(makeCard());
    otherTab("minimised", 1, true);
    await animationFrame();
    expect(".o_telephony_card").toHaveCount(0);
    expect(".o_telephony_line").toHaveCount(1);
    otherTab("minimised", 1, undefined);
    await animationFrame();
    expect(".o_telephony_card").toHaveCount(1);
});

test("an after-call form is still there after a reload", async () => {
    const card = makeKnownCard({ state: "ended", my_leg: "ended", disposition: "answered" });
    const telephony = await startTelephony();
    otherTab("after", 1, true);
    server.cards.set(1, card);
    await telephony.sync();
    await animationFrame();
    expect(".o_telephony_after").toHaveCount(1);
});

test("the main tab rings as long as it rings, if the user wants it", async () => {
    mockService("multi_tab", { bus: new EventTarget(), isOnMainTab: async () => true });
    await startTelephony({ options: { sound: true } });
    let sounds = 0;
    const { ring } = getService("telephony").alert;
    patchWithCleanup(ring, { start: () => sounds++, stop: () => (sounds = 0) });
    await tell(makeCard());
    expect(sounds).toBeGreaterThan(0);
    await tell(makeCard({ version: 2, state: "in_progress", my_leg: "in_progress" }));
    expect(sounds).toBe(0);
});

test("other tabs and other wishes stay silent", async () => {
    mockService("multi_tab", { bus: new EventTarget(), isOnMainTab: async () => false });
    patchWithCleanup(CallAlert.prototype, { _notify: () => asyncStep("notification") });
    await startTelephony({ options: { sound: true, desktop_notification: true } });
    await tell(makeCard());
    await waitForSteps([]);
});

test("one desktop notification per call, gone when it is answered", async () => {
    mockPermission("notifications", "granted");
    mockService("multi_tab", { bus: new EventTarget(), isOnMainTab: async () => true });
    patchWithCleanup(browser, {
        Notification: class extends EventTarget {
            static permission = "granted";
            constructor(title, { body }) {
                super();
                asyncStep(`${title} | ${body}`);
            }
            close() {
                asyncStep("closed");
            }
        },
    });
    await startTelephony({ options: { desktop_notification: true } });
    await tell(makeKnownCard());
    await tell(makeKnownCard({ version: 2 }));
    await waitForSteps(["Olena Shevchenko is calling | Roshen · +380 44 494 1710"]);
    await tell(makeKnownCard({ version: 3, state: "in_progress", my_leg: "in_progress" }));
    await waitForSteps(["closed"]);
});

test("the record opens by itself once, for who wants it", async () => {
    mockService("action", { doAction: ({ res_model, res_id }) => asyncStep(res_model + res_id) });
    await startTelephony({ options: { open_card: true } });
    await tell(makeKnownCard());
    await tell(makeKnownCard({ version: 2 }));
    await waitForSteps(["crm.lead21"]);
});

test("the record does not open under somebody who types", async () => {
    mockService("action", { doAction: () => asyncStep("opened") });
    await startTelephony({ options: { open_card: true } });
    document.querySelector(".desk").focus();
    await tell(makeKnownCard());
    await waitForSteps([]);
});
