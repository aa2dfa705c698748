import { describe, expect, test } from "@odoo/hoot";
import {
    defineTelephonyModels,
    makeCard,
    settle,
    startTelephony,
    tell,
} from "@telephony_crm/../tests/telephony_test_helpers";

describe.current.tags("desktop");
defineTelephonyModels();

const ORIGIN = "google / cpc · Spring sale · /pricing";

test("the card tells in one line why they ring", async () => {
    await startTelephony();
    await tell(makeCard({ origin: ORIGIN }));
    expect(".o_telephony_origin").toHaveCount(1);
    expect(".o_telephony_origin").toHaveText(ORIGIN);
    expect(".o_telephony_origin bdi").toHaveAttribute("title", ORIGIN);
    expect(".o_telephony_origin i").toHaveAttribute("aria-label", "Came from");
});

test("where nothing is known there is no line", async () => {
    await startTelephony();
    await tell(makeCard({ origin: "" }));
    expect(".o_telephony_card").toHaveCount(1);
    expect(".o_telephony_origin").toHaveCount(0);
});

test("the line appears as soon as the visit is found", async () => {
    await startTelephony();
    await tell(makeCard({ origin: "" }));
    await tell(makeCard({ version: 2, origin: ORIGIN }));
    await settle();
    expect(".o_telephony_origin").toHaveText(ORIGIN);
});

test("what a stranger wrote into an address is text, and as long as the card", async () => {
    const harm = '<img src=x onerror="alert(1)"> / ' + "x".repeat(500);
    await startTelephony();
    await tell(makeCard({ origin: harm }));
    expect(".o_telephony_origin img").toHaveCount(0);
    expect(".o_telephony_origin").toHaveText(harm);
    const card = document.querySelector(".o_telephony_card").getBoundingClientRect();
    const line = document.querySelector(".o_telephony_origin bdi").getBoundingClientRect();
    expect(line.right <= card.right).toBe(true);
});
