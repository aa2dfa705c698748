import { expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";
import { utc } from "./telephony_test_helpers";

class Call extends models.Model {
    _name = "call";
    start_date = fields.Datetime();
    talk_seconds = fields.Integer();
    direction = fields.Selection({
        selection: [
            ["inbound", "Incoming"],
            ["outbound", "Outgoing"],
        ],
    });
    state = fields.Selection({
        selection: [
            ["ringing", "Ringing"],
            ["ended", "Ended"],
        ],
    });
    disposition = fields.Selection({
        selection: [
            ["answered", "Answered"],
            ["missed", "Missed"],
        ],
    });
    _records = [
        {
            id: 1,
            start_date: utc(5 * 60 + 1),
            direction: "inbound",
            state: "ended",
            disposition: "answered",
            talk_seconds: 252,
        },
        {
            id: 2,
            start_date: "2024-02-15 04:00:00",
            direction: "inbound",
            state: "ended",
            disposition: "missed",
            talk_seconds: 0,
        },
        {
            id: 3,
            start_date: false,
            direction: "outbound",
            state: "ringing",
            disposition: false,
            talk_seconds: 3725,
        },
    ];
}

defineMailModels();
defineModels([Call]);

function list(arch) {
    return mountView({ type: "list", resModel: "call", arch: `<list>${arch}</list>` });
}

function cells(selector) {
    return [...document.querySelectorAll(`.o_data_row ${selector}`)];
}

test("a length is said in minutes and seconds, and not at all where there is none", async () => {
    await list(`<field name="talk_seconds" widget="telephony_duration" sum="Talk" />`);
    expect(cells(".o_telephony_duration").map((el) => el.textContent)).toEqual([
        "4:12",
        "",
        "1:02:05",
    ]);
    expect(".o_list_footer .o_list_number").toHaveText("1:06:17");
});

test("direction and result are an icon with words for whoever cannot see it", async () => {
    await list(`
        <field name="state" column_invisible="1" />
        <field name="disposition" column_invisible="1" />
        <field name="direction" widget="telephony_call_icon" />`);
    const icons = cells("[role=img]");
    expect(icons.map((el) => el.getAttribute("aria-label"))).toEqual([
        "Incoming · Answered",
        "Incoming · Missed",
        "Outgoing · Ringing",
    ]);
    expect(icons[1]).toHaveClass("text-danger");
    expect(icons[1]).toHaveClass("oi-close");
});

test("a moment is relative near now, and exact on hover", async () => {
    await list(`<field name="start_date" widget="telephony_moment" />`);
    const times = cells("time");
    expect(times[0]).toHaveText("5 min. ago");
    expect(times[1].textContent).toMatch(/2024/);
    expect(times[2]).toHaveText("");
    await contains(".o_data_row:eq(1) time").hover();
    expect(times[1].dataset.tooltip).toMatch(/2024.*:00:00/);
});
