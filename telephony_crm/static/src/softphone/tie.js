/** Digits by which numbers of any spelling are told apart; short ones are extensions. */
function tail(number) {
    return String(number || "")
        .replace(/\D/g, "")
        .slice(-8);
}

function numbersOf({ card, hint }) {
    return [card?.e164, card?.number, hint.number].map(tail).filter(Boolean);
}

/** How well a call of the line and a call of Odoo fit; 0: they are not the same. */
function fit(call, entry, { wasTied }) {
    const { card } = entry;
    const hasRefs = Boolean(call.callRef && card?.call_ref);
    if (hasRefs && call.callRef === card.call_ref) {
        return 4;
    }
    // The PBX rings us first when we dial, so what comes in may be outgoing for Odoo.
    if (call.direction === "outgoing" && card?.direction === "inbound") {
        return 0;
    }
    const numbers = numbersOf(entry);
    const number = tail(call.number);
    if (number && numbers.includes(number)) {
        // A call that was handed over has become part of another: it has another id.
        return hasRefs ? 2 : 3;
    }
    const isUnknown = !hasRefs && (!number || !numbers.length);
    // A call that was handed over has another number for each of the two.
    return isUnknown || wasTied || card?.direction === "outbound" ? 1 : 0;
}

/**
 * Which call of the line is which call of Odoo's: by the PBX's id where it tells, else by
 * number, else because nothing else is left.
 *
 * @param {Object[]} calls of the line's snapshot, the oldest first
 * @param {import("../call_entry").Entry[]} entries that are live for this user
 * @param {Object<string, number>} before ids of entries by ids of calls, as it was
 * @returns {Object<string, number>} the same, as it is
 */
export function tie(calls, entries, before) {
    const ties = {};
    const free = new Map(entries.map((entry) => [entry.id, entry]));
    const give = (call, entry) => {
        ties[call.id] = entry.id;
        free.delete(entry.id);
    };
    const isLoose = (call) => !(call.id in ties);
    for (const call of calls) {
        const entry = free.get(before[call.id]);
        // What was tied because nothing else was left, may turn out to be another.
        if (entry && fit(call, entry, { wasTied: true })) {
            const other = entries.find(
                (one) => one !== entry && fit(call, one, {}) > fit(call, entry, {})
            );
            give(call, other && free.has(other.id) ? other : entry);
        }
    }
    for (const wanted of [4, 3, 2]) {
        for (const call of calls.filter(isLoose)) {
            const found = [...free.values()].find((entry) => fit(call, entry, {}) === wanted);
            if (found) {
                give(call, found);
            }
        }
    }
    const loose = calls.filter(isLoose);
    if (loose.length === 1 && free.size === 1) {
        const [[call], [entry]] = [loose, [...free.values()]];
        if (fit(call, entry, { wasTied: call.id in before })) {
            give(call, entry);
        }
    }
    return ties;
}
