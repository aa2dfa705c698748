/** Milliseconds in which the PBX has to ring us for a call that the user has asked for. */
const WITHIN = 30000;

/** Digits by which a number is known again in any spelling. */
function tail(number) {
    return number.replace(/\D/g, "").slice(-8);
}

/** Calls that the user has asked for with a click: what rings then answers by itself. */
export class ExpectedCalls {
    /** @type {{number: string, callRef: string, since: number, until: number}[]} */
    calls = [];

    /**
     * @param {string} number in any spelling
     * @param {{callRef?: string, since?: number}} [options] the reference that the call was
     *     given before it exists, where the PBX tells us of it; when it was asked for
     */
    add(number, { callRef = "", since = Date.now() } = {}) {
        if (tail(number)) {
            const until = Date.now() + WITHIN;
            this.calls.push({ number: tail(number), callRef, since, until });
        }
    }

    /**
     * @param {import("./engine").EngineSession} session that rings
     * @param {number} begun when it began to ring
     * @returns {boolean} whether it is one of them; each comes once
     */
    take({ direction, number, callRef }, begun) {
        this.calls = this.calls.filter(({ until }) => Date.now() < until);
        const found = this.calls.find((call) =>
            call.callRef
                ? call.callRef === callRef // Not who calls from that number meanwhile.
                : call.number === tail(number) && begun >= call.since
        );
        const isIt = direction === "incoming" && Boolean(found);
        if (isIt) {
            this.calls.splice(this.calls.indexOf(found), 1);
        }
        return isIt;
    }
}
