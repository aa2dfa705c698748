import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { RecordingPlayer } from "./recording_player";

/** The recordings of a call, in time; a button each in lists and on cards. */
export class RecordingsField extends Component {
    static template = "telephony_crm.RecordingsField";
    static components = { RecordingPlayer };
    static props = { ...standardFieldProps, compact: { type: Boolean, optional: true } };

    get sounds() {
        const sounds = this.props.record.data[this.props.name];
        return Array.isArray(sounds) ? sounds : [];
    }

    reload() {
        return this.props.record.load();
    }
}

export const recordingsField = {
    component: RecordingsField,
    displayName: _t("Recordings"),
    supportedTypes: ["json"],
    extractProps: ({ viewType }) => ({ compact: viewType !== "form" }),
};

registry.category("fields").add("telephony_recordings", recordingsField);
