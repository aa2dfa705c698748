import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { CallButtons } from "../call_control/call_buttons";
import { LiveTimer } from "../call_popup/live_timer";

/**
 * A call that rings or is talked on in the browser and of which Odoo does not know: it is on
 * its way, or the extension is private, or Odoo cannot be reached. It must be answered all
 * the same.
 */
export class SoftphoneCard extends Component {
    static template = "telephony_crm.SoftphoneCard";
    static components = { CallButtons, LiveTimer };
    static props = { call: Object, softphone: Object };

    setup() {
        this.controls = useState(this.props.softphone.controls[this.props.call.id]);
    }

    get title() {
        return {
            ringing: _t("Incoming"),
            calling: _t("Calling"),
            talking: _t("In conversation"),
        }[this.props.call.phase];
    }

    get name() {
        const { name, number } = this.props.call;
        return name || number || _t("Hidden number");
    }

    get phase() {
        return this.props.call.phase === "talking" ? "talking" : "ringing";
    }
}
