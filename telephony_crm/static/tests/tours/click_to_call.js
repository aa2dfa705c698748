import { rpcBus } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { pbx, waitForBus } from "./pbx";

/** The server answers a click when it has asked the PBX. */
const isAsked = new Promise((resolve) => {
    rpcBus.addEventListener("RPC:RESPONSE", ({ detail: { data } }) => {
        if (data.params.model === "telephony.dial") {
            resolve();
        }
    });
});

const OUTGOING = [
    { trigger: ".o_telephony_call.text-success" },
    { content: "a PBX begins what it was asked for", trigger: "body", run: () => isAsked },
    pbx("dials"),
    {
        content: "the card of the call that was asked for",
        trigger: ".o_telephony_card:contains(Calling):contains(Olena Shevchenko)",
    },
];

registry.category("web_tour.tours").add("telephony_crm.call_from_form", {
    steps: () => [
        ...waitForBus(),
        { trigger: ".o_form_view .o_field_phone input", run: "click" },
        { trigger: ".o_field_phone .o_telephony_call", run: "click" },
        ...OUTGOING,
    ],
});

registry.category("web_tour.tours").add("telephony_crm.call_from_list", {
    steps: () => [
        ...waitForBus(),
        {
            trigger: ".o_data_row:contains(Olena Shevchenko) .o_field_phone .o_telephony_call",
            run: "click",
        },
        ...OUTGOING,
        { content: "the list is still there", trigger: ".o_list_view" },
    ],
});

registry.category("web_tour.tours").add("telephony_crm.call_refused", {
    steps: () => [
        ...waitForBus(),
        { trigger: ".o_telephony_systray", run: "click" },
        { trigger: ".o_telephony_dialer input", run: "edit +1 900 555 0123" },
        { trigger: ".o_telephony_dialer_field button", run: "click" },
        { content: "one sentence says why", trigger: ".o_telephony_refusal:contains(premium)" },
    ],
});
