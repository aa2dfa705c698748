import { describe, expect, test } from "@odoo/hoot";
import { compare, qualityWords, readStats } from "@telephony_crm/softphone/quality";
import { tie } from "@telephony_crm/softphone/tie";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { makeEntry } from "@telephony_crm/call_entry";

describe.current.tags("headless");

const GOOD = { received: 150, lost: 0, jitter: 0.004, roundTrip: 0.05 };
const NOTHING = { received: 0, lost: 0, jitter: 0, roundTrip: null };

function entry(id, card) {
    return makeEntry(id, { phase: "ringing", card: { direction: "inbound", ...card } });
}

function call(id, values) {
    return { id, direction: "incoming", number: "", callRef: "", ...values };
}

test("the sound is read from what the browser tells", () => {
    const report = [
        { type: "inbound-rtp", kind: "audio", packetsReceived: 90, packetsLost: 10, jitter: 0.02 },
        { type: "inbound-rtp", kind: "video", packetsReceived: 900 },
        { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.2 },
        { type: "outbound-rtp", packetsSent: 100 },
    ];
    expect(readStats(report)).toEqual({ received: 90, lost: 10, jitter: 0.02, roundTrip: 0.2 });
});

test("what was measured is that of the last seconds, not of the whole call", () => {
    const before = { ...GOOD, received: 1000, lost: 500 };
    const now = { ...GOOD, received: 1150, lost: 500 };
    expect(compare(before, now).level).toBe(3);
});

test("loss, jitter and round trip each make it worse", () => {
    const levels = [
        [{}, 3],
        [{ lost: 3 }, 2],
        [{ lost: 10 }, 1],
        [{ lost: 40 }, 0],
        [{ jitter: 0.06 }, 1],
        [{ roundTrip: 0.9 }, 0],
        [{ roundTrip: null }, 3],
        [{ received: 0 }, 0],
    ];
    for (const [change, level] of levels) {
        expect(compare(NOTHING, { ...GOOD, ...change }).level).toBe(level);
    }
});

test("silence is said, a round trip that nobody measured is not", () => {
    allowTranslations();
    expect(qualityWords(compare(GOOD, GOOD))).toBe("Nothing is heard of the other side");
    expect(qualityWords(compare(NOTHING, { ...GOOD, roundTrip: null }))).toBe(
        "Perfect sound · lost 0% · jitter 4 ms"
    );
});

test("calls are tied by number in any spelling", () => {
    const entries = [entry(1, { e164: "+442037691880" }), entry(2, { e164: "+380444941710" })];
    expect(tie([call("a", { number: "0444941710" })], entries, {})).toEqual({ a: 2 });
});

test("a call of somebody else on another phone is not taken for ours", () => {
    const entries = [entry(1, { e164: "+442037691880" })];
    expect(tie([call("a", { number: "+380444941710" })], entries, {})).toEqual({});
});

test("hidden callers are tied while there is one of them", () => {
    const hidden = [call("a"), call("b")];
    expect(tie([hidden[0]], [entry(1, { hidden: true })], {})).toEqual({ a: 1 });
    expect(tie(hidden, [entry(1, {}), entry(2, {})], {})).toEqual({});
});

test("the PBX rings us first when we dial", () => {
    const entries = [entry(1, { e164: "+380444941710", direction: "outbound" })];
    expect(tie([call("a", { number: "+442037691881" })], entries, {})).toEqual({ a: 1 });
});

test("a question to a colleague is not the call of a customer", () => {
    const entries = [entry(1, { e164: "+380444941710" })];
    const asked = call("a", { direction: "outgoing", number: "+380444941710" });
    expect(tie([asked], entries, {})).toEqual({});
});

test("who gets a call by transfer sees the customer's card with the same sound", () => {
    const first = tie([call("a", { number: "110" })], [entry(1, { number: "110" })], {});
    expect(first).toEqual({ a: 1 });
    const merged = [entry(2, { e164: "+380444941710" })];
    expect(tie([call("a", { number: "110" })], merged, first)).toEqual({ a: 2 });
});

test("a call that has become part of another is found by its number", () => {
    const asked = call("a", { number: "110", callRef: "1700.7" });
    const before = tie([asked], [entry(1, { number: "110", call_ref: "1700.7" })], {});
    const handed = call("a", { number: "+380444941710", callRef: "1700.7" });
    const merged = [entry(2, { e164: "+380444941710", call_ref: "1700.1" })];
    expect(tie([handed], merged, before)).toEqual({ a: 2 });
});

test("a hidden caller is tied by the PBX's id alone, where it tells", () => {
    const entries = [entry(1, { call_ref: "1700.1" }), entry(2, { call_ref: "1700.2" })];
    expect(tie([call("a", { callRef: "1700.2" })], entries, {})).toEqual({ a: 2 });
    expect(tie([call("a", { callRef: "1700.3" })], [entries[0]], {})).toEqual({});
});

test("of two calls with one number each has its own", () => {
    const entries = [entry(1, { e164: "+380444941710" }), entry(2, { e164: "+380444941710" })];
    const calls = [call("a", { number: "+380444941710" }), call("b", { number: "+380444941710" })];
    const ties = tie(calls, entries, {});
    expect(Object.values(ties).sort()).toEqual([1, 2]);
    expect(tie(calls, entries, ties)).toEqual(ties);
});
