import { describe, expect, test } from "@odoo/hoot";
import {
    asyncStep,
    contains,
    mockService,
    mountWithCleanup,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import { ChatterLine } from "@telephony_crm/chatter_line/chatter_line";
import { defineTelephonyModels } from "./telephony_test_helpers";

describe.current.tags("desktop");
defineTelephonyModels();

function show(values = {}) {
    const call = {
        id: 5,
        direction: "inbound",
        disposition: "answered",
        talk_seconds: 252,
        number: "+380 44 494 1710",
        line: "London line",
        outcome: "",
        note: "",
        sounds: [],
        ...values,
    };
    return mountWithCleanup(ChatterLine, { props: { call } });
}

test("a talk: direction, how long, with which number, on which line", async () => {
    await show({ outcome: "Interested", note: "Wants <b>two</b>\nof them" });
    expect(".o_telephony_chatter_line").toHaveText(
        /Incoming call\s*4:12\s*\+380 44 494 1710 · London line\s*Interested/
    );
    expect(".o_telephony_line_note").toHaveText("Wants <b>two</b>\nof them");
    expect(".o_telephony_line_note b").toHaveCount(0);
});

test("a missed call says so in red, an unanswered dial does not", async () => {
    await show({ disposition: "missed", talk_seconds: 0 });
    expect(".o_telephony_chatter_line .text-danger:contains(Missed)").toHaveCount(1);
});

test("an outgoing call", async () => {
    await show({ direction: "outbound", disposition: "no_answer", talk_seconds: 0 });
    expect(".o_telephony_chatter_line").toHaveText(/Outgoing call\s*No answer/);
    expect(".o_telephony_chatter_line .text-danger").toHaveCount(0);
});

test("the call opens for who may see it, and for nobody else", async () => {
    mockService("action", { doAction: ({ res_model, res_id }) => asyncStep(res_model + res_id) });
    await show();
    await contains(".o_telephony_open_call").click();
    await waitForSteps(["telephony.call5"]);
});

test("without the right to see the call there is nothing to open", async () => {
    await show({ id: false });
    expect(".o_telephony_open_call").toHaveCount(0);
});

test("its recordings are played in the line", async () => {
    const sound = { seconds: 252, reason: "", can_retry: false };
    await show({
        sounds: [
            { ...sound, id: 1, state: "stored" },
            { ...sound, id: 2, state: "waiting" },
        ],
    });
    expect(".o_telephony_line_sound").toHaveCount(2);
    expect(".o_telephony_player").toHaveCount(1);
    expect(".o_telephony_sound_missing").toHaveText(/on its way/);
});
