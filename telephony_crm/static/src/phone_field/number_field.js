import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { PhoneField, phoneField } from "@web/views/fields/phone/phone_field";

/**
 * The number of a call, which can be called as any phone number. One that must not be
 * rung back, as it may cost a fortune, is plain text: not even a link for the device.
 */
export class NumberField extends PhoneField {
    static template = "telephony_crm.NumberField";

    get refusal() {
        return this.props.record.data.refusal;
    }
}

registry.category("fields").add("telephony_number", {
    ...phoneField,
    component: NumberField,
    // Other addons may patch it after this module is loaded.
    extractProps: (...info) => phoneField.extractProps(...info),
    displayName: _t("Number of a Call"),
    fieldDependencies: [{ name: "refusal", type: "char", readonly: true }],
});
