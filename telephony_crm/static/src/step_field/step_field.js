import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** A step of a set-up, and whether it is done; the field's label says what to do. */
export class StepField extends Component {
    static template = "telephony_crm.StepField";
    static props = { ...standardFieldProps, string: { type: String, optional: true } };

    get done() {
        return this.props.record.data[this.props.name];
    }

    get state() {
        return this.done ? _t("Done") : _t("To do");
    }
}

export const stepField = {
    component: StepField,
    displayName: _t("Step of a Set-up"),
    supportedTypes: ["boolean"],
    extractProps: ({ string }) => ({ string }),
};

registry.category("fields").add("telephony_step", stepField);
