import { Component, useState } from "@odoo/owl";

const KEYS = [..."123456789*0#"];

/** Twelve keys; those of the keyboard do as well while the focus is in here. */
export class Keypad extends Component {
    static template = "telephony_crm.Keypad";
    static props = { onPress: Function };

    keys = KEYS;

    setup() {
        this.state = useState({ pressed: "" });
    }

    /** Digits may follow each other faster than they are sent. */
    press(key) {
        this.state.pressed += key;
        this.props.onPress(key);
    }

    onKeydown(ev) {
        if (KEYS.includes(ev.key)) {
            ev.preventDefault();
            ev.stopPropagation();
            this.press(ev.key);
        }
    }
}
