import { advanceTime, describe, expect, mockDate, test } from "@odoo/hoot";
import { CallBook } from "@telephony_crm/call_book";
import { makeCard } from "./telephony_test_helpers";

describe.current.tags("headless");

const ME = 2;

function makeBook(options = {}) {
    const book = new CallBook();
    book.isCurrent = true;
    book.setup({
        userId: ME,
        isClosed: () => false,
        isMinimised: () => false,
        hasWords: () => false,
        onLeave: () => {},
        ...options,
    });
    return book;
}

const phaseOf = (book, id = 1) => book.calls[id]?.phase;

test("a lower version is dropped, whatever way it comes", () => {
    const book = makeBook();
    book.put(makeCard({ version: 5, my_leg: "in_progress", state: "in_progress" }));
    expect(book.hear({ id: 1, version: 5, state: "ringing" })).toBe(false);
    expect(book.hear({ id: 1, version: 4, state: "ringing" })).toBe(false);
    book.put(makeCard({ version: 4 }));
    expect(phaseOf(book)).toBe("talking");
    expect(book.hear({ id: 1, version: 6, state: "ended" })).toBe(true);
});

test("a call is shown at the first news, before its card is there", () => {
    const book = makeBook();
    expect(book.hear({ id: 1, version: 1, state: "ringing", number: "+380444941710" })).toBe(true);
    expect(phaseOf(book)).toBe("ringing");
    expect(book.calls[1].hint.number).toBe("+380444941710");
});

test("a call that has ended before it was shown stays away", () => {
    const book = makeBook();
    expect(book.hear({ id: 1, version: 3, state: "ended" })).toBe(false);
    book.put(makeCard({ state: "ended", disposition: "missed", my_leg: "ended" }));
    expect(book.entries).toHaveLength(0);
});

test("news told again to a new browser does not bring back what is over", () => {
    mockDate("2026-03-02 10:00:00", 0);
    const book = makeBook();
    const over = { state: "ended", disposition: "missed", my_leg: "ended" };
    const now = "2026-03-02 10:00:00";
    book.hear({ id: 1, version: 1, state: "ringing" });
    book.hear({ id: 2, version: 1, state: "ringing" });
    book.put(makeCard({ id: 1, version: 4, ...over, now, end_date: "2026-03-02 09:59:30" }));
    book.put(makeCard({ id: 2, version: 4, ...over, now, end_date: "2026-03-02 10:00:00" }));
    expect(book.entries.map((entry) => entry.id)).toEqual([2]);
});

test("the server's list replaces what is live", () => {
    const book = makeBook();
    book.put(makeCard({ id: 1 }));
    book.put(makeCard({ id: 2 }));
    const unclear = book.replaceAll([makeCard({ id: 2 }), makeCard({ id: 3 })], book.tick);
    expect(book.entries.map((entry) => entry.id)).toEqual([3, 2]);
    expect(unclear).toEqual([]);
});

test("a list asked for earlier does not remove what came meanwhile", () => {
    const book = makeBook();
    const askedAt = book.tick;
    book.hear({ id: 1, version: 1, state: "ringing" });
    book.replaceAll([], askedAt);
    expect(phaseOf(book)).toBe("ringing");
});

test("a talk that is not in the list any more is asked about", () => {
    const book = makeBook();
    book.put(makeCard({ state: "in_progress", my_leg: "in_progress" }));
    expect(book.replaceAll([], book.tick)).toEqual([1]);
});

test("an after-call form outlives the server's list", () => {
    const book = makeBook();
    book.put(makeCard({ state: "in_progress", my_leg: "in_progress" }));
    book.put(makeCard({ version: 2, state: "ended", my_leg: "ended", disposition: "answered" }));
    expect(phaseOf(book)).toBe("after");
    book.replaceAll([], book.tick);
    expect(phaseOf(book)).toBe("after");
});

test("phases of a call, for different people", () => {
    const phases = {
        "rings here": [{}, "ringing"],
        "rings here after a transfer": [{ state: "in_progress" }, "ringing"],
        "rings at others now": [{ my_leg: "ended" }, "over"],
        "my customer rings a colleague": [{ my_leg: "", rings_others: true }, "over"],
        "I talk": [{ state: "in_progress", my_leg: "in_progress" }, "talking"],
        "a colleague talks": [
            { state: "in_progress", my_leg: "ended", agent: { id: 9, name: "Bruno" } },
            "elsewhere",
        ],
        "a colleague has talked": [
            {
                state: "ended",
                my_leg: "ended",
                disposition: "answered",
                agent: { id: 9, name: "Bruno" },
            },
            "elsewhere",
        ],
        "nobody answered": [{ state: "ended", my_leg: "ended", disposition: "missed" }, "missed"],
        "the caller gave up": [
            { state: "ended", my_leg: "ended", disposition: "abandoned" },
            "missed",
        ],
        refused: [{ state: "ended", my_leg: "ended", disposition: "rejected" }, "over"],
        "I called, nobody there": [
            { state: "ended", direction: "outbound", disposition: "no_answer" },
            "over",
        ],
        "I called and talked": [
            {
                state: "ended",
                direction: "outbound",
                disposition: "answered",
                agent: { id: ME, name: "Me" },
            },
            "after",
        ],
    };
    for (const [name, [values, phase]] of Object.entries(phases)) {
        const book = makeBook();
        book.put(makeCard({ version: 0 }));
        book.put(makeCard({ version: 1, ...values }));
        expect(phaseOf(book)).toBe(phase, { message: name });
    }
});

