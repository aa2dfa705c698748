import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";

const SAVE_DELAY = 600;
const RETRY_DELAY = 5000;
const ROUTE = "/web/dataset/call_kw/telephony.call/card_note";

/**
 * Keeps every keystroke of a note: at once in the browser's storage, a moment later on
 * the server, again and again until the server has it.
 */
export class NoteKeeper {
    /** words the server does not have yet, by call id */
    drafts = {};
    /** what went wrong, by call id, in words */
    problems = {};

    /**
     * @param {Object} options
     * @param {import("./tab_memory").TabMemory} options.memory
     * @param {(id: number, text: string) => Promise<void>} options.save
     */
    setup({ memory, save }) {
        this.memory = memory;
        this.save = save;
        this.timers = {};
        this.saving = {};
        for (const id of memory.ids("draft")) {
            this.drafts[id] = memory.get("draft", id);
            this._later(id, SAVE_DELAY);
        }
        browser.addEventListener("pagehide", () => this._flushByBeacon());
    }

    isDirty(id) {
        return id in this.drafts;
    }

    textOf(id, saved) {
        return this.isDirty(id) ? this.drafts[id] : saved || "";
    }

    edit(id, text) {
        this.drafts[id] = text;
        this.memory.set("draft", id, text);
        this._later(id, SAVE_DELAY);
    }

    /** Another tab of the same user types, or has saved: show its words. */
    hear(id, text) {
        if (text === undefined) {
            delete this.drafts[id];
            delete this.problems[id];
        } else if (text !== this.drafts[id]) {
            this.drafts[id] = text;
        }
    }

    /** @returns {Promise<boolean>} whether the server now has every word */
    async flush(id) {
        browser.clearTimeout(this.timers[id]);
        await this.saving[id];
        if (!this.isDirty(id)) {
            return true;
        }
        const text = this.drafts[id];
        this.saving[id] = this._send(id, text);
        const saved = await this.saving[id];
        delete this.saving[id];
        return saved;
    }

    flushAll() {
        return Promise.all(Object.keys(this.drafts).map((id) => this.flush(Number(id))));
    }

    async _send(id, text) {
        try {
            await this.save(id, text);
        } catch {
            this.problems[id] = _t("Not saved yet. It is kept here and saved as soon as possible.");
            this._later(id, RETRY_DELAY);
            return false;
        }
        delete this.problems[id];
        if (this.drafts[id] === text) {
            delete this.drafts[id];
            this.memory.remove("draft", id);
            return true;
        }
        return false;
    }

    _later(id, delay) {
        browser.clearTimeout(this.timers[id]);
        this.timers[id] = browser.setTimeout(() => this.flush(id), delay);
    }

    /** The page goes: a beacon is not cancelled with it. The draft stays until known saved. */
    _flushByBeacon() {
        for (const [id, text] of Object.entries(this.drafts)) {
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
