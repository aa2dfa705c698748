import { advanceTime, animationFrame, describe, expect, test } from "@odoo/hoot";
import { browser } from "@web/core/browser/browser";
import {
    asyncStep,
    contains,
    getService,
    MockServer,
    onRpc,
    patchWithCleanup,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import { defineTelephonyModels, settle, startTelephony, utc } from "./telephony_test_helpers";

describe.current.tags("desktop");
defineTelephonyModels();

/** What the server offers this user; the tests write it. */
let offered = [];

function makeOffer(values = {}) {
    return {
        id: 5,
        name: "Olena Shevchenko",
        number: "+380 44 494 1710",
        asked_by: "Web site",
        tries: 0,
        since: utc(14),
        from: utc(0),
        until: utc(-60),
        now: utc(0),
        ...values,
    };
}

/** Start with these offers, and with what the server answers to who accepts. */
async function start(cards, answer = {}) {
    offered = cards;
    onRpc("telephony.callback", "get_offers", () => offered);
    onRpc("telephony.callback", "accept_offer", ({ args }) => {
        asyncStep(`accept ${args[0]}`);
        offered = [];
        return { status: "calling", e164: "+380444941710", call_ref: "", ...answer };
    });
    onRpc("telephony.callback", "decline_offer", ({ args }) => {
        asyncStep(`decline ${args[0]}`);
        offered = [];
        return true;
    });
    const telephony = await startTelephony();
    await animationFrame();
    return telephony;
}

async function tellOffers(cards) {
    offered = cards;
    const bus = getService("bus_service");
    const heard = new Promise((resolve) => bus.subscribe("telephony.callback/offer", resolve));
    MockServer.env["bus.bus"]._sendone("broadcast", "telephony.callback/offer", { id: 5 });
    await heard;
    await settle();
}

test("who asks to be called back has a card that rings, with how long they wait", async () => {
    const telephony = await start([]);
    expect(".o_telephony_offer").toHaveCount(0);
    expect(telephony.alert.alsoRings()).toBe(false);
    await tellOffers([makeOffer()]);
    expect(".o_telephony_offer .o_telephony_phase").toHaveText("Asks to be called back");
    expect(".o_telephony_offer .o_telephony_offer_name").toHaveText("Olena Shevchenko");
    expect(".o_telephony_offer").toHaveText(/Web site/);
    expect(".o_telephony_offer").toHaveText(/\+380 44 494 1710/);
    expect(".o_telephony_offer .o_telephony_timer").toHaveText(/^0:1[45]$/);
    expect(".o_telephony_popup [role='status']").toHaveText(
        "Olena Shevchenko asks to be called back"
    );
    expect(telephony.alert.alsoRings()).toBe(true);
});

test("without a name there is the number, once", async () => {
    await start([makeOffer({ name: "", tries: 2 })]);
    expect(".o_telephony_offer_name").toHaveText("+380 44 494 1710");
    expect(".o_telephony_offer").toHaveText(/Did not answer 2 times before/);
    expect(".o_telephony_offer bdi[dir='ltr']:not(.o_telephony_timer)").toHaveCount(1);
});

test("a name is text and never markup", async () => {
    await start([makeOffer({ name: "<b onclick='x'>Ann</b>" })]);
    expect(".o_telephony_offer_name").toHaveText("<b onclick='x'>Ann</b>");
});

test("a card of the team comes up when its moment has come, and goes by itself", async () => {
    await start([makeOffer({ from: utc(-15), until: utc(-60) })]);
    expect(".o_telephony_offer").toHaveCount(0);
    await advanceTime(16000);
    await animationFrame();
    expect(".o_telephony_offer").toHaveCount(1);
    await advanceTime(46000);
    await animationFrame();
    expect(".o_telephony_offer").toHaveCount(0);
});

test("who accepts is called once, and the card goes", async () => {
    await start([makeOffer()]);
    await contains(".o_telephony_offer_accept").click();
    await settle();
    await waitForSteps(["accept 5"]);
    expect(".o_telephony_offer").toHaveCount(0);
    expect(".o_notification").toHaveCount(0);
});

test("the softphone answers the call that was accepted", async () => {
    const telephony = await start([makeOffer()], { call_ref: "ref-1" });
    telephony.softphone = {
        rings: false,
        strangers: [],
        isQuestion: () => false,
        controlsOf: () => null,
        expect: (callRef) => asyncStep(`expect ${callRef}`),
    };
    await contains(".o_telephony_offer_accept").click();
    await waitForSteps(["accept 5", "expect ref-1"]);
});

test("who was too late is told who was faster", async () => {
    const { services } = await start([makeOffer()], {
        status: "taken",
        message: "Bruno has taken this call-back.",
    });
    services.notification.add = (message, { type }) => asyncStep(`${type}: ${message}`);
    await contains(".o_telephony_offer_accept").click();
    await waitForSteps(["accept 5", "info: Bruno has taken this call-back."]);
    expect(".o_telephony_offer").toHaveCount(0);
});

test("when another has accepted the card goes from this screen", async () => {
    await start([makeOffer()]);
    expect(".o_telephony_offer").toHaveCount(1);
    await tellOffers([]);
    expect(".o_telephony_offer").toHaveCount(0);
});

test("not now takes it off the screen", async () => {
    await start([makeOffer()]);
    await contains(".o_telephony_offer_decline").click();
    await waitForSteps(["decline 5"]);
    expect(".o_telephony_offer").toHaveCount(0);
});

test("the desktop is told once, in the tab that rings", async () => {
    patchWithCleanup(browser, {
        Notification: class extends EventTarget {
            static permission = "granted";
            constructor(title, { body }) {
                super();
                asyncStep(`${title} (${body})`);
            }
            close() {}
        },
    });
    const telephony = await start([]);
    telephony.options.desktop_notification = true;
    await tellOffers([makeOffer()]);
    await tellOffers([makeOffer()]);
    await waitForSteps(["Olena Shevchenko asks to be called back (+380 44 494 1710)"]);
});
