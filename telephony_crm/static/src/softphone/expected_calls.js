/** Milliseconds in which the PBX has to ring us for a call that the user has asked for. */
const WITHIN = 30000;

/**
 * Calls that the user has asked for with a click: what rings then answers by itself.
 *
 * They are known by their reference alone. By its number the call of a customer who rings
 * back meanwhile would be taken up as well, with a microphone that nobody has opened.
 */
export class ExpectedCalls {
    /** @type {{callRef: string, until: number}[]} */
    calls = [];

    /**
     * @param {string} callRef given to the call before it exists; '' where the PBX does not
     *     tell us of it, and the user answers
     */
    add(callRef) {
        if (callRef) {
            this.calls.push({ callRef, until: Date.now() + WITHIN });
        }
    }

    /**
     * @param {import("./engine").EngineSession} session that rings
     * @returns {boolean} whether it is one of them; each comes once
     */
    take({ direction, callRef }) {
        this.calls = this.calls.filter(({ until }) => Date.now() < until);
        const found = this.calls.find((call) => call.callRef === callRef);
        const isIt = direction === "incoming" && Boolean(found);
        if (isIt) {
            this.calls.splice(this.calls.indexOf(found), 1);
        }
        return isIt;
    }
}
