import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** The one button of a call-back: calls, or says why this number is not called. */
export class CallBackButton extends Component {
    static template = "telephony_crm.CallBackButton";
    static props = { ...standardWidgetProps };

    setup() {
        this.dialing = useState(useService("telephony").dialing);
    }

    get data() {
        return this.props.record.data;
    }

    /** The record that the call belongs to, as far as it is known. */
    get target() {
        const { lead_id, partner_id } = this.data;
        if (lead_id) {
            return ["crm.lead", lead_id.id];
        }
        return partner_id ? ["res.partner", partner_id.id] : [false, false];
    }

    get isCalling() {
        return this.dialing.stateOf(this.dialing.keyOf(this.data.e164, ...this.target));
    }

    /** Who has no extension calls with whatever the device calls with. */
    get link() {
        return this.dialing.possible ? "" : `tel:${this.data.e164}`;
    }

    call() {
        return this.dialing.dial(this.data.e164, ...this.target);
    }
}

registry.category("view_widgets").add("telephony_call_back", {
    component: CallBackButton,
    fieldDependencies: [
        { name: "e164", type: "char" },
        { name: "state", type: "selection" },
        { name: "refusal", type: "char" },
        { name: "lead_id", type: "many2one" },
        { name: "partner_id", type: "many2one" },
    ],
    listViewWidth: 110,
});
