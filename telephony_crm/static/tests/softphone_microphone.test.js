import { advanceTime, Deferred, describe, expect, test } from "@odoo/hoot";
import { waitForSteps } from "@web/../tests/web_test_helpers";
import { phone, startSoftphone } from "./softphone_test_helpers";
import { defineTelephonyModels, settle } from "./telephony_test_helpers";

describe.current.tags("desktop");
defineTelephonyModels();

const NUMBER = "+380444941710";

/** Microphones as the browser gives them: late, and open until somebody closes them. */
class Microphones {
    open = new Set();
    /** those asked for; each is given with `resolve()` */
    asked = [];
    isLate = true;

    constructor() {
        phone.microphone = () => this.give();
    }

    async give() {
        if (this.isLate) {
            const turn = new Deferred();
            this.asked.push(turn);
            await turn;
        }
        const track = { stop: () => this.open.delete(track) };
        this.open.add(track);
        return { getTracks: () => [track], getAudioTracks: () => [track] };
    }

    async giveAll() {
        this.asked.forEach((turn) => turn.resolve());
        this.asked = [];
        await settle();
    }
}

async function ring() {
    const { line } = await startSoftphone();
    const microphones = new Microphones();
    const session = await phone.engine.ring(NUMBER);
    return { line, session, microphones };
}

/** Somebody talks, and any microphone asked for from now on comes late. */
async function talk() {
    const { line, session, microphones } = await ring();
    microphones.isLate = false;
    await line.act(session.id, "answer", []);
    await waitForSteps(["register 110", `answer ${NUMBER}`]);
    microphones.isLate = true;
    return { line, session, microphones };
}

test("who answers twice has one microphone open, and none after the call", async () => {
    const { line, session, microphones } = await ring();
    const answers = [line.act(session.id, "answer", []), line.act(session.id, "answer", [])];
    await microphones.giveAll();
    await Promise.all(answers);
    await waitForSteps(["register 110", `answer ${NUMBER}`]);
    expect(microphones.open.size).toBe(1);
    session.hangUp();
    expect(microphones.open.size).toBe(0);
    await waitForSteps([`hang up ${NUMBER}`]);
});

test("a microphone that comes after the caller has hung up is closed again", async () => {
    const { line, session, microphones } = await ring();
    const answer = line.act(session.id, "answer", []);
    session.hangUp();
    await microphones.giveAll();
    await answer;
    expect(microphones.open.size).toBe(0);
    await waitForSteps(["register 110", `hang up ${NUMBER}`]);
});

test("who asks a colleague twice calls once", async () => {
    const { line, session, microphones } = await talk();
    const questions = ["Sam", "Sam"].map((name) => line.act(session.id, "consult", ["102", name]));
    await microphones.giveAll();
    await Promise.all(questions);
    await waitForSteps([`hold ${NUMBER}`, "call 102"]);
    expect(microphones.open.size).toBe(2);
    line.act(session.id, "hangUp", []);
    expect(microphones.open.size).toBe(0);
    await waitForSteps(["hang up 102", `hang up ${NUMBER}`]);
});

test("a colleague is not called for a caller who has gone meanwhile", async () => {
    const { line, session, microphones } = await talk();
    const isHeld = new Deferred();
    session.hold = () => isHeld;
    const question = line.act(session.id, "consult", ["102", "Sam"]);
    await microphones.giveAll();
    session.hangUp();
    isHeld.reject(new Error("hold"));
    await question;
    expect(microphones.open.size).toBe(0);
    await waitForSteps([`hang up ${NUMBER}`]);
});

test("a colleague who cannot be called leaves no microphone open", async () => {
    const { line, session, microphones } = await talk();
    phone.engine.call = () => {
        throw new TypeError("Invalid target: undefined");
    };
    const question = expect(line.act(session.id, "consult", ["102", "Sam"])).rejects.toThrow(
        "failed"
    );
    await microphones.giveAll();
    await question;
    expect(microphones.open.size).toBe(1);
    session.hangUp();
    expect(microphones.open.size).toBe(0);
    await waitForSteps([`hold ${NUMBER}`, `hang up ${NUMBER}`]);
});

test("of devices that are chosen one after the other the last stays open", async () => {
    const { line, session, microphones } = await talk();
    let sent;
    const replaceTrack = async (track) => (sent = track);
    const sender = { track: { kind: "audio" }, replaceTrack };
    session.connection = { getSenders: () => [sender], getStats: async () => null };
    const choices = [line.useDevices(), line.useDevices()];
    await advanceTime(10);
    await microphones.giveAll();
    await Promise.all(choices);
    expect([...microphones.open]).toEqual([sent]);
    const choice = line.useDevices();
    await advanceTime(10);
    session.hangUp();
    await microphones.giveAll();
    await choice;
    expect(microphones.open.size).toBe(0);
    await waitForSteps([`hang up ${NUMBER}`]);
});
