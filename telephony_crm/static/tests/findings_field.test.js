import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Pbx extends models.Model {
    _name = "pbx";
    name = fields.Char();
    health_findings = fields.Json();
    _records = [
        {
            id: 1,
            name: "Office",
            health_findings: [
                {
                    level: "error",
                    code: "refused",
                    text: "An event was refused: <b>wrong</b>.",
                    action: false,
                    button: false,
                },
                {
                    level: "warning",
                    code: "unknown_extension",
                    text: "Extension 177 is not entered here.",
                    action: "action_add_extensions",
                    button: "Add them",
                    dismiss: "action_ignore_extensions",
                },
            ],
        },
        { id: 2, name: "All is well", health_findings: [] },
    ];
}

defineMailModels();
defineModels([Pbx]);

function form(resId) {
    return mountView({
        type: "form",
        resModel: "pbx",
        resId,
        arch: `<form>
            <field name="name" />
            <field name="health_findings" widget="telephony_findings" />
        </form>`,
    });
}

test("each finding is said as it is, with the button that repairs it", async () => {
    await form(1);
    expect(queryAllTexts(".alert span")).toEqual([
        "An event was refused: <b>wrong</b>.",
        "Extension 177 is not entered here.",
    ]);
    expect(".alert-danger button").toHaveCount(0);
    expect(queryAllTexts(".alert-warning button")).toEqual(["Add them", "Ignore"]);
    expect(".alert-danger i").toHaveAttribute("aria-label", "Not working");
});

test("what was typed is saved before something is repaired", async () => {
    onRpc("pbx", "web_save", ({ args }) => {
        expect.step(`saved ${args[1].name}`);
    });
    for (const name of ["action_add_extensions", "action_ignore_extensions"]) {
        onRpc(`/web/dataset/call_button/pbx/${name}`, async (request) => {
            const { params } = await request.json();
            expect.step(`${name} ${params.args[0]}`);
            return false;
        });
    }
    await form(1);
    await contains(".o_field_widget[name=name] input").edit("London");
    await contains(".alert button:first").click();
    expect.verifySteps(["saved London", "action_add_extensions 1"]);
    await contains(".alert button:last").click();
    expect.verifySteps(["action_ignore_extensions 1"]);
});

test("nothing is shown when nothing is wrong", async () => {
    await form(2);
    expect(".alert").toHaveCount(0);
});
