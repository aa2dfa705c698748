import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";

const SAVE_DELAY = 600;
const RETRY_DELAY = 5000;
const LONGEST_DELAY = 300000;
const ROUTE = "/web/dataset/call_kw/telephony.call/card_note";

/**
 * Keeps every keystroke of a note: at once in the browser's storage, a moment later on
 * the server, again and again until the server has it.
 *
 * @typedef {{text: string, base: string}} Draft what is typed, and what it began from
 */
export class NoteKeeper {
    /** @type {Object<number, Draft>} words the server does not have yet, by call id */
    drafts = {};
    /** what went wrong, by call id, in words */
    problems = {};

    /**
     * @param {Object} options
     * @param {import("./tab_memory").TabMemory} options.memory
     * @param {(id: number, text: string) => Promise<void>} options.save
     * @param {(id: number) => Promise<string|undefined>} options.load what the server has
     */
    setup(options) {
        Object.assign(this, options);
        this.timers = {};
        this.saving = {};
        this.failures = {};
        browser.addEventListener("pagehide", () => this._flushByBeacon());
    }

    /** Words of an earlier page that may or may not have reached the server. */
    async recover() {
        for (const id of this.memory.ids("draft")) {
            const { text, base } = this.memory.get("draft", id) || {};
            const saved = await this.load(id).catch(() => undefined);
            if (saved === undefined || id in this.drafts) {
                continue; // Out of reach now: kept for the next page.
            }
            if (saved === text) {
                this.memory.remove("draft", id);
            } else {
                // Somebody wrote something else meanwhile: nobody's words are lost.
                const both = [saved, text].filter(Boolean).join("\n");
                this.edit(id, saved === base ? text : both, saved);
            }
        }
    }

    isDirty(id) {
        return id in this.drafts;
    }

    textOf(id, saved) {
        return this.isDirty(id) ? this.drafts[id].text : saved || "";
    }

    /**
     * @param {number} id of the call
     * @param {string} text all of it
     * @param {string} saved what the server has, as far as this page knows
     */
    edit(id, text, saved) {
        const base = this.isDirty(id) ? this.drafts[id].base : saved || "";
        this._keep(id, { text, base });
        this._later(id, SAVE_DELAY);
    }

    /** Another tab of the same user types, or has saved: show its words. */
    hear(id, draft) {
        if (draft) {
            this.drafts[id] = draft;
        } else {
            this._forget(id);
        }
    }

    /** @returns {Promise<boolean>} whether the server now has every word */
    async flush(id) {
        browser.clearTimeout(this.timers[id]);
        await this.saving[id];
        if (!this.isDirty(id)) {
            return true;
        }
        this.saving[id] = this._send(id, this.drafts[id].text);
        await this.saving[id];
        delete this.saving[id];
        // What was typed meanwhile goes after it, unless there is something wrong.
        return this.problems[id] ? false : this.flush(id);
    }

    flushAll() {
        return Promise.all(Object.keys(this.drafts).map((id) => this.flush(Number(id))));
    }

    async _send(id, text) {
        try {
            await this.save(id, text);
        } catch {
            this.problems[id] = _t("Not saved yet. It is kept here and saved as soon as possible.");
            this.failures[id] = (this.failures[id] || 0) + 1;
            this._later(id, Math.min(RETRY_DELAY * 2 ** (this.failures[id] - 1), LONGEST_DELAY));
            return;
        }
        const typed = this.isDirty(id) && this.drafts[id].text;
        this._forget(id);
        if (typed === text || typed === false) {
            this.memory.remove("draft", id);
        } else {
            this._keep(id, { text: typed, base: text });
        }
    }

    _keep(id, draft) {
        this.drafts[id] = draft;
        this.memory.set("draft", id, { ...draft });
    }

    _forget(id) {
        delete this.drafts[id];
        delete this.problems[id];
        delete this.failures[id];
    }

    _later(id, delay) {
        browser.clearTimeout(this.timers[id]);
        this.timers[id] = browser.setTimeout(() => this.flush(id), delay);
    }

    /** The page goes: a beacon is not cancelled with it. The draft stays until known saved. */
    _flushByBeacon() {
        for (const [id, { text }] of Object.entries(this.drafts)) {
            const params = {
                model: "telephony.call",
                method: "card_note",
                args: [Number(id), text],
                kwargs: {},
            };
            const body = JSON.stringify({ jsonrpc: "2.0", method: "call", params });
            browser.navigator.sendBeacon(ROUTE, new Blob([body], { type: "application/json" }));
        }
    }
}
