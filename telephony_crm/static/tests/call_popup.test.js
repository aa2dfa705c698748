import {
    advanceTime,
    animationFrame,
    describe,
    expect,
    press,
    queryAllTexts,
    queryFirst,
    test,
} from "@odoo/hoot";
import { contains, defineStyle, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import {
    defineTelephonyModels,
    makeCard,
    makeKnownCard,
    startTelephony,
    tell,
} from "./telephony_test_helpers";

describe.current.tags("desktop");
defineTelephonyModels();

test("the newest is on top, three whole, the others in a line", async () => {
    patchWithCleanup(browser, { innerHeight: 1100 });
    await startTelephony();
    for (const id of [1, 2, 3, 4, 5]) {
        await tell(makeCard({ id, number_formatted: `+44 ${id}` }));
    }
    expect(queryAllTexts(".o_telephony_card .o_telephony_number_large")).toEqual([
        "+44 5",
        "+44 4",
        "+44 3",
    ]);
    expect(queryAllTexts(".o_telephony_line bdi")).toEqual(["+44 2", "+44 1"]);
    await contains(".o_telephony_line:last .o_telephony_expand").click();
    expect(".o_telephony_card:first .o_telephony_number_large").toHaveText("+44 1");
});

test("as many are whole as fit, so that all can be seen", async () => {
    patchWithCleanup(browser, { innerHeight: 800 });
    await startTelephony();
    for (const id of [1, 2, 3, 4, 5]) {
        await tell(makeCard({ id }));
    }
    expect(".o_telephony_card").toHaveCount(2);
    expect(".o_telephony_line").toHaveCount(3);
});

test("a card somebody writes in stays whole when others come", async () => {
    patchWithCleanup(browser, { innerHeight: 1100 });
    await startTelephony();
    await tell(makeCard());
    await contains(".o_telephony_note textarea").edit("Half a sen", { confirm: false });
    for (const id of [2, 3, 4, 5]) {
        await tell(makeCard({ id }));
    }
    expect(".o_telephony_card[data-call='1'] textarea").toBeFocused();
    expect(".o_telephony_card[data-call='1'] textarea").toHaveValue("Half a sen");
    expect(".o_telephony_card").toHaveCount(3);
});

test("a call never takes the focus from somebody who types", async () => {
    await startTelephony();
    await contains(".desk").focus();
    await tell(makeCard());
    expect(".desk").toBeFocused();
    await tell(makeCard({ version: 2, state: "in_progress", my_leg: "in_progress" }));
    await tell(makeCard({ id: 2 }));
    expect(".desk").toBeFocused();
    await advanceTime(130000);
    expect(".desk").toBeFocused();
});

test("keyboard: a shortcut goes to the card, arrows between cards, Escape back", async () => {
    await startTelephony();
    await tell(makeCard({ id: 1 }));
    await tell(makeCard({ id: 2 }));
    await contains(".desk").focus();
    await press("alt+shift+p");
    await animationFrame();
    expect("[data-call='2']").toBeFocused();
    await press("ArrowDown");
    expect("[data-call='1']").toBeFocused();
    await press("ArrowDown");
    expect("[data-call='2']").toBeFocused();
    await press("Escape");
    await animationFrame();
    expect(".o_telephony_line[data-call='2']").toHaveCount(1);
    expect(".desk").toBeFocused();
});

test("a screen reader says who calls, once and politely", async () => {
    await startTelephony();
    expect("[aria-live=polite]").toHaveText("");
    await tell(makeKnownCard());
    expect("[aria-live=polite]").toHaveText("Incoming call from Olena Shevchenko, Roshen");
    queryFirst("[aria-live=polite]").textContent = "";
    await tell(makeKnownCard({ version: 2, state: "in_progress", my_leg: "in_progress" }));
    await tell(makeKnownCard({ version: 3, state: "in_progress", my_leg: "ringing" }));
    expect("[aria-live=polite]").toHaveText("");
});

test("right to left: the card is at the other end, numbers stay as they are", async () => {
    defineStyle("* { direction: rtl !important; }");
    await startTelephony({ cards: [makeKnownCard()] });
    const box = queryFirst(".o_telephony_popup").getBoundingClientRect();
    expect(box.left).toBeLessThan(window.innerWidth - box.right);
    expect(".o_telephony_number .btn bdi").toHaveAttribute("dir", "ltr");
});
