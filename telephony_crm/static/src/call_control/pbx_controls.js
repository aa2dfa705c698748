import { toRaw } from "@odoo/owl";
import { CallControls, controlProviders, makeControls } from "./call_controls";

/**
 * What can be done to a call by way of the PBX: the card says what, and the server does it.
 * What is shown is read off the card, so that it is right after a reload and in all tabs.
 */
export class PbxControls extends CallControls {
    constructor(telephony, entry) {
        super();
        this.telephony = telephony;
        this.entry = toRaw(entry);
        this.key = `pbx-${entry.id}`;
        // In the place of the fields above, and read anew each time.
        const read = (get) => ({ get, configurable: true, enumerable: true });
        Object.defineProperties(this, {
            can: read(function () {
                return canOf(this.told);
            }),
            held: read(function () {
                return Boolean(this.told.held);
            }),
            consultation: read(function () {
                return this.told.consultation || null;
            }),
            problem: read(function () {
                return this.entry.card?.problem || "";
            }),
            responsible: read(function () {
                return this.told.responsible || null;
            }),
        });
    }

    get told() {
        return this.entry.card?.control || {};
    }

    decline() {
        return this._do("hang_up");
    }

    hangUp() {
        return this._do("hang_up");
    }

    hold(on) {
        return this._do(on ? "hold" : "resume");
    }

    press(digit) {
        return this._do("press", digit);
    }

    transfer(number) {
        return this._do("transfer", number);
    }

    consult(number) {
        return this._do("consult", number);
    }

    complete() {
        return this._do("complete");
    }

    back() {
        return this._do("back");
    }

    _do(...action) {
        return this.telephony.act("control_call", this.entry.id, ...action);
    }
}

/** The buttons that go with what the server allows. */
function canOf({ can = {} }) {
    return {
        answer: false,
        decline: Boolean(can.decline),
        hangUp: Boolean(can.hang_up),
        mute: false,
        hold: Boolean(can.hold),
        keypad: Boolean(can.keypad),
        transfer: Boolean(can.transfer),
        consult: Boolean(can.consult),
    };
}

const known = new WeakMap();

controlProviders.add(
    "pbx",
    (telephony, entry) => {
        if (!entry.card?.control) {
            return null;
        }
        const raw = toRaw(entry);
        if (!known.has(raw)) {
            known.set(raw, makeControls(new PbxControls(telephony, entry)));
        }
        return known.get(raw);
    },
    { sequence: 20 }
);
