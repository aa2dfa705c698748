import { registry } from "@web/core/registry";
import { pbx, waitForBus } from "./pbx";

registry.category("web_tour.tours").add("telephony_crm.incoming_call", {
    steps: () => [
        ...waitForBus(),
        pbx("starts"),
        pbx("rings"),
        {
            content: "an unknown caller: number, line, and that nobody knows it",
            trigger:
                ".o_telephony_is_ringing:contains(+33 4 78 32 32 32):contains(London line):contains(Not in your contacts)",
        },
        pbx("is_answered"),
        { trigger: ".o_telephony_is_talking .o_telephony_timer" },
        { trigger: ".o_telephony_new_lead", run: "click" },
        { trigger: ".o_telephony_form input[name=name]", run: "edit Jeanne Moreau" },
        { trigger: ".o_telephony_form input[name=company]", run: "edit Ascenseurs" },
        { trigger: ".o_telephony_form button[type=submit]", run: "click" },
        { trigger: ".o_telephony_lead:contains(Jeanne Moreau)" },
        { trigger: ".o_telephony_note textarea", run: "edit Wants 300 boxes" },
        pbx("ends"),
        { trigger: ".o_telephony_is_after:contains(Talked)" },
        { trigger: ".o_telephony_outcomes button:contains(Interested)", run: "click" },
        { trigger: ".o_telephony_outcomes button[aria-pressed=true]:contains(Interested)" },
        { trigger: ".o_telephony_done", run: "click" },
        { trigger: "body:not(:has(.o_telephony_card))" },
    ],
});

registry.category("web_tour.tours").add("telephony_crm.known_caller", {
    steps: () => [
        ...waitForBus(),
        pbx("starts"),
        pbx("rings"),
        { trigger: ".o_telephony_name:contains(Olena Shevchenko)" },
        { trigger: ".o_telephony_lead:contains(Spring order)", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=name] textarea:value(Spring order)" },
        { content: "the card stays while one moves about", trigger: ".o_telephony_card" },
        pbx("ends"),
        { trigger: ".o_telephony_is_missed .o_telephony_call_back" },
    ],
});
