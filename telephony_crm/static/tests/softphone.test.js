import { advanceTime, describe, expect, queryAll, test, waitFor } from "@odoo/hoot";
import { press } from "@odoo/hoot-dom";
import { asyncStep, contains, onRpc, waitForSteps } from "@web/../tests/web_test_helpers";
import { phone, startSoftphone } from "./softphone_test_helpers";
import {
    defineTelephonyModels,
    makeCard,
    makeDialer,
    makeKnownCard,
    server,
    settle,
    tell,
    utc,
} from "./telephony_test_helpers";

describe.current.tags("desktop");
defineTelephonyModels();

const NUMBER = "+380444941710";

/** A known customer calls and is answered in the browser. */
async function talk() {
    const softphone = await startSoftphone({ cards: [makeKnownCard()] });
    const session = await phone.engine.ring(NUMBER);
    await contains(".o_telephony_answer").click();
    await tell(
        makeKnownCard({
            version: 2,
            state: "in_progress",
            my_leg: "in_progress",
            answer_date: utc(),
        })
    );
    await waitForSteps(["register 110", `answer ${NUMBER}`]);
    return { softphone, session };
}

test("who has no softphone loads nothing and is not asked for a microphone", async () => {
    await startSoftphone({ options: { softphone: false } });
    await waitForSteps([]);
    expect(phone.engine).toBe(null);
});

test("a call that rings in the browser is answered from its card", async () => {
    await startSoftphone();
    await phone.engine.ring(NUMBER);
    await tell(makeKnownCard());
    expect(".o_telephony_card").toHaveCount(1);
    expect(".o_telephony_name").toHaveText("Olena Shevchenko");
    await contains(".o_telephony_answer").click();
    await waitForSteps(["register 110", `answer ${NUMBER}`]);
    expect(".o_telephony_answer").toHaveCount(0);
    expect(".o_telephony_hang_up").toHaveCount(1);
});

test("declining ends the ringing here", async () => {
    await startSoftphone({ cards: [makeKnownCard()] });
    await phone.engine.ring(NUMBER);
    await contains(".o_telephony_decline").click();
    await waitForSteps(["register 110", `hang up ${NUMBER}`]);
    expect(".o_telephony_decline").toHaveCount(0);
});

test("mute, hold, keypad and the end", async () => {
    await talk();
    await contains(".o_telephony_mute").click();
    expect(".o_telephony_mute").toHaveText("Muted");
    await contains(".o_telephony_mute").click();
    await contains(".o_telephony_hold").click();
    expect(".o_telephony_hold").toHaveText("Resume");
    expect(".o_telephony_phase").toHaveText("On hold");
    await contains(".o_telephony_hold").click();
    await contains(".o_telephony_keys").click();
    await contains(".o_telephony_keypad [data-key='5']").click();
    await press("#");
    await settle();
    expect(".o_telephony_pressed").toHaveText("5#");
    await contains(".o_telephony_hang_up").click();
    await waitForSteps([
        "mute",
        "unmute",
        `hold ${NUMBER}`,
        `resume ${NUMBER}`,
        "press 5",
        "press #",
        `hang up ${NUMBER}`,
    ]);
});

test("a call is handed to a colleague at once", async () => {
    const colleague = { id: 2, name: "Bruno", extension: "111", busy: false };
    onRpc("telephony.dial", "get_dialer", () => makeDialer({ softphone: true, team: [colleague] }));
    await talk();
    await contains(".o_telephony_transfer_open").click();
    await contains(".o_telephony_transfer_row:contains(Bruno)").click();
    await contains(".o_telephony_transfer_now").click();
    await waitForSteps([`refer ${NUMBER} to 111`, `hang up ${NUMBER}`]);
});

test("a number that is not dialled is not transferred to either", async () => {
    await talk();
    await contains(".o_telephony_transfer_open").click();
    await contains(".o_telephony_transfer input").edit("0900123456", { confirm: false });
    await contains(".o_telephony_transfer_now").click();
    expect(".o_telephony_problem").toHaveText("That number is not called.");
    await waitForSteps([]);
});

test("a transfer that the PBX refuses is said, and the call goes on", async () => {
    await talk();
    await contains(".o_telephony_transfer_open").click();
    await contains(".o_telephony_transfer input").edit("199", { confirm: false });
    await contains(".o_telephony_transfer_now").click();
    expect(".o_telephony_problem").toHaveText("The PBX did not transfer the call.");
    expect(".o_telephony_hang_up").toHaveCount(1);
});

test("a colleague is asked first, then the two are connected", async () => {
    await talk();
    await contains(".o_telephony_transfer_open").click();
    await contains(".o_telephony_transfer input").edit("111", { confirm: false });
    await contains(".o_telephony_consult").click();
    await waitForSteps([`hold ${NUMBER}`, "call 111"]);
    expect(".o_telephony_consultation").toHaveText(/Calling 111; the caller waits/);
    expect(".o_telephony_complete").not.toBeEnabled();
    const question = {
        id: 2,
        direction: "internal",
        number: "111",
        e164: "",
        my_leg: "in_progress",
    };
    await tell(makeCard({ ...question, state: "in_progress", answer_date: utc() }));
    expect(".o_telephony_card").toHaveCount(1, { message: "the question has no card" });
    phone.engine.session.handlers.onTalk();
    await settle();
    expect(".o_telephony_consultation").toHaveText(/You are asking 111/);
    await contains(".o_telephony_complete").click();
    await waitForSteps([`connect ${NUMBER} with 111`, "hang up 111", `hang up ${NUMBER}`]);
});

