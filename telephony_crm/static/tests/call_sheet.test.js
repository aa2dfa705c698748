import { describe, expect, queryFirst, test } from "@odoo/hoot";
import { contains } from "@web/../tests/web_test_helpers";
import {
    defineTelephonyModels,
    makeCard,
    makeKnownCard,
    startTelephony,
} from "./telephony_test_helpers";

describe.current.tags("mobile");
defineTelephonyModels();

test("a narrow screen has a sheet at the bottom, one call whole", async () => {
    await startTelephony({ cards: [makeCard({ id: 1 }), makeKnownCard({ id: 2 })] });
    expect(".o_telephony_popup").toHaveClass("o_telephony_sheet");
    expect(".o_telephony_card").toHaveCount(1);
    expect(".o_telephony_line").toHaveCount(1);
    const box = queryFirst(".o_telephony_popup").getBoundingClientRect();
    expect(Math.round(box.bottom)).toBe(window.innerHeight);
    expect(Math.round(box.width)).toBe(window.innerWidth);
});

test("a tap on the line shows the other call", async () => {
    await startTelephony({ cards: [makeCard({ id: 1 }), makeKnownCard({ id: 2 })] });
    expect(".o_telephony_card").toHaveAttribute("data-call", "2");
    await contains(".o_telephony_expand").click();
    expect(".o_telephony_card").toHaveAttribute("data-call", "1");
});