test("who hands a call over still gets the after-call form", () => {
    const book = makeBook();
    book.put(makeCard({ state: "in_progress", my_leg: "in_progress" }));
    const agent = { id: 9, name: "Bruno" };
    book.put(makeCard({ version: 2, state: "in_progress", my_leg: "ended", agent }));
    expect(phaseOf(book)).toBe("after");
    book.put(makeCard({ version: 3, state: "ended", disposition: "answered", agent }));
    expect(phaseOf(book)).toBe("after");
});

test("a colleague's call needs no form", () => {
    const book = makeBook();
    const direction = "internal";
    book.put(makeCard({ direction, state: "in_progress", my_leg: "in_progress" }));
    book.put(makeCard({ direction, version: 2, state: "ended", disposition: "answered" }));
    expect(phaseOf(book)).toBe("over");
});

test("a ringing card without news is stale after two minutes, then goes", async () => {
    mockDate("2026-01-15 10:00:00");
    const book = makeBook();
    book.put(makeCard());
    expect(book.sweep()).toBeWithin(119000, 120000);
    await advanceTime(119000);
    book.sweep();
    expect(phaseOf(book)).toBe("ringing");
    await advanceTime(1000);
    book.sweep();
    expect(phaseOf(book)).toBe("stale");
    // The same told again is no news.
    book.put(makeCard());
    expect(phaseOf(book)).toBe("stale");
    await advanceTime(8000);
    expect(book.sweep()).toBe(null);
    expect(book.entries).toHaveLength(0);
    book.put(makeCard());
    expect(book.entries).toHaveLength(0);
});

test("news brings a stale card back to life", async () => {
    mockDate("2026-01-15 10:00:00");
    const book = makeBook();
    book.put(makeCard());
    await advanceTime(120000);
    book.sweep();
    book.put(makeCard({ version: 2 }));
    expect(phaseOf(book)).toBe("ringing");
    await advanceTime(119000);
    book.sweep();
    expect(phaseOf(book)).toBe("ringing");
});

test("answered elsewhere goes after 4 s, missed after 8 s, a form never", async () => {
    mockDate("2026-01-15 10:00:00");
    const book = makeBook();
    [1, 2].forEach((id) => book.put(makeCard({ id })));
    book.put(makeCard({ id: 3, state: "in_progress", my_leg: "in_progress" }));
    book.put(makeCard({ id: 1, version: 2, state: "in_progress", my_leg: "ended" }));
    book.put(makeCard({ id: 2, version: 2, state: "ended", disposition: "missed" }));
    book.put(makeCard({ id: 3, version: 2, state: "ended", disposition: "answered" }));
    expect(book.sweep()).toBeWithin(3000, 4000);
    await advanceTime(4000);
    book.sweep();
    expect(book.entries.map((entry) => entry.id)).toEqual([3, 2]);
    await advanceTime(4000);
    book.sweep();
    expect(book.entries.map((entry) => entry.id)).toEqual([3]);
    await advanceTime(3600000);
    book.sweep();
    expect(phaseOf(book, 3)).toBe("after");
});

test("a card with unsaved words or an open form does not go by itself", async () => {
    mockDate("2026-01-15 10:00:00");
    const unsaved = new Set([1]);
    const book = makeBook({ hasWords: (id) => unsaved.has(id) });
    for (const id of [1, 2]) {
        book.put(makeCard({ id }));
        book.put(makeCard({ id, version: 2, state: "ended", disposition: "missed" }));
    }
    book.hold(2, "form", true);
    await advanceTime(60000);
    book.sweep();
    expect(book.entries).toHaveLength(2);
    unsaved.clear();
    book.hold(2, "form", false);
    expect(book.sweep()).toBe(null);
    expect(book.entries).toHaveLength(0);
});

test("what was closed does not come back", () => {
    const book = makeBook({ isClosed: (id) => id === 1 });
    expect(book.hear({ id: 1, version: 2, state: "ringing" })).toBe(false);
    book.put(makeCard());
    expect(book.entries).toHaveLength(0);
});

test("the server's clock is the one that counts", () => {
    mockDate("2026-01-15 10:00:00", 0);
    const book = makeBook();
    book.put(makeCard({ now: "2026-01-15 10:00:30" }));
    expect(book.offset).toBeWithin(29900, 30000);
});

test("before the server's list is known, nothing is shown at once", () => {
    const book = makeBook();
    book.isCurrent = false;
    expect(book.hear({ id: 1, version: 1, state: "ringing" })).toBe(true);
    expect(book.entries).toHaveLength(0);
    book.replaceAll([], book.tick);
    expect(book.hear({ id: 2, version: 1, state: "ringing" })).toBe(true);
    expect(book.entries).toHaveLength(1);
});