test("while a colleague is asked, mute and keypad are for that talk as well", async () => {
    await talk();
    await contains(".o_telephony_transfer_open").click();
    await contains(".o_telephony_transfer input").edit("111", { confirm: false });
    await contains(".o_telephony_consult").click();
    const asked = phone.engine.session;
    asked.handlers.onTalk();
    asked.mute = (on) => asyncStep(`colleague ${on ? "muted" : "unmuted"}`);
    asked.press = (digit) => asyncStep(`colleague ${digit}`);
    await settle();
    await contains(".o_telephony_mute").click();
    await contains(".o_telephony_keys").click();
    await contains(".o_telephony_keypad [data-key='1']").click();
    await waitForSteps([`hold ${NUMBER}`, "call 111", "mute", "colleague muted", "colleague 1"]);
});

test("from the question one goes back to the caller", async () => {
    await talk();
    await contains(".o_telephony_transfer_open").click();
    await contains(".o_telephony_transfer input").edit("111", { confirm: false });
    await contains(".o_telephony_consult").click();
    const question = { id: 9, direction: "internal", number: "111", e164: "", partner: false };
    await tell(makeCard({ ...question, state: "in_progress", my_leg: "in_progress" }));
    await contains(".o_telephony_back").click();
    await waitForSteps([`hold ${NUMBER}`, "call 111", "hang up 111", `resume ${NUMBER}`]);
    expect(".o_telephony_consultation").toHaveCount(0);
    await tell(makeCard({ ...question, version: 2, state: "ended", my_leg: "ended" }));
    expect(".o_telephony_card").toHaveCount(1); // No other for the question that is over.
});

test("a colleague who does not answer leaves the caller waiting, and it is said", async () => {
    await talk();
    await contains(".o_telephony_transfer_open").click();
    await contains(".o_telephony_transfer input").edit("111", { confirm: false });
    await contains(".o_telephony_consult").click();
    phone.engine.session.handlers.onEnd("unanswered");
    await settle();
    expect(".o_telephony_problem").toHaveText("Nobody answered.");
    expect(".o_telephony_hold").toHaveText("Resume");
    await waitForSteps([`hold ${NUMBER}`, "call 111"]);
});

test("the second call puts the first on hold", async () => {
    await talk();
    await tell(makeCard({ id: 2, number: "442037691880", e164: "+442037691880" }));
    await phone.engine.ring("+442037691880");
    await contains(".o_telephony_answer").click();
    await waitForSteps([`hold ${NUMBER}`, "answer +442037691880"]);
    expect(queryAll(".o_telephony_hang_up")).toHaveLength(2);
});

test("a call that Odoo does not know of can be answered too", async () => {
    await startSoftphone();
    await phone.engine.ring("102", { name: "Workshop" });
    expect(".o_telephony_card").toHaveCount(0, { message: "its card may be on the way" });
    await advanceTime(800);
    await waitFor(".o_telephony_softphone_card");
    expect(".o_telephony_softphone_card").toHaveText(/Incoming\s*Workshop\s*102/);
    await contains(".o_telephony_answer").click();
    await waitForSteps(["register 110", "answer 102"]);
    await tell(makeCard({ number: "102", e164: "", direction: "internal" }));
    expect(".o_telephony_softphone_card").toHaveCount(0);
    expect(".o_telephony_card").toHaveCount(1);
});

test("calls are told apart by the PBX's id where it tells", async () => {
    const twins = [
        makeCard({ id: 1, call_ref: "1700.1" }),
        makeCard({ id: 2, call_ref: "1700.2" }),
    ];
    const softphone = await startSoftphone({ cards: twins });
    const second = await phone.engine.ring(NUMBER, { callRef: "1700.2" });
    await phone.engine.ring(NUMBER, { callRef: "1700.1" });
    expect(softphone.ties[second.id]).toBe(2);
    await waitForSteps(["register 110"]);
});

test("poor sound is said quietly", async () => {
    const { session } = await talk();
    let packets = 0;
    session.connection = {
        getStats: async () =>
            new Map([
                [1, { type: "inbound-rtp", kind: "audio", packetsReceived: (packets += 95) }],
                [2, { type: "inbound-rtp", kind: "audio", packetsLost: packets / 19 }],
                [3, { type: "remote-inbound-rtp", roundTripTime: 0.08 }],
            ]),
    };
    await advanceTime(3000);
    await advanceTime(3000);
    await waitFor(".o_telephony_quality");
    expect(".o_telephony_quality").toHaveAttribute(
        "title",
        "Poor sound · lost 5% · jitter 0 ms · round trip 80 ms"
    );
});

test("what goes on at another telephone is in the hands of the PBX", async () => {
    const { session } = await talk();
    const byPbx = { can: { hang_up: true } };
    const talking = { version: 3, state: "in_progress", my_leg: "in_progress", control: byPbx };
    await tell(makeKnownCard({ ...talking, answer_date: utc() }));
    session.handlers.onEnd("");
    await advanceTime(3000);
    await settle();
    expect(".o_telephony_hang_up").toHaveCount(1);
    expect(".o_telephony_mute").toHaveCount(0);
});

test("when the other side hangs up, the card goes on without buttons", async () => {
    const { session } = await talk();
    const byPbx = { can: { hang_up: true } };
    const talking = { version: 3, state: "in_progress", my_leg: "in_progress", control: byPbx };
    await tell(makeKnownCard({ ...talking, answer_date: utc() }));
    session.handlers.onEnd("");
    await settle();
    expect(".o_telephony_controls").toHaveCount(0, { message: "Odoo does not know yet" });
    await tell(
        makeKnownCard({
            version: 4,
            state: "ended",
            my_leg: "ended",
            disposition: "answered",
            talk_seconds: 3,
        })
    );
    expect(".o_telephony_done").toHaveCount(1);
    expect(server.cards.size).toBe(1);
});
