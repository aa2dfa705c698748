import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { isLive } from "./call_phase";

/** A call that the PBX was asked for and that never came is forgotten after so long. */
const FORGET_AFTER = 60000;

/** @returns {string} digits only, enough of them to tell numbers apart in any spelling */
function tail(number) {
    return String(number || "")
        .replace(/\D/g, "")
        .slice(-8);
}

/**
 * The one place a click on a number goes through: asks the server, and tells each phone
 * button whether its number is being called, or why not.
 */
export class Dialing {
    /** what is being called: `{key, number, since, callId}` */
    current = null;
    /** sentences why a number was not called, by key */
    refusals = {};

    /** @param {import("./telephony_service").Telephony} telephony */
    constructor(telephony) {
        this.telephony = telephony;
    }

    /** Whether a click calls through the PBX; else a number is an ordinary `tel:` link. */
    get possible() {
        return Boolean(this.telephony.options.extension);
    }

    /** @returns {string} what tells one phone button from another */
    keyOf(number, resModel, resId) {
        return `${resModel || ""},${resId || ""},${tail(number)}`;
    }

    /** @returns {"calling"|"refused"|""} what the button of that key shows */
    stateOf(key) {
        if (this.current?.key === key) {
            return "calling";
        }
        return this.refusals[key] ? "refused" : "";
    }

    /**
     * Ask the PBX to call a number.
     *
     * @param {string} number in any spelling
     * @param {string|false} [resModel] of the record the number stands on
     * @param {number|false} [resId]
     * @param {{notify?: boolean}} [options] `notify`: say a refusal in a notification, not
     *  only on what was clicked
     * @returns {Promise<boolean>} whether the PBX calls
     */
    async dial(number, resModel = false, resId = false, { notify = true } = {}) {
        const key = this.keyOf(number, resModel, resId);
        if (this.current?.key === key) {
            return false; // A double click is one call.
        }
        const { orm, notification } = this.telephony.services;
        const dialling = { key, number, since: Date.now(), callId: null };
        this.current = dialling;
        delete this.refusals[key];
        let answer;
        try {
            answer = await orm.call("telephony.dial", "dial", [number, resModel, resId]);
        } catch (error) {
            this._end(dialling);
            throw error;
        }
        if (answer.status !== "calling") {
            this._end(dialling);
            this.refusals[key] = answer.message;
            if (notify) {
                const type = answer.status === "refused" ? "warning" : "danger";
                notification.add(answer.message, { type, title: _t("Not called") });
            }
            return false;
        }
        // The PBX rings us before the customer.
        this.telephony.softphone?.expect(answer.call_ref);
        browser.setTimeout(() => dialling.callId || this._end(dialling), FORGET_AFTER);
        return true;
    }

    /** The cards tell how the call that was asked for goes on. */
    follow(entries) {
        const { current } = this;
        if (!current) {
            return;
        }
        if (!current.callId) {
            const found = entries.find(
                ({ card, phase }) =>
                    card?.direction === "outbound" &&
                    isLive(phase) &&
                    tail(card.e164 || card.number) === tail(current.number)
            );
            current.callId = found?.id || null;
        } else if (!entries.some(({ id, phase }) => id === current.callId && isLive(phase))) {
            this._end(current);
        }
    }

    _end(dialling) {
        if (this.current?.key === dialling.key) {
            this.current = null;
        }
    }
}
