import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { LiveTimer } from "../call_popup/live_timer";

/** A quiet phone icon: a click calls, then it shows for how long, or why not. */
export class CallButton extends Component {
    static template = "telephony_crm.CallButton";
    static components = { LiveTimer };
    static props = {
        number: String,
        resModel: { type: [String, Boolean], optional: true },
        resId: { type: [Number, Boolean], optional: true },
        /** always there, not on hover and focus only */
        steady: { type: Boolean, optional: true },
    };

    setup() {
        this.dialing = useState(useService("telephony").dialing);
    }

    get key() {
        const { number, resModel, resId } = this.props;
        return this.dialing.keyOf(number, resModel, resId);
    }

    get state() {
        return this.dialing.stateOf(this.key);
    }

    get hint() {
        switch (this.state) {
            case "calling":
                return _t("Calling %s", this.props.number);
            case "refused":
                return this.dialing.refusals[this.key];
            default:
                return _t("Call %s", this.props.number);
        }
    }

    call() {
        const { number, resModel, resId } = this.props;
        return this.dialing.dial(number, resModel || false, resId || false);
    }
}
