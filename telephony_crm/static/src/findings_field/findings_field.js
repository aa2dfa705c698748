import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const LEVELS = {
    error: { alert: "alert-danger", icon: "fa-times-circle", title: _t("Not working") },
    warning: { alert: "alert-warning", icon: "fa-exclamation-triangle", title: _t("Attention") },
    info: { alert: "alert-info", icon: "fa-info-circle", title: _t("For information") },
};

/** What is wrong with a record, in words, each with the buttons that repair or dismiss it. */
export class FindingsField extends Component {
    static template = "telephony_crm.FindingsField";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get findings() {
        return this.props.record.data[this.props.name] || [];
    }

    level(finding) {
        return LEVELS[finding.level];
    }

    /** Saves what was changed first, since the server repairs what it knows. */
    async repair(action) {
        const { record } = this.props;
        if (await record.save()) {
            await this.action.doActionButton({
                type: "object",
                name: action,
                resModel: record.resModel,
                resId: record.resId,
                resIds: [record.resId],
                context: record.context,
                onClose: () => record.load(),
            });
        }
    }
}

export const findingsField = {
    component: FindingsField,
    displayName: _t("Findings"),
    supportedTypes: ["json"],
};

registry.category("fields").add("telephony_findings", findingsField);
