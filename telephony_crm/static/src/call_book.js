import { makeEntry } from "./call_entry";
import { endedBefore, isLive, LEAVE_AFTER, phaseOf, STALE_AFTER } from "./call_phase";
import { parseUtc } from "./times";

/**
 * All calls on the screen, by id. Knows versions and phases, but neither server nor DOM:
 * to be used through `reactive`.
 */
export class CallBook {
    /** @type {Object<number, import("./call_entry").Entry>} */
    calls = {};
    /** server's clock minus this machine's, in milliseconds */
    offset = 0;
    /** goes up with every news; tells what a list that was asked for earlier cannot know */
    tick = 0;
    /** Whether the server's list is known; before, what is heard may be long over. */
    isCurrent = false;

    setup({ userId, isClosed, isMinimised, onLeave, hasWords }) {
        Object.assign(this, { userId, isClosed, isMinimised, onLeave, hasWords });
        this.lastOrder = 0;
        this.beganAt = Date.now();
        /** versions that have had their time: only news brings those calls back */
        this.past = {};
    }

    /** Entries, the newest first. */
    get entries() {
        return Object.values(this.calls).sort((a, b) => b.order - a.order);
    }

    get ringing() {
        return this.entries.filter((entry) => entry.phase === "ringing");
    }

    get live() {
        return this.entries.filter((entry) => isLive(entry.phase));
    }

    /**
     * A message of the bus.
     *
     * @returns {boolean} whether the card has to be asked for
     */
    hear({ id, version, state, ...hint }) {
        const entry = this.calls[id];
        if (entry ? version <= entry.heard : state === "ended" || this.isClosed(id)) {
            return false;
        }
        if (entry) {
            entry.heard = version;
            entry.newsAt = Date.now();
            entry.tick = ++this.tick;
        } else if (state === "ringing" && this.isCurrent) {
            // Shown at once with what little is known; the rest is on its way.
            this._add(id, { hint: { ...hint, state }, heard: version, phase: "ringing" });
        }
        return true;
    }

    /** What the server says about one call. Older than what is shown: dropped. */
    put(card) {
        this.offset = parseUtc(card.now) - Date.now();
        let entry = this.calls[card.id];
        if (entry && card.version < entry.version) {
            return;
        }
        const context = { userId: this.userId, talked: entry?.talked || false };
        const phase = phaseOf(card, context);
        if (!entry) {
            const past = card.version <= this.past[card.id];
            if (!isLive(phase) || past || this.isClosed(card.id)) {
                return;
            }
            entry = this._add(card.id, { phase, heard: card.version });
        } else if (!entry.card && !entry.talked && endedBefore(card, this.beganAt + this.offset)) {
            // A new browser is told the news of the last minute again: calls that are over.
            this.leave(card.id);
            return;
        }
        if (card.version > entry.version) {
            entry.newsAt = Date.now();
        }
        entry.card = card;
        entry.version = card.version;
        entry.heard = Math.max(entry.heard, card.version);
        entry.tick = ++this.tick;
        entry.talked ||= phase === "talking";
        this._setPhase(entry, phase);
    }

    /** An after-call form that was open before this page was loaded. */
    reopen(card) {
        const phase = phaseOf(card, { userId: this.userId, talked: true });
        if (!this.calls[card.id] && phase === "after") {
            this._add(card.id, { phase, heard: card.version, talked: true });
        }
        this.put(card);
    }

    /**
     * The server's list of all live calls replaces everything live.
     *
     * @param {Object[]} cards
     * @param {number} askedAt value of `tick` when the list was asked for
     * @returns {number[]} calls to be asked about one by one: somebody talked on them here
     */
    replaceAll(cards, askedAt) {
        this.isCurrent = true;
        const listed = new Set(cards.map((card) => card.id));
        // Oldest first: the newest gets the highest place.
        for (const card of [...cards].sort((a, b) => a.id - b.id)) {
            this.put(card);
        }
        const unclear = [];
        for (const entry of this.entries) {
            if (listed.has(entry.id) || entry.tick > askedAt || entry.phase === "after") {
                continue;
            }
            if (entry.talked || this.isHeld(entry)) {
                unclear.push(entry.id);
            } else if (isLive(entry.phase) || entry.phase === "stale") {
                this.leave(entry.id);
            }
        }
        return unclear;
    }

    leave(id) {
        this.past[id] = this.calls[id].version;
        delete this.calls[id];
        this.onLeave(id);
    }

    /** Keep the card while `reason` lasts: a form is open, the pointer is on it. */
    hold(id, reason, on) {
        const entry = this.calls[id];
        if (entry) {
            entry.holds[reason] = on;
        }
    }

    isHeld(entry) {
        return this.hasWords(entry.id) || Object.values(entry.holds).some(Boolean);
    }

    /** Show in a line, or whole and above all others. */
    minimise(id, on) {
        const entry = this.calls[id];
        if (entry) {
            entry.minimised = on;
            entry.order = on ? entry.order : ++this.lastOrder;
        }
    }

    /**
     * Let go what has had its time.
     *
     * @returns {number|null} milliseconds until there is something to do again
     */
    sweep() {
        const now = Date.now();
        let next = Infinity;
        for (const entry of this.entries) {
            if (entry.phase === "ringing" && now >= entry.newsAt + STALE_AFTER) {
                this._setPhase(entry, "stale");
            }
            if (entry.phase === "ringing") {
                next = Math.min(next, entry.newsAt + STALE_AFTER);
            } else if (entry.phase in LEAVE_AFTER) {
                const end = entry.phaseSince + LEAVE_AFTER[entry.phase];
                if (now < end) {
                    next = Math.min(next, end);
                } else if (this.isHeld(entry)) {
                    next = Math.min(next, now + 1000);
                } else {
                    this.leave(entry.id);
                }
            }
        }
        return next === Infinity ? null : Math.max(1, next - now);
    }

    _setPhase(entry, phase) {
        // A stale card stays stale until there is news, whatever is told again.
        const silent = Date.now() >= entry.newsAt + STALE_AFTER;
        if (phase === "ringing" && entry.phase === "stale" && silent) {
            return;
        }
        if (entry.phase !== phase) {
            entry.phase = phase;
            entry.phaseSince = Date.now();
        }
    }

    _add(id, values) {
        const [order, tick] = [++this.lastOrder, ++this.tick];
        const minimised = this.isMinimised(id);
        this.calls[id] = makeEntry(id, { order, tick, minimised, ...values });
        return this.calls[id];
    }
}
