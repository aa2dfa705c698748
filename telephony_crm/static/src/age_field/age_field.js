import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { MomentField } from "../moment_field/moment_field";

const { DateTime } = luxon;

/** How long ago something was, or how soon it will be, whatever the distance. */
export class AgeField extends MomentField {
    get text() {
        return this.moment ? this.moment.toRelative({ base: DateTime.now() }) : "";
    }
}

export const ageField = {
    component: AgeField,
    displayName: _t("How Long Ago"),
    supportedTypes: ["datetime"],
    listViewWidth: 120,
};

registry.category("fields").add("telephony_age", ageField);
