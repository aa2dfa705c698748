import { animationFrame, describe, expect, queryFirst, test } from "@odoo/hoot";
import {
    asyncStep,
    contains,
    fields,
    models,
    mountView,
    onRpc,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import {
    defineTelephonyModels,
    makeCard,
    server,
    setUpSession,
    startTelephony,
    tell,
} from "./telephony_test_helpers";

class Shop extends models.Model {
    name = fields.Char();
    phone = fields.Char();
    refusal = fields.Char();
    _records = [
        { id: 1, name: "Kyiv", phone: "044 494 17 10" },
        { id: 2, name: "Lviv", phone: false },
    ];
}

describe.current.tags("desktop");
defineTelephonyModels({ Shop });

const FORM = /* xml */ `<form><field name="name"/><field name="phone" widget="phone"/></form>`;
const LIST = /* xml */ `<list><field name="name"/><field name="phone" widget="phone"/></list>`;
const KANBAN = /* xml */ `
    <kanban><templates><t t-name="card"><field name="phone" widget="phone"/></t></templates></kanban>`;

function mountShops(type, arch, options = {}) {
    const resId = type === "form" ? 1 : undefined;
    return mountView({ type, arch, resModel: "shop", resId, ...options });
}

test("without an extension a phone number stays Odoo's own link", async () => {
    setUpSession({ extension: false });
    await mountShops("form", FORM);
    expect(".o_telephony_call").toHaveCount(0);
    expect(".o_phone_form_link").toHaveAttribute("href", "tel:0444941710");
});

test("without the telephony role a phone number stays Odoo's own link", async () => {
    await mountShops("form", FORM);
    expect(".o_telephony_call").toHaveCount(0);
    expect(".o_phone_form_link").toHaveCount(1);
});

test("in a form a click calls, with the record", async () => {
    onRpc("telephony.dial", "dial", ({ args }) => asyncStep(args.join()));
    setUpSession();
    await mountShops("form", FORM);
    expect(".o_phone_form_link").toHaveCount(0);
    await contains(".o_telephony_call", { visible: false }).click();
    await waitForSteps(["044 494 17 10,shop,1"]);
    expect(".o_telephony_call").toHaveText("0:00");
    expect(".o_telephony_call").toHaveAttribute("aria-label", "Calling 044 494 17 10");
});

test("a number that is being typed is called as it stands", async () => {
    onRpc("telephony.dial", "dial", ({ args }) => asyncStep(args.join()));
    setUpSession();
    await mountShops("form", FORM);
    await contains(".o_field_phone input").edit("044 222 33 44");
    await contains(".o_telephony_call", { visible: false }).click();
    await waitForSteps(["044 222 33 44,shop,1"]);
});

test("in a list icon and number call, and the record does not open", async () => {
    onRpc("telephony.dial", "dial", ({ args }) => asyncStep(args.join()));
    setUpSession();
    await mountShops("list", LIST, { selectRecord: () => asyncStep("opened") });
    expect(".o_telephony_call").toHaveCount(1);
    await contains(".o_telephony_call", { visible: false }).click();
    await waitForSteps(["044 494 17 10,shop,1"]);
    expect(".o_field_phone a.o_form_uri").toHaveAttribute("href", "tel:0444941710");
    await contains(".o_field_phone a.o_form_uri").click();
    await waitForSteps([]); // It is being called already.
});

test("in a kanban card too", async () => {
    onRpc("telephony.dial", "dial", ({ args }) => asyncStep(args.join()));
    setUpSession();
    await mountShops("kanban", KANBAN);
    await contains(".o_telephony_call:first", { visible: false }).click();
    await waitForSteps(["044 494 17 10,shop,1"]);
});

test("a refused number says why", async () => {
    setUpSession();
    server.dial = { status: "refused", message: "Calls to this country are not allowed." };
    await mountShops("form", FORM);
    await contains(".o_telephony_call", { visible: false }).click();
    expect(".o_notification").toHaveText(/Calls to this country are not allowed/);
    expect(".o_telephony_call").toHaveAttribute(
        "data-tooltip",
        "Calls to this country are not allowed."
    );
    expect(".o_telephony_call .fa-exclamation-triangle").toHaveCount(1);
});

const NUMBER = /* xml */ `
    <form><field name="phone" widget="telephony_number" options="{'enable_sms': False}"/></form>`;

for (const extension of ["100", false]) {
    const whose = extension ? "with an extension" : "without an extension";
    test(`a call's number that is not rung back is plain text ${whose}`, async () => {
        Shop._records[0].refusal = "It is a premium number.";
        setUpSession({ extension });
        await mountShops("form", NUMBER, { readonly: true });
        expect(".o_field_widget[name=phone]").toHaveText("044 494 17 10");
        expect(".o_field_widget[name=phone] a").toHaveCount(0);
        expect(".o_telephony_call").toHaveCount(0);
    });

    test(`any other number of a call can be called ${whose}`, async () => {
        setUpSession({ extension });
        await mountShops("form", NUMBER, { readonly: true });
        expect(".o_field_widget[name=phone] a").toHaveText("044 494 17 10");
        expect(".o_telephony_call").toHaveCount(extension ? 1 : 0);
    });
}

test("a double click is one call", async () => {
    onRpc("telephony.dial", "dial", () => asyncStep("dial"));
    setUpSession();
    await mountShops("form", FORM);
    const button = queryFirst(".o_telephony_call");
    button.click();
    button.click();
    await animationFrame();
    await waitForSteps(["dial"]);
});

test("the button counts until the call is over", async () => {
    const telephony = await startTelephony();
    await telephony.dialing.dial("044 494 17 10", "shop", 1);
    const key = telephony.dialing.keyOf("044 494 17 10", "shop", 1);
    expect(telephony.dialing.stateOf(key)).toBe("calling");
    await tell(makeCard({ direction: "outbound" }));
    expect(telephony.dialing.current.callId).toBe(1);
    expect(".o_telephony_phase").toHaveText("Calling");
    const ended = { version: 2, direction: "outbound", state: "ended", disposition: "busy" };
    await tell(makeCard(ended));
    expect(telephony.dialing.stateOf(key)).toBe("");
    expect(".o_telephony_phase").toHaveText("Busy");
});

test("the SMS button of the sms addon is still there", async () => {
    setUpSession();
    await mountShops("form", FORM);
    expect(".o_field_phone_sms").toHaveCount(1);
    expect(".o_field_phone_sms").toHaveAttribute("href", "sms:0444941710");
});

const PLAIN = /* xml */ `<list><field name="name"/><field name="phone"/></list>`;

test("a number shown as plain text becomes a phone field for who can call", async () => {
    setUpSession();
    await mountShops("list", PLAIN);
    expect(".o_telephony_call").toHaveCount(1);
    expect(".o_field_phone_sms").toHaveCount(0);
});

test("for who cannot call it stays plain text", async () => {
    setUpSession({ extension: false });
    await mountShops("list", PLAIN);
    expect(".o_data_cell[name=phone]:first").toHaveText("044 494 17 10");
    expect(".o_field_phone").toHaveCount(0);
});
