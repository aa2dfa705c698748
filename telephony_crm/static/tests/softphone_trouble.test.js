import { advanceTime, describe, expect, mockPermission, test } from "@odoo/hoot";
import { WebClient } from "@web/webclient/webclient";
import { contains, onRpc, patchWithCleanup, waitForSteps } from "@web/../tests/web_test_helpers";
import { ACCOUNT, phone, startSoftphone } from "./softphone_test_helpers";
import { defineTelephonyModels, makeDialer, makeKnownCard, settle } from "./telephony_test_helpers";

describe.current.tags("desktop");
defineTelephonyModels();

const NUMBER = "+380444941710";

function fail(name) {
    phone.microphone = async () => {
        throw new DOMException("", name);
    };
}

/** The web client of a user with a softphone, with the dialler open. */
async function openDialer(options = {}) {
    onRpc("telephony.dial", "get_dialer", () => makeDialer({ softphone: true }));
    await startSoftphone({ component: WebClient, ...options });
    await contains(".o_telephony_systray").click();
}

test("why there is no microphone is said on the card, and it rings on", async () => {
    await startSoftphone({ cards: [makeKnownCard()] });
    await phone.engine.ring(NUMBER);
    for (const [name, words] of [
        ["NotAllowedError", /does not let Odoo use the microphone/],
        ["NotFoundError", /No microphone was found/],
        ["NotReadableError", /Another program may have it/],
    ]) {
        fail(name);
        await contains(".o_telephony_answer").click();
        expect(".o_telephony_problem").toHaveText(words);
        expect(".o_telephony_answer").toBeEnabled();
    }
    await waitForSteps(["register 110"]);
});

test("the browser is asked for the microphone where the user is", async () => {
    await startSoftphone({ cards: [makeKnownCard()] });
    await phone.engine.ring(NUMBER);
    mockPermission("microphone", "prompt");
    fail("NotAllowedError");
    await contains(".o_telephony_answer").click();
    expect(".o_telephony_problem").toHaveText(/Allow it in the site settings/);
    await waitForSteps(["register 110"]);
});

test("the icon and the dialler say that all is well", async () => {
    await openDialer();
    expect(".o_telephony_state.o_telephony_ok").toHaveCount(1);
    expect(".o_telephony_softphone_head").toHaveText("Softphone ready on extension 110");
    await waitForSteps(["register 110"]);
});

test("the icon and the dialler say what is wrong", async () => {
    await openDialer();
    for (const [status, detail, words] of [
        ["lost", "", /has no connection to the PBX/],
        ["refused", "password", /does not accept the password/],
        ["refused", "unknown", /does not know the extension/],
        ["failed", "503", /does not register the softphone now/],
    ]) {
        phone.engine.handlers.onStatus(status, detail);
        await settle();
        expect(".o_telephony_state.o_telephony_warning").toHaveCount(1);
        expect(".o_telephony_dialer_message").toHaveText(words);
        expect(".o_telephony_softphone_head").toHaveText(/Softphone not ready/);
    }
    await waitForSteps(["register 110"]);
});

test("with another password it is tried again", async () => {
    await openDialer();
    phone.engine.handlers.onStatus("refused", "password");
    await settle();
    await contains(".o_telephony_softphone_try").click();
    await settle();
    await waitForSteps(["register 110", "unregister", "register 110"]);
    expect(".o_telephony_softphone_head").toHaveText(/Softphone ready/);
});

test("who tries again in two tabs at once is registered once, and not after the end", async () => {
    const { line } = await startSoftphone();
    await Promise.all([line.act("", "restart", []), line.act("", "restart", [])]);
    await settle();
    await waitForSteps(["register 110", "unregister", "register 110"]);
    const late = line.act("", "restart", []);
    line.stop();
    await late;
    await settle();
    await waitForSteps(["unregister"]);
});

test("a password that was put right is taken by itself, after a while", async () => {
    await openDialer();
    phone.engine.handlers.onStatus("refused", "password");
    await settle();
    await advanceTime(600000);
    await settle();
    await waitForSteps(["register 110", "unregister", "register 110"]);
});

test("a call that cannot be answered now can be answered later", async () => {
    await startSoftphone({ cards: [makeKnownCard()] });
    const first = await phone.engine.ring("102");
    await advanceTime(800);
    await contains(".o_telephony_softphone_card .o_telephony_answer").click();
    first.hold = async () => {
        throw new Error("hold");
    };
    const second = await phone.engine.ring(NUMBER);
    await contains(".o_telephony_answer").click();
    expect(".o_telephony_problem").toHaveText(/could not be put on hold/);
    first.handlers.onEnd("");
    await settle();
    await contains(".o_telephony_answer").click();
    await waitForSteps(["register 110", "answer 102", `answer ${second.number}`]);
});

test("a page without a secure connection says so and registers nothing", async () => {
    patchWithCleanup(window, { isSecureContext: false });
    await openDialer();
    expect(".o_telephony_dialer_message").toHaveText(/Open Odoo with https/);
    await waitForSteps([]);
});

test("what the server misses is told in its words", async () => {
    await openDialer({ account: { problem: "Extension 110 has no SIP password." } });
    expect(".o_telephony_dialer_message").toHaveText("Extension 110 has no SIP password.");
});

test("a server that does not answer is asked again", async () => {
    let asked = 0;
    await openDialer();
    await waitForSteps(["register 110"]);
    onRpc("telephony.extension", "softphone_config", () => {
        if (++asked === 1) {
            throw new Error("away");
        }
        return ACCOUNT;
    });
    phone.engine.handlers.onStatus("refused", "password");
    await settle();
    await contains(".o_telephony_softphone_try").click();
    expect(".o_telephony_dialer_message").toHaveText(/Odoo did not answer/);
    await advanceTime(30000);
    await settle();
    await waitForSteps(["unregister", "register 110"]);
});

test("the devices are chosen in the dialler and kept", async () => {
    await openDialer();
    await contains(".o_telephony_softphone_devices").click();
    await contains("select[data-use='ringer']").select("s2");
    await contains("select[data-use='microphone']").select("m1");
    expect("select[data-use='ringer']").toHaveValue("s2");
    let asked;
    phone.microphone = async (constraints) => {
        asked = constraints;
        return new MediaStream();
    };
    const session = await phone.engine.ring(NUMBER);
    await advanceTime(800);
    await contains(".o_telephony_answer").click();
    expect(asked.audio.deviceId).toEqual({ ideal: "m1" });
    await waitForSteps(["register 110", `answer ${session.number}`]);
});
