import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const ARROWS = {
    inbound: "oi-arrow-down-left",
    outbound: "oi-arrow-up-right",
    internal: "oi-arrows-h",
};
const LOST = ["missed", "abandoned", "voicemail"];

/**
 * Direction and result of a call as one icon, said in words to those who hover
 * or listen.
 */
export class CallIconField extends Component {
    static template = "telephony_crm.CallIconField";
    static props = { ...standardFieldProps };

    get icon() {
        const { direction, disposition, state } = this.props.record.data;
        if (state && state !== "ended") {
            return "fa fa-phone text-success";
        }
        if (direction === "inbound" && LOST.includes(disposition)) {
            return "oi oi-close text-danger";
        }
        const colour = disposition === "answered" ? "text-success" : "text-muted";
        return `oi ${ARROWS[direction] || ""} ${colour}`;
    }

    get label() {
        const { direction, disposition, state } = this.props.record.data;
        const name = state && state !== "ended" ? "state" : "disposition";
        const value = name === "state" ? state : disposition;
        return [this.labelOf("direction", direction), this.labelOf(name, value)]
            .filter(Boolean)
            .join(" · ");
    }

    labelOf(name, value) {
        const selection = this.props.record.fields[name]?.selection || [];
        return selection.find(([key]) => key === value)?.[1];
    }
}

export const callIconField = {
    component: CallIconField,
    displayName: _t("Call Icon"),
    supportedTypes: ["selection"],
    fieldDependencies: [
        { name: "disposition", type: "selection", readonly: true },
        { name: "state", type: "selection", readonly: true },
    ],
    listViewWidth: 24,
};

registry.category("fields").add("telephony_call_icon", callIconField);
