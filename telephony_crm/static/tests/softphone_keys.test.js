import { advanceTime, animationFrame, describe, expect, test } from "@odoo/hoot";
import { press } from "@odoo/hoot-dom";
import { WebClient } from "@web/webclient/webclient";
import { contains, onRpc, waitForSteps } from "@web/../tests/web_test_helpers";
import { phone, startSoftphone } from "./softphone_test_helpers";
import { defineTelephonyModels, makeDialer, makeKnownCard, settle } from "./telephony_test_helpers";

describe.current.tags("desktop");
defineTelephonyModels();

const NUMBER = "+380444941710";

/** Press keys, one after the other, each once the last one is done. */
async function strike(...keys) {
    for (const key of keys) {
        await press(key);
        await settle();
    }
}

async function rings(options = {}) {
    await startSoftphone({ cards: [makeKnownCard()], ...options });
    await phone.engine.ring(NUMBER);
    await settle();
}

test("a call is answered and ended by the keyboard", async () => {
    await rings();
    await strike("alt+shift+k", "alt+shift+h");
    await waitForSteps(["register 110", `answer ${NUMBER}`, `hang up ${NUMBER}`]);
});

test("a call that rings is declined by the keyboard", async () => {
    await rings();
    await strike("alt+shift+h");
    await waitForSteps(["register 110", `hang up ${NUMBER}`]);
    expect(".o_telephony_decline").toHaveCount(0);
});

test("a call is muted and put on hold by the keyboard, also while a note is written", async () => {
    await rings();
    await strike("alt+shift+k");
    await contains(".o_telephony_note textarea").focus();
    await strike("alt+shift+s");
    expect(".o_telephony_mute").toHaveText("Muted");
    await strike("alt+shift+s", "alt+shift+w");
    expect(".o_telephony_mute").toHaveText("Mute");
    expect(".o_telephony_hold").toHaveText("Resume");
    await strike("alt+shift+w");
    expect(".o_telephony_hold").toHaveText("Hold");
    await waitForSteps([
        "register 110",
        `answer ${NUMBER}`,
        "mute",
        "unmute",
        `hold ${NUMBER}`,
        `resume ${NUMBER}`,
    ]);
});

test("of two calls the keys are for the one that is heard", async () => {
    await rings();
    await strike("alt+shift+k");
    await phone.engine.ring("102");
    await advanceTime(800); // Odoo does not know of it.
    await strike("alt+shift+k");
    await contains(".o_telephony_hold:contains(Resume)").click(); // back to the first
    await strike("alt+shift+h");
    await waitForSteps([
        "register 110",
        `answer ${NUMBER}`,
        `hold ${NUMBER}`,
        "answer 102",
        "hold 102",
        `resume ${NUMBER}`,
        `hang up ${NUMBER}`,
    ]);
});

test("keys without a call do nothing", async () => {
    await startSoftphone();
    await strike("alt+shift+k", "alt+shift+h", "alt+shift+s", "alt+shift+w");
    await waitForSteps(["register 110"]);
});

test("while somebody talks in the browser the dialler has a keypad", async () => {
    onRpc("telephony.dial", "get_dialer", () => makeDialer({ softphone: true }));
    await rings({ component: WebClient });
    await contains(".o_telephony_systray").click();
    expect(".o_telephony_dialer .o_telephony_keypad").toHaveCount(0);
    await strike("alt+shift+k");
    await contains(".o_telephony_dialer [data-key='4']").click();
    await strike("2", "#");
    expect(".o_telephony_dialer .o_telephony_pressed").toHaveText("42#");
    await strike("alt+shift+w");
    expect(".o_telephony_dialer .o_telephony_keypad").toHaveCount(0);
    await strike("alt+shift+w", "alt+shift+h");
    await animationFrame();
    expect(".o_telephony_dialer .o_telephony_keypad").toHaveCount(0);
    await waitForSteps([
        "register 110",
        `answer ${NUMBER}`,
        "press 4",
        "press 2",
        "press #",
        `hold ${NUMBER}`,
        `resume ${NUMBER}`,
        `hang up ${NUMBER}`,
    ]);
});
