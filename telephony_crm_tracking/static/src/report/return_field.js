import { registry } from "@web/core/registry";
import { formatPercentage } from "@web/views/fields/formatters";
import { PercentageField, percentageField } from "@web/views/fields/percentage/percentage_field";

/**
 * What cost nothing has no return, which is not one of 0 %.
 *
 * @param {number|false|null} value 1 is 100 %
 * @param {Object} options see `formatPercentage`
 */
export function formatReturn(value, options) {
    return value || value === 0 ? formatPercentage(value, options) : "";
}
formatReturn.extractOptions = formatPercentage.extractOptions;

/** The return of a row of the report: a single one has none. */
export class ReturnField extends PercentageField {
    /** @override */
    get formattedValue() {
        return this.props.record.data[this.props.name] ? super.formattedValue : "";
    }
}

registry.category("formatters").add("telephony_return", formatReturn);
registry.category("fields").add("telephony_return", { ...percentageField, component: ReturnField });
