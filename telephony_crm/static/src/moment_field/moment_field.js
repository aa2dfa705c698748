import { Component } from "@odoo/owl";
import { toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { DateTime } = luxon;

/**
 * When a call was: within the last hour as “5 minutes ago”, today as the hour, else
 * with its day. The exact time in the user's zone is what one sees on hover.
 */
export class MomentField extends Component {
    static template = "telephony_crm.MomentField";
    static props = { ...standardFieldProps };

    /** @returns {import("luxon").DateTime | false} in the user's zone */
    get moment() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        if (!this.moment) {
            return "";
        }
        const now = DateTime.now();
        const minutes = now.diff(this.moment, "minutes").minutes;
        if (minutes >= 0 && minutes < 60) {
            return this.moment.toRelative({ base: now, style: "short" });
        }
        if (this.moment.hasSame(now, "day")) {
            return this.moment.toLocaleString(DateTime.TIME_SIMPLE);
        }
        return toLocaleDateTimeString(this.moment);
    }

    get exact() {
        if (!this.moment) {
            return "";
        }
        const time = toLocaleDateTimeString(this.moment, { showSeconds: true });
        return `${time} (${this.moment.offsetNameShort})`;
    }
}

export const momentField = {
    component: MomentField,
    displayName: _t("Moment of a Call"),
    supportedTypes: ["datetime"],
    listViewWidth: 146,
};

registry.category("fields").add("telephony_moment", momentField);
