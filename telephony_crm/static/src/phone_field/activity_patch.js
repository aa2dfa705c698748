import { Activity } from "@mail/core/web/activity";
import { ActivityListPopoverItem } from "@mail/core/web/activity_list_popover_item";
import { onMounted, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { CallButton } from "./call_button";

/** where the number stands */
const PHONES = { "crm.lead": "phone", "res.partner": "phone", "telephony.callback": "e164" };

async function phoneOf(orm, resModel, resId) {
    const names = [PHONES[resModel]];
    if (resModel === "telephony.callback") {
        names.push("refusal");
    }
    try {
        const [record] = await orm.silent.read(resModel, [resId], names);
        return (!record?.refusal && record?.[names[0]]) || "";
    } catch {
        return ""; // The record may be out of the user's reach.
    }
}

/** Activities that are calls to make: the number, and a click calls. */
for (const Item of [Activity, ActivityListPopoverItem]) {
    patch(Item, {
        components: { ...Item.components, CallButton },
    });
    patch(Item.prototype, {
        setup() {
            super.setup();
            const { active, dialing } = useService("telephony");
            const orm = useService("orm");
            const { activity_category, res_model, res_id, telephony_refusal } = this.props.activity;
            this.telephony = useState({ number: "" });
            // The activity does not wait for the number.
            onMounted(async () => {
                const isCall =
                    activity_category === "phonecall" && res_model in PHONES && !telephony_refusal;
                if (active && dialing.possible && isCall) {
                    this.telephony.number = await phoneOf(orm, res_model, res_id);
                }
            });
        },
    });
}
