import { advanceTime, describe, expect, mockDate, queryAllTexts, test } from "@odoo/hoot";
import {
    asyncStep,
    contains,
    mockService,
    onRpc,
    patchWithCleanup,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import {
    defineTelephonyModels,
    makeCard,
    makeKnownCard,
    OLENA,
    server,
    settle,
    SPRING_ORDER,
    startTelephony,
    tell,
    utc,
} from "./telephony_test_helpers";

describe.current.tags("desktop");
defineTelephonyModels();

test("a known caller: who, where from, why, what for, what before", async () => {
    mockDate("2026-01-15 10:00:00", 0);
    await startTelephony();
    await tell(
        makeKnownCard({
            candidates: [{ model: "res.partner", id: 8, name: "Ostap", company: "", lead: "" }],
            history: {
                count: 3,
                last_date: "2025-06-12 08:00:00",
                last_talk_seconds: 240,
                last_disposition: "answered",
                last_direction: "inbound",
                last_agent: "Mitchell Admin",
            },
        })
    );
    expect(".o_telephony_name").toHaveText("Olena Shevchenko");
    expect(".o_telephony_who").toHaveText(/Roshen · Purchasing director/);
    expect(".o_telephony_number").toHaveText(/\+380 44 494 1710\s*Kyiv, Ukraine/);
    expect(".o_telephony_reason").toHaveText(/The international number is the same\s*1 other/);
    expect(".o_telephony_lead").toHaveText(/Spring order\s*Proposition · 12,400 €/);
    expect(".o_telephony_lead").toHaveText(/Yours · next: call back, today/);
    expect(".o_telephony_history").toHaveText(
        "3 calls before · last Jun 12, 2025 · 4:00 · Answered (you)"
    );
});

test("who is called by a colleague reads that name, and not the own number", async () => {
    await startTelephony({
        cards: [
            makeCard({
                direction: "internal",
                number: "101",
                number_formatted: "101",
                e164: "",
                region: "",
                colleague: "Bruno Costa",
            }),
        ],
    });
    expect(".o_telephony_number_large").toHaveText("Bruno Costa");
    expect(".o_telephony_number").toHaveText("");
});

test("the name opens the contact, a lead opens itself", async () => {
    mockService("action", { doAction: ({ res_model, res_id }) => asyncStep(res_model + res_id) });
    await startTelephony({ cards: [makeKnownCard()] });
    await contains(".o_telephony_name").click();
    await contains(".o_telephony_lead").click();
    await waitForSteps(["res.partner7", "crm.lead21"]);
});

test("own leads come first, the others behind one link", async () => {
    const other = { ...SPRING_ORDER, id: 22, name: "Autumn order", mine: false, user: "Bruno" };
    await startTelephony({
        cards: [makeKnownCard({ leads: [other, SPRING_ORDER], lead_count: 31 })],
    });
    expect(queryAllTexts(".o_telephony_lead bdi.fw-bold")).toEqual([
        "Spring order",
        "Autumn order",
    ]);
    expect(".o_telephony_more").toHaveText("29 more");
});

test("a click on the number copies it", async () => {
    patchWithCleanup(browser.navigator.clipboard, { writeText: async (text) => asyncStep(text) });
    await startTelephony({ cards: [makeKnownCard()] });
    await contains(".o_telephony_number .btn").click();
    await waitForSteps(["+380444941710"]);
    expect(".o_telephony_number .btn").toHaveText(/Copied/);
});

test("text from outside is never markup", async () => {
    const name = "<img src=x onerror=alert(1)>";
    await startTelephony({
        cards: [
            makeKnownCard({
                partner: { ...OLENA, name, company: name },
                leads: [{ ...SPRING_ORDER, name }],
                note: name,
                region: name,
            }),
        ],
    });
    expect(".o_telephony_name").toHaveText(name);
    expect(".o_telephony_card img").toHaveCount(1); // the photo
});

test("an unknown caller becomes a lead, and gets a comment", async () => {
    onRpc("telephony.call", "card_create", ({ args }) => asyncStep(JSON.stringify(args)));
    onRpc("telephony.call", "card_note", ({ args }) => asyncStep(args[1]));
    await startTelephony({ cards: [makeCard()] });
    expect(".o_telephony_number_large").toHaveText("+380 44 494 1710");
    expect(".o_telephony_reason").toHaveText("Not in your contacts");
    expect(queryAllTexts(".o_telephony_kinds button")).toEqual(["Contact", "Company", "Lead"]);
    await contains(".o_telephony_new_lead").click();
    expect(".o_telephony_form input[name=name]").toBeFocused();
    await contains(".o_telephony_form input[name=name]").edit("Taras", { confirm: false });
    await contains(".o_telephony_form input[name=company]").edit("Kobzar Ltd", {
        confirm: "enter",
    });
    await waitForSteps(['[1,"lead",{"name":"Taras","company":"Kobzar Ltd","email":""}]']);
    expect(".o_telephony_form").toHaveCount(0);
    expect(".o_telephony_lead").toHaveText(/Call from Taras/);
    await contains(".o_telephony_note textarea").edit("Wants 300 boxes", { confirm: false });
    await advanceTime(700);
    await waitForSteps(["Wants 300 boxes"]);
});

test("a half-filled form outlives that the card is minimised", async () => {
    await startTelephony({ cards: [makeCard()] });
    await contains(".o_telephony_new_partner").click();
    await contains(".o_telephony_form input[name=name]").edit("Taras", { confirm: false });
    await contains(".o_telephony_minimise").click();
    await contains(".o_telephony_expand").click();
    expect(".o_telephony_form input[name=name]").toHaveValue("Taras");
});

test("an ambiguous caller: one click chooses", async () => {
    onRpc("telephony.call", "card_choose", ({ args }) => asyncStep(args.join()));
    const candidates = [1, 2, 3, 4, 5].map((id) => ({
        model: "res.partner",
        id,
        name: `Candidate ${id}`,
        company: "Roshen",
        lead: "Spring order",
    }));
    await startTelephony({ cards: [makeCard({ ambiguous: true, candidates })] });
    expect(".o_telephony_candidate").toHaveCount(4);
    expect(".o_telephony_candidate:first").toHaveText(/Candidate 1\s*Roshen · Spring order/);
    expect(".o_telephony_kinds").toHaveCount(0);
    await contains(".o_telephony_candidate:eq(1)").click();
    await waitForSteps(["1,res.partner,2"]);
    expect(".o_telephony_choice").toHaveCount(0);
    expect(".o_telephony_name").toHaveText("Olena Shevchenko");
});

test("none of these leads to the three buttons", async () => {
    const candidates = [{ model: "crm.lead", id: 1, name: "Old lead", company: "", lead: "" }];
    await startTelephony({ cards: [makeCard({ ambiguous: true, candidates })] });
    await contains(".o_telephony_none").click();
    expect(".o_telephony_choice").toHaveCount(0);
    expect(".o_telephony_kinds button").toHaveCount(3);
});

test("a hidden number has nothing to copy, to block or to create a contact from", async () => {
    const can = { create_partner: false, create_lead: true, block: false, dial: false };
    const hidden = { hidden: true, number: "", e164: "", number_formatted: "", region: "", can };
    await startTelephony({ cards: [makeCard(hidden)] });
    expect(".o_telephony_number_large").toHaveText("Hidden number");
    expect(".o_telephony_number .btn").toHaveCount(0);
    expect(".o_telephony_menu").toHaveCount(0);
    expect(queryAllTexts(".o_telephony_kinds button")).toEqual(["Lead"]);
});

test("blocking a number asks first", async () => {
    onRpc("telephony.call", "card_block", () => asyncStep("blocked"));
    await startTelephony({ cards: [makeCard()] });
    await contains(".o_telephony_menu > button").click();
    await contains(".o_telephony_block").click();
    await waitForSteps([]);
    await contains(".o_telephony_block_sure").click();
    await waitForSteps(["blocked"]);
    expect(".o_telephony_card").toHaveText(/This number is blocked/);
});

test("the timer counts by the server's clock", async () => {
    mockDate("2026-01-15 10:00:00", 0);
    await startTelephony();
    const times = { answer_date: "2026-01-15 10:05:00", now: "2026-01-15 10:05:42" };
    await tell(makeCard({ ...times, state: "in_progress", my_leg: "in_progress" }));
    expect(".o_telephony_timer").toHaveText("0:42");
    await advanceTime(20000);
    expect(".o_telephony_timer").toHaveText("1:02");
});

test("no answer time, no timer", async () => {
    await startTelephony();
    await tell(makeCard({ state: "in_progress", my_leg: "in_progress" }));
    expect(".o_telephony_timer").toHaveCount(0);
});

test("after a talk: one click says what came of it, Done closes", async () => {
    await startTelephony();
    const talk = { state: "in_progress", my_leg: "in_progress", answer_date: utc(252) };
    await tell(makeKnownCard(talk));
    const ended = { version: 2, state: "ended", my_leg: "ended", disposition: "answered" };
    await tell(makeKnownCard({ ...ended, talk_seconds: 252 }));
    expect(".o_telephony_after").toHaveText(/Talked 4:12 with Olena Shevchenko/);
    await contains(".o_telephony_outcomes button:contains(Interested)").click();
    expect(server.cards.get(1).outcome_id).toBe(1);
    expect(".o_telephony_outcomes button:contains(Interested)").toHaveAttribute(
        "aria-pressed",
        "true"
    );
    await contains(".o_telephony_done").click();
    expect(".o_telephony_card").toHaveCount(0);
});

test("a missed call can be called back from its card", async () => {
    onRpc("telephony.dial", "dial", ({ args }) => asyncStep(args.join()));
    await startTelephony();
    await tell(makeKnownCard());
    const ended = { version: 2, state: "ended", my_leg: "ended", disposition: "missed" };
    await tell(makeKnownCard(ended));
    expect(".o_telephony_phase").toHaveText("Missed");
    await contains(".o_telephony_call_back").click();
    await waitForSteps(["+380444941710,crm.lead,21"]);
    expect(".o_telephony_card").toHaveCount(0);
});

test("where nothing is offered, somebody can still be created under “More”", async () => {
    await startTelephony({ cards: [makeCard({ offer: false })] });
    expect(".o_telephony_kinds").toHaveCount(0);
    await contains(".o_telephony_menu > button").click();
    await contains(".o_telephony_menu_new_partner").click();
    await contains(".o_telephony_form input[name=name]").edit("Ann"); // and Enter
    await settle();
    expect(".o_telephony_name").toHaveText("Ann");
});
