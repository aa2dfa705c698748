import { expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    getFacetTexts,
    mockService,
    models,
    mountView,
    onRpc,
    toggleMenuItem,
    toggleSearchBarMenu,
} from "@web/../tests/web_test_helpers";
import { clickOnDataset } from "@web/../tests/views/graph/graph_test_helpers";

import { formatReturn } from "@telephony_crm_tracking/report/return_field";

const ACTION = { type: "ir.actions.act_window", res_model: "telephony.call" };

class Report extends models.Model {
    _name = "report";
    source = fields.Char();
    calls = fields.Integer({ aggregator: "sum" });
    profit = fields.Integer({ aggregator: "sum" });
    _records = [
        { id: 1, source: "bing", calls: 5, profit: 21 },
        { id: 2, source: "google", calls: 7, profit: 22 },
    ];
}

defineMailModels();
defineModels([Report]);

const SEARCH = `<search>
    <filter name="model_first" string="First" domain="[]"
        context="{'telephony_model': 'first'}" />
    <filter name="model_last" string="Last" domain="[]"
        context="{'telephony_model': 'last'}" />
    <separator />
    <filter name="known" string="Known" domain="[('source', '!=', False)]" />
</search>`;

function pivot(params = {}) {
    return mountView({
        type: "pivot",
        resModel: "report",
        arch: `<pivot js_class="telephony_tracking_pivot">
            <field name="source" type="row" />
            <field name="calls" type="measure" />
            <field name="profit" type="measure" />
        </pivot>`,
        searchViewArch: SEARCH,
        ...params,
    });
}

test("a figure opens the records that it counts, by the model that was chosen", async () => {
    onRpc("report", "action_open", ({ args, kwargs }) => {
        expect.step([...args, kwargs.context.telephony_model]);
        return ACTION;
    });
    mockService("action", { doAction: (action) => expect.step(action.res_model) });
    await pivot({ context: { search_default_model_first: 1 } });
    await contains(".o_pivot_cell_value:contains(7)").click();
    expect.verifySteps([["calls", [["source", "=", "google"]], "first"], "telephony.call"]);
});

test("a bar opens the records that it counts", async () => {
    onRpc("report", "action_open", ({ args }) => {
        expect.step(args);
        return ACTION;
    });
    mockService("action", { doAction: (action) => expect.step(action.res_model) });
    const view = await mountView({
        type: "graph",
        resModel: "report",
        arch: `<graph js_class="telephony_tracking_graph">
            <field name="source" />
            <field name="calls" type="measure" />
        </graph>`,
        searchViewArch: SEARCH,
    });
    await clickOnDataset(view);
    expect.verifySteps([["calls", [["source", "=", "bing"]]], "telephony.call"]);
});

test("a figure that counts no records opens the rows that it sums up", async () => {
    onRpc("report", "action_open", () => false);
    mockService("action", { doAction: (action) => expect.step(action.res_model) });
    await pivot();
    await contains(".o_pivot_cell_value:contains(22)").click();
    expect.verifySteps(["report"]);
});

test("one model is chosen at a time, beside other filters", async () => {
    await pivot();
    await toggleSearchBarMenu();
    await toggleMenuItem("First");
    await toggleMenuItem("Known");
    expect(getFacetTexts()).toEqual(["First", "Known"]);
    await toggleMenuItem("Last");
    expect(getFacetTexts().sort()).toEqual(["Known", "Last"]);
    await toggleMenuItem("Last");
    expect(getFacetTexts()).toEqual(["Known"]);
});

test("what cost nothing has no return, and what earned as much as it cost has none", () => {
    expect(formatReturn(false)).toBe("");
    expect(formatReturn(null)).toBe("");
    expect(formatReturn(0)).toBe("0%");
    expect(formatReturn(1.5)).toBe("150%");
});
