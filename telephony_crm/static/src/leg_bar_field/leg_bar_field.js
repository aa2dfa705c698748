import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { formatLength } from "../times";

/**
 * Where in its call a leg lies: light while it rang, full while it talked. The value
 * holds seconds: `{before, ring, talk, total}`.
 */
export class LegBarField extends Component {
    static template = "telephony_crm.LegBarField";
    static props = { ...standardFieldProps };

    get parts() {
        return this.props.record.data[this.props.name] || false;
    }

    width(seconds) {
        return `width: ${((100 * seconds) / this.parts.total).toFixed(2)}%`;
    }

    get label() {
        const { ring, talk } = this.parts;
        return [
            ring && _t("rung for %s", formatLength(ring)),
            talk && _t("talked for %s", formatLength(talk)),
        ]
            .filter(Boolean)
            .join(", ");
    }
}

export const legBarField = {
    component: LegBarField,
    displayName: _t("Place in the Call"),
    supportedTypes: ["json"],
};

registry.category("fields").add("telephony_leg_bar", legBarField);
