import { useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { PhoneField } from "@web/views/fields/phone/phone_field";
import { CallButton } from "./call_button";

/**
 * Users with an extension call from every phone field by a click. For all others the field
 * stays what it is in Odoo.
 */
patch(PhoneField, {
    components: { ...PhoneField.components, CallButton },
});

patch(PhoneField.prototype, {
    setup() {
        super.setup();
        const { active, dialing } = useService("telephony");
        this.telephonyDialing = active && dialing.possible ? useState(dialing) : null;
    },

    get telephonyNumber() {
        return (this.telephonyDialing && this.props.record.data[this.props.name]) || "";
    },

    /** The number itself calls too, where it would open `tel:`. */
    onClickTelephonyNumber(ev) {
        if (this.telephonyNumber && !ev.ctrlKey && !ev.metaKey) {
            ev.preventDefault();
            ev.stopPropagation();
            const { resModel, resId } = this.props.record;
            this.telephonyDialing.dial(this.telephonyNumber, resModel, resId || false);
        }
    },
});
