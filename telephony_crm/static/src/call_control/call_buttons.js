import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Keypad } from "./keypad";
import { TransferForm } from "./transfer_form";

/** The buttons of one call, for whoever has it in hand: see `CallControls`. */
export class CallButtons extends Component {
    static template = "telephony_crm.CallButtons";
    static components = { Keypad, TransferForm };
    static props = { controls: Object }; // with `t-key="controls.key"`

    setup() {
        this.controls = useState(this.props.controls);
        this.state = useState({ open: "", busy: false });
    }

    get canTransfer() {
        const { can, consultation } = this.controls;
        return !consultation && (can.transfer || can.consult);
    }

    get consultationWords() {
        const { name, number, talking } = this.controls.consultation;
        return talking
            ? _t("You are asking %s; the caller waits.", name || number)
            : _t("Calling %s; the caller waits.", name || number);
    }

    /** Why the two cannot be connected yet. */
    get completeHint() {
        const { name, number, talking } = this.controls.consultation;
        return talking ? "" : _t("%s has not picked up yet.", name || number);
    }

    toggle(panel) {
        this.state.open = this.state.open === panel ? "" : panel;
    }

    /** One thing at a time: a double click is one click. */
    async act(action, ...args) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            await this.controls[action](...args);
        } finally {
            this.state.busy = false;
        }
    }

    async handOver(action, ...args) {
        await this.act(action, ...args);
        this.state.open = "";
    }
}
