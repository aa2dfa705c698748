import { advanceTime, describe, expect, queryAllTexts, test } from "@odoo/hoot";
import { ActivityListPopoverItem } from "@mail/core/web/activity_list_popover_item";
import { MainComponentsContainer } from "@web/core/main_components_container";
import { WebClient } from "@web/webclient/webclient";
import {
    asyncStep,
    contains,
    fields,
    getService,
    MockServer,
    mountView,
    mountWithCleanup,
    onRpc,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import {
    defineTelephonyModels,
    makeDialer,
    settle,
    setUpSession,
    startTelephony,
    TelephonyCallback,
    utc,
} from "./telephony_test_helpers";

class CallbackOfList extends TelephonyCallback {
    e164 = fields.Char();
    state = fields.Selection({
        selection: [
            ["open", "To do"],
            ["done", "Done"],
        ],
    });
    refusal = fields.Char();
    waiting_date = fields.Datetime();
    lead_id = fields.Many2one({ relation: "res.partner" });
    partner_id = fields.Many2one({ relation: "res.partner" });
    _records = [
        { id: 1, e164: "+442079460001", state: "open", waiting_date: utc(3 * 60 * 60) },
        { id: 2, e164: "+449098790123", state: "open", refusal: "It is a premium number." },
        { id: 3, e164: "+442079460003", state: "done" },
    ];
}

describe.current.tags("desktop");
defineTelephonyModels({ TelephonyCallback: CallbackOfList });

async function openList(options) {
    setUpSession(options);
    await mountView({
        type: "list",
        resModel: "telephony.callback",
        arch: `<list>
            <field name="waiting_date" widget="telephony_age"/>
            <widget name="telephony_call_back"/>
        </list>`,
    });
    await mountWithCleanup(MainComponentsContainer);
}

test("one button calls; a number that may not be dialled has none and says why", async () => {
    onRpc("telephony.dial", "dial", ({ args }) => {
        asyncStep(args[0]);
        return { status: "calling", number: args[0] };
    });
    await openList();
    expect(".o_telephony_call_back_button").toHaveCount(1);
    expect(".o_telephony_refused").toHaveCount(1);
    expect(".o_telephony_refused").toHaveAttribute("data-tooltip", "It is a premium number.");
    expect(".o_data_row:eq(1) a").toHaveCount(0);
    expect(".o_data_row:eq(2) button").toHaveCount(0);
    await contains(".o_telephony_call_back_button").click();
    await waitForSteps(["+442079460001"]);
    expect(".o_telephony_call_back_button").toHaveText("Calling…");
    expect(".o_telephony_call_back_button").not.toBeEnabled();
});

test("who has no extension calls with what the device has", async () => {
    await openList({ extension: false });
    expect(".o_data_row:eq(0) a[href='tel:+442079460001']").toHaveCount(1);
    expect(".o_data_row:eq(1) a").toHaveCount(0);
});

test("how long somebody waits is told in words", async () => {
    await openList();
    expect(queryAllTexts(".o_data_row:eq(0) td:eq(1)")).toEqual(["3 hours ago"]);
});

test("the badge counts anew when somebody is to be rung back", async () => {
    let missed = 0;
    onRpc("telephony.dial", "get_dialer", () => makeDialer({ missed }));
    await startTelephony({ component: WebClient });
    expect(".o_telephony_missed").toHaveCount(0);
    missed = 1;
    const bus = getService("bus_service");
    const heard = new Promise((resolve) => bus.subscribe("telephony.callback/update", resolve));
    MockServer.env["bus.bus"]._sendone("broadcast", "telephony.callback/update", { id: 1 });
    await heard;
    await advanceTime(2000);
    await settle();
    expect(".o_telephony_missed").toHaveText("1");
});

test("the activity on a contact has no call button when its call-back may not be made", async () => {
    onRpc("res.partner", "read", () => [{ id: 7, phone: "+449098790123" }]);
    await startTelephony();
    const values = { activity_category: "phonecall", res_model: "res.partner", res_id: 7 };
    const store = getService("mail.store");
    for (const telephony_refusal of [false, "It is a premium number."]) {
        const id = telephony_refusal ? 2 : 1;
        store["mail.activity"].insert({ id, ...values, telephony_refusal });
        await mountWithCleanup(ActivityListPopoverItem, {
            props: {
                activity: store["mail.activity"].get(id),
                onClickEditActivityButton: () => {},
            },
        });
        await settle();
        expect(".o_telephony_activity").toHaveCount(1);
    }
    expect(".o-mail-ActivityListPopoverItem").toHaveCount(2);
});
