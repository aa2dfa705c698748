import { advanceTime, describe, expect, test } from "@odoo/hoot";
import { Softphone } from "@telephony_crm/softphone/softphone";
import { EventBus } from "@odoo/owl";
import { contains, getService, waitForSteps } from "@web/../tests/web_test_helpers";
import { phone, startSoftphone } from "./softphone_test_helpers";
import { defineTelephonyModels, makeKnownCard, settle } from "./telephony_test_helpers";

describe.current.tags("desktop");
defineTelephonyModels();

const NUMBER = "+380444941710";

/** Another tab of the same user: the same softphone once more, beside the one on screen. */
async function openTab({ isMain }) {
    const telephony = getService("telephony");
    const multiTab = { bus: new EventBus(), isOnMainTab: async () => isMain };
    const other = new Softphone(telephony, { multi_tab: multiTab, orm: getService("orm") });
    other.setOn(true);
    await pause();
    return { other, multiTab };
}

/** Messages between tabs take a moment of their own. */
async function pause() {
    for (let turn = 0; turn < 5; turn++) {
        await settle();
    }
}

test("two tabs register once, and both show the call", async () => {
    const { other } = await (async () => {
        await startSoftphone();
        return openTab({ isMain: false });
    })();
    await waitForSteps(["register 110"]);
    expect(other.state.status).toBe("registered");
    await phone.engine.ring(NUMBER);
    await pause();
    expect(other.state.calls.map((call) => call.number)).toEqual([NUMBER]);
});

test("what is clicked in one tab is done in the other", async () => {
    await startSoftphone({ isMain: false, cards: [makeKnownCard()] });
    const { other } = await openTab({ isMain: true });
    await waitForSteps(["register 110"]);
    await phone.engine.ring(NUMBER);
    await pause();
    await contains(".o_telephony_answer").click();
    await pause();
    await waitForSteps([`answer ${NUMBER}`]);
    expect(other.line.calls.size).toBe(1);
    expect(".o_telephony_hang_up").toHaveCount(1);
});

test("what is dialled in one tab is answered in the other", async () => {
    await startSoftphone({ isMain: false });
    await openTab({ isMain: true });
    getService("telephony_softphone").expect("odoo-1");
    await pause();
    await phone.engine.ring(NUMBER, { callRef: "odoo-1" });
    await waitForSteps(["register 110", `answer ${NUMBER}`]);
});

test("when the main tab is closed another takes over", async () => {
    await startSoftphone({ isMain: false });
    const { other } = await openTab({ isMain: true });
    await waitForSteps(["register 110"]);
    other.turn.stop();
    phone.multiTab.bus.trigger("become_main_tab");
    await pause();
    await waitForSteps(["unregister", "register 110"]);
    expect(getService("telephony_softphone").state.status).toBe("registered");
});

test("a tab in which somebody talks stays the telephone until the call is over", async () => {
    const softphone = await startSoftphone();
    const { other, multiTab } = await openTab({ isMain: false });
    const session = await phone.engine.ring(NUMBER);
    const first = phone.engine;
    phone.multiTab.bus.trigger("no_longer_main_tab");
    multiTab.bus.trigger("become_main_tab");
    await pause();
    await waitForSteps(["register 110"]);
    session.handlers.onEnd("");
    await pause();
    await waitForSteps(["unregister", "register 110"]);
    expect(softphone.line).toBe(null);
    expect(other.line).not.toBe(null);
    expect(phone.engine).not.toBe(first);
});

test("a tab that does not answer is said to be silent", async () => {
    const softphone = await startSoftphone({ isMain: false });
    const asked = softphone.act("gone", "answer").catch((error) => error.message);
    await advanceTime(15000);
    expect(await asked).toBe("silent");
});
