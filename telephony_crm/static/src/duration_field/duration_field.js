import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { formatLength } from "../times";

/** A length in whole seconds as 4:12; nothing where nothing was told. */
export class DurationField extends Component {
    static template = "telephony_crm.DurationField";
    static props = { ...standardFieldProps };

    get text() {
        const seconds = this.props.record.data[this.props.name];
        return seconds ? formatLength(seconds) : "";
    }
}

export const durationField = {
    component: DurationField,
    displayName: _t("Length of a Call"),
    supportedTypes: ["integer"],
};

registry.category("fields").add("telephony_duration", durationField);
// For totals of lists, and for the cells of pivots and graphs.
registry.category("formatters").add("telephony_duration", (seconds) => formatLength(seconds));
