import { reactive } from "@odoo/owl";
import { registry } from "@web/core/registry";

/**
 * Who can control a call, in the order of their sequence: the softphone (10) where the
 * call's SIP session is in this browser, else the PBX (20).
 *
 * A provider is a function `(telephony, entry) => CallControls | null | false`: `null` is
 * not mine, ask the next; `false` is nobody's at this moment. It is asked at each
 * drawing of a card, so it must be quick, have no side effects, and give the same object for
 * the same call as long as that lasts. Who has news that the cards cannot see by themselves,
 * because their call has not changed, says so with `telephony.controlsChanged()`.
 */
export const controlProviders = registry.category("telephony_crm.controls");

/**
 * What can be done to one call from its card. `telephony.controls(entry)` gives those of the
 * one who has the call in hand, or `null`; `CallButtons` draws them, whoever that is.
 *
 * A provider extends this, overrides the methods of what it can do, and hands out the object
 * as a `reactive` of its own (`makeControls`), so that the buttons follow its fields. The
 * methods are called on click; what they throw is shown as any other error, and the buttons
 * are disabled until their promise is kept.
 */
export class CallControls {
    /** Stays the same for one call in one pair of hands; no other object has it. */
    key = "";
    /**
     * What is possible now; a button is shown for each that is true. `decline` is for a
     * call that rings here, `hangUp` for one that I make or talk on. `transfer` is blind,
     * `consult` asks the colleague first. `direct`: the buttons act on the sound in this
     * browser, so the keypad gives a tone and the microphone can be muted.
     */
    can = {
        answer: false,
        decline: false,
        hangUp: false,
        mute: false,
        hold: false,
        keypad: false,
        transfer: false,
        consult: false,
    };
    muted = false;
    held = false;
    /**
     * A colleague who is asked before the call is handed over.
     * @type {null|{number: string, name: string, talking: boolean}}
     */
    consultation = null;
    /**
     * How good the sound is, 3 is perfect and 0 hardly to be understood.
     * @type {null|{level: number, words: string}}
     */
    quality = null;
    /** What is wrong, in a sentence for the user. */
    problem = "";
    /**
     * Whose customer it is, the first to transfer to.
     * @type {null|{number: string, name: string}}
     */
    responsible = null;

    async answer() {}
    async decline() {}
    async hangUp() {}

    /** @param {boolean} on */
    async mute(on) {} // eslint-disable-line no-unused-vars

    /** @param {boolean} on */
    async hold(on) {} // eslint-disable-line no-unused-vars

    /** @param {string} digit one of 0-9, * and # */
    async press(digit) {} // eslint-disable-line no-unused-vars

    /**
     * Hand the call over at once.
     *
     * @param {string} number a colleague's extension, or any number that may be dialled
     */
    async transfer(number) {} // eslint-disable-line no-unused-vars

    /**
     * Put the call on hold and call somebody about it.
     *
     * @param {string} number
     * @param {string} [name] of who is called
     */
    async consult(number, name) {} // eslint-disable-line no-unused-vars

    /** Connect the two, after `consult`, and leave them. */
    async complete() {}

    /** End the consultation and go back to the call. */
    async back() {}
}

/**
 * @template {CallControls} T
 * @param {T} controls
 * @returns {T} the same, such that what is written to it is seen on the cards
 */
export function makeControls(controls) {
    return reactive(controls);
}

/**
 * @param {import("../telephony").Telephony} telephony
 * @param {import("../call_entry").Entry} entry
 * @returns {CallControls|null} of the first that has this call in hand
 */
export function controlsOf(telephony, entry) {
    for (const provider of controlProviders.getAll()) {
        const controls = provider(telephony, entry);
        if (controls !== null) {
            return controls || null;
        }
    }
    return null;
}
