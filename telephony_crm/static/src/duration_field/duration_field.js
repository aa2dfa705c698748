import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * Write a length as people say it of a call: 0:42, 4:12, 1:02:05.
 *
 * @param {number | false} seconds
 * @returns {string}
 */
export function formatDuration(seconds) {
    const whole = Math.max(0, Math.round(seconds || 0));
    const padded = (value) => String(value).padStart(2, "0");
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor(whole / 60) % 60;
    return hours
        ? `${hours}:${padded(minutes)}:${padded(whole % 60)}`
        : `${minutes}:${padded(whole % 60)}`;
}

/** A length in whole seconds, for reading; nothing where nothing was said. */
export class DurationField extends Component {
    static template = "telephony_crm.DurationField";
    static props = { ...standardFieldProps };

    get text() {
        const seconds = this.props.record.data[this.props.name];
        return seconds ? formatDuration(seconds) : "";
    }
}

export const durationField = {
    component: DurationField,
    displayName: _t("Length of a Call"),
    supportedTypes: ["integer"],
};

registry.category("fields").add("telephony_duration", durationField);
// For totals of lists, and for the cells of pivots and graphs.
registry.category("formatters").add("telephony_duration", formatDuration);
