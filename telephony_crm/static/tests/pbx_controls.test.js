import { describe, expect, press, queryAllTexts, test, waitFor, waitForNone } from "@odoo/hoot";
import { asyncStep, contains, onRpc, waitForSteps } from "@web/../tests/web_test_helpers";
import {
    defineTelephonyModels,
    makeKnownCard,
    server,
    startTelephony,
    tell,
    utc,
} from "./telephony_test_helpers";

describe.current.tags("desktop");
defineTelephonyModels();

const ALL = {
    decline: false,
    hang_up: true,
    hold: true,
    keypad: true,
    transfer: true,
    consult: true,
    record: true,
};

function makeControl(values = {}) {
    return {
        can: { ...ALL, ...values.can },
        held: false,
        recording: false,
        consultation: false,
        responsible: false,
        ...values,
        ...(values.can && { can: { ...ALL, ...values.can } }),
    };
}

function makeTalk(control, values = {}) {
    return makeKnownCard({
        state: "in_progress",
        my_leg: "in_progress",
        answer_date: utc(5),
        control,
        ...values,
    });
}

/** Answer what is asked of the PBX by a card with these values. */
function answer(...controls) {
    let version = 1;
    onRpc("telephony.call", "control_call", ({ args }) => {
        asyncStep(args.slice(1).join(" "));
        version++;
        const card = makeTalk(controls.shift() || makeControl(), { version });
        server.cards.set(card.id, card);
        return card;
    });
}

test("only what the PBX can do has a button", async () => {
    await startTelephony({ cards: [makeTalk(false)] });
    expect(".o_telephony_controls").toHaveCount(0);
    await tell(makeTalk(makeControl({ can: { keypad: false, consult: false } }), { version: 2 }));
    expect(queryAllTexts(".o_telephony_buttons button")).toEqual(["Hold", "Transfer", "Hang up"]);
});

test("what rings can be declined, and cannot be answered from here", async () => {
    answer();
    const none = Object.fromEntries(Object.keys(ALL).map((name) => [name, false]));
    const control = makeControl({ can: { ...none, decline: true } });
    await startTelephony({ cards: [makeKnownCard({ control })] });
    expect(queryAllTexts(".o_telephony_buttons button")).toEqual(["Decline"]);
    await contains(".o_telephony_decline").click();
    await waitForSteps(["hang_up"]);
});

test("the caller is put on hold and taken back", async () => {
    answer(makeControl({ held: true, can: { transfer: false } }), makeControl());
    await startTelephony({ cards: [makeTalk(makeControl())] });
    await contains(".o_telephony_hold").click();
    await waitForSteps(["hold"]);
    await waitFor(".o_telephony_hold:contains(Resume)");
    await contains(".o_telephony_hold").click();
    await waitForSteps(["resume"]);
    await waitFor(".o_telephony_hold:contains(Hold)");
});

test("on a page that was loaded anew the caller is still on hold", async () => {
    await startTelephony({ cards: [makeTalk(makeControl({ held: true }))] });
    expect(".o_telephony_hold").toHaveText("Resume");
});

test("keys are pressed by mouse and by keyboard", async () => {
    answer();
    await startTelephony({ cards: [makeTalk(makeControl())] });
    await contains(".o_telephony_keys").click();
    await contains(".o_telephony_keypad button:contains(5)").click();
    await waitForSteps(["press 5"]);
    await press("#");
    await waitForSteps(["press #"]);
    await waitFor(".o_telephony_pressed:contains(5#)");
});

test("the responsible colleague is the first to transfer to", async () => {
    answer();
    onRpc("telephony.dial", "get_dialer", () => ({
        team: [
            { id: 1, name: "Aisha", extension: "102", busy: false },
            { id: 2, name: "Bruno", extension: "101", busy: true },
        ],
    }));
    const responsible = { name: "Bruno", number: "101" };
    await startTelephony({ cards: [makeTalk(makeControl({ responsible }))] });
    await contains(".o_telephony_transfer_open").click();
    await waitFor(".o_telephony_transfer_row:contains(Aisha)");
    expect(queryAllTexts(".o_telephony_transfer_row bdi.text-truncate")).toEqual([
        "Bruno",
        "Aisha",
    ]);
    await contains(".o_telephony_transfer_row:first").click();
    await contains(".o_telephony_transfer_now").click();
    await waitForSteps(["transfer 101"]);
    await waitForNone(".o_telephony_transfer");
});

test("a colleague is asked first, and both are connected once they talk", async () => {
    const bruno = { number: "101", name: "Bruno" };
    answer(makeControl({ consultation: { ...bruno, talking: false } }));
    onRpc("telephony.dial", "get_dialer", () => ({
        team: [{ id: 2, name: "Bruno", extension: "101", busy: false }],
    }));
    await startTelephony({ cards: [makeTalk(makeControl())] });
    await contains(".o_telephony_transfer_open").click();
    await contains(".o_telephony_transfer_row").click();
    await contains(".o_telephony_consult").click();
    await waitForSteps(["consult 101"]);
    await waitFor(".o_telephony_consultation");
    expect(".o_telephony_consultation").toHaveText(/Calling Bruno; the caller waits/);
    expect(".o_telephony_complete").not.toBeEnabled();
    expect(".o_telephony_complete").toHaveAttribute("title", "Bruno has not picked up yet.");
    const control = makeControl({ consultation: { ...bruno, talking: true } });
    await tell(makeTalk(control, { version: 3 }));
    expect(".o_telephony_consultation").toHaveText(/You are asking Bruno; the caller waits/);
    expect(".o_telephony_complete").toBeEnabled();
    await contains(".o_telephony_complete").click();
    await waitForSteps(["complete"]);
});

test("why something was not done stands on the card", async () => {
    onRpc("telephony.call", "control_call", () => {
        const card = makeTalk(makeControl(), { version: 2 });
        return { ...card, problem: "The call is over." };
    });
    await startTelephony({ cards: [makeTalk(makeControl())] });
    await contains(".o_telephony_hold").click();
    await waitFor(".o_telephony_problem");
    expect(".o_telephony_problem").toHaveText("The call is over.");
});

test("a call that the PBX records by itself is shown to be recorded", async () => {
    await startTelephony({ cards: [makeTalk(makeControl({ recording: true }))] });
    expect(".o_telephony_recorded").toHaveCount(0);
    await tell(makeTalk(makeControl({ recording: true }), { version: 2, recording: true }));
    expect(".o_telephony_recorded").toHaveAttribute("title", "This call is being recorded");
    await contains(".o_telephony_menu > button").click();
    expect(".o_telephony_record").toHaveCount(0);
    await tell(makeTalk(makeControl(), { version: 3, recording: false }));
    expect(".o_telephony_recorded").toHaveCount(0);
});

test("recording is begun and stopped in the menu", async () => {
    answer(makeControl({ recording: true }), makeControl());
    await startTelephony({ cards: [makeTalk(makeControl())] });
    await contains(".o_telephony_menu > button").click();
    await contains(".o_telephony_record").click();
    await waitForSteps(["record"]);
    await contains(".o_telephony_menu > button").click();
    expect(".o_telephony_record").toHaveCount(0);
    await contains(".o_telephony_unrecord").click();
    await waitForSteps(["unrecord"]);
});
