import { advanceTime, animationFrame, expect, mockSendBeacon, test } from "@odoo/hoot";
import { browser } from "@web/core/browser/browser";
import {
    asyncStep,
    contains,
    makeServerError,
    onRpc,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import {
    defineTelephonyModels,
    makeCard,
    memoryKey,
    otherTab,
    server,
    startTelephony,
    tell,
} from "./telephony_test_helpers";

defineTelephonyModels();

const NOTE = ".o_telephony_note textarea";
const draft = () => JSON.parse(browser.localStorage.getItem(memoryKey("draft", 1)))?.value.text;

async function type(text) {
    await contains(NOTE).edit(text, { confirm: false });
}

test("a note is kept at once in the browser and a moment later on the server", async () => {
    onRpc("telephony.call", "card_note", ({ args }) => asyncStep(args[1]));
    await startTelephony({ cards: [makeCard()] });
    await type("Wants 300 boxes");
    expect(draft()).toBe("Wants 300 boxes");
    await waitForSteps([]);
    await advanceTime(700);
    await waitForSteps(["Wants 300 boxes"]);
    await animationFrame();
    expect(draft()).toBe(undefined);
    expect(NOTE).toHaveValue("Wants 300 boxes");
});

test("news of the call leaves what is being typed alone", async () => {
    await startTelephony({ cards: [makeCard()] });
    await type("Half a sen");
    await tell(makeCard({ version: 2, note: "", state: "in_progress", my_leg: "in_progress" }));
    expect(NOTE).toHaveValue("Half a sen");
    expect(NOTE).toBeFocused();
});

test("a missed call's card does not close over unsaved words", async () => {
    onRpc("telephony.call", "card_note", () => {
        throw makeServerError();
    });
    await startTelephony();
    await tell(makeCard());
    await type("Rang twice, hung up");
    const ended = { version: 2, state: "ended", my_leg: "ended", disposition: "missed" };
    await tell(makeCard(ended));
    await advanceTime(30000);
    expect(".o_telephony_card").toHaveCount(1);
    expect(".o_telephony_note").toHaveText(/Not saved yet/);
});

test("closing saves first, and stays open when that fails", async () => {
    let works = false;
    onRpc("telephony.call", "card_note", () => {
        if (!works) {
            throw makeServerError();
        }
    });
    await startTelephony({ cards: [makeCard()] });
    await type("Call back on Monday");
    await contains(".o_telephony_close").click();
    await animationFrame();
    expect(".o_telephony_card").toHaveCount(1);
    works = true;
    await contains(".o_telephony_close").click();
    await animationFrame();
    expect(".o_telephony_card").toHaveCount(0);
    expect(server.cards.get(1).note).toBe("Call back on Monday");
});

test("what could not be saved is saved later", async () => {
    let works = false;
    onRpc("telephony.call", "card_note", () => {
        if (!works) {
            throw makeServerError();
        }
    });
    await startTelephony({ cards: [makeCard()] });
    await type("Wants 300 boxes");
    await advanceTime(700);
    await animationFrame();
    expect(draft()).toBe("Wants 300 boxes");
    works = true;
    await advanceTime(5000);
    await animationFrame();
    expect(server.cards.get(1).note).toBe("Wants 300 boxes");
    expect(".o_telephony_note").not.toHaveText(/Not saved yet/);
});

test("a page that goes sends the words by a beacon and keeps them until they are saved", async () => {
    mockSendBeacon((route, blob) => {
        asyncStep(route);
        blob.text().then((text) => asyncStep(JSON.stringify(JSON.parse(text).params.args)));
        return true;
    });
    await startTelephony({ cards: [makeCard()] });
    await type("Half a sen");
    window.dispatchEvent(new Event("pagehide"));
    await waitForSteps(["/web/dataset/call_kw/telephony.call/card_note", '[1,"Half a sen"]']);
    expect(draft()).toBe("Half a sen");
});

test("words another tab has not saved are shown here too", async () => {
    await startTelephony({ cards: [makeCard()] });
    otherTab("draft", 1, { text: "Typed over there", base: "" });
    await animationFrame();
    expect(NOTE).toHaveValue("Typed over there");
    otherTab("draft", 1, undefined);
    await animationFrame();
    expect(NOTE).toHaveValue("Typed over there");
});

test("words of a page that crashed reach the server from the next one", async () => {
    onRpc("telephony.call", "card_note", ({ args }) => asyncStep(args[1]));
    const telephony = await startTelephony({ cards: [makeCard({ note: "Asked for a price" })] });
    const [text, base] = ["Asked for a price, 300 boxes", "Asked for a price"];
    telephony.memory.set("draft", 1, { text, base });
    telephony.notes.hear(1, undefined);
    await telephony.notes.recover();
    await advanceTime(700);
    await waitForSteps([text]);
});

test("words that were overtaken by somebody else's are added to them", async () => {
    onRpc("telephony.call", "card_note", ({ args }) => asyncStep(args[1]));
    const telephony = await startTelephony({
        cards: [makeCard({ note: "Bruno: sent the offer" })],
    });
    telephony.memory.set("draft", 1, { text: "Wants 300 boxes", base: "" });
    telephony.notes.hear(1, undefined);
    await telephony.notes.recover();
    await advanceTime(700);
    await waitForSteps(["Bruno: sent the offer\nWants 300 boxes"]);
});

test("words that had reached the server are not sent again", async () => {
    onRpc("telephony.call", "card_note", () => asyncStep("saved"));
    const telephony = await startTelephony({ cards: [makeCard({ note: "Wants 300 boxes" })] });
    telephony.memory.set("draft", 1, { text: "Wants 300 boxes", base: "" });
    telephony.notes.hear(1, undefined);
    await telephony.notes.recover();
    await advanceTime(700);
    await waitForSteps([]);
    expect(draft()).toBe(undefined);
});
