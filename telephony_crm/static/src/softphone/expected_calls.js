/** Milliseconds in which the PBX has to ring us for a call that the user has asked for. */
const WITHIN = 30000;

/** Digits by which a number is known again in any spelling. */
function tail(number) {
    return number.replace(/\D/g, "").slice(-8);
}

/** Calls that the user has asked for with a click: what rings then answers by itself. */
export class ExpectedCalls {
    /** @type {{number: string, until: number}[]} */
    calls = [];

    add(number) {
        if (tail(number)) {
            this.calls.push({ number: tail(number), until: Date.now() + WITHIN });
        }
    }

    /**
     * @param {import("./engine").EngineSession} session that rings
     * @returns {boolean} whether it is one of them; each comes once
     */
    take({ direction, number }) {
        this.calls = this.calls.filter(({ until }) => Date.now() < until);
        const found = this.calls.find((call) => call.number === tail(number));
        const isIt = direction === "incoming" && Boolean(found);
        if (isIt) {
            this.calls.splice(this.calls.indexOf(found), 1);
        }
        return isIt;
    }
}
