import { browser } from "@web/core/browser/browser";

const PREFIX = "telephony_crm";
const DAY = 24 * 3600 * 1000;
/** How long a fact is kept; unsaved words for long, places and devices for good. */
const KEPT_FOR = { draft: 30 * DAY, place: Infinity, device: Infinity };

/**
 * What the tabs of one user know together: which cards are closed or minimised, which
 * after-call forms are open, words not yet saved. Kept in the browser's storage, so that
 * it outlives a reload; each tab hears of the others' changes by the storage event.
 *
 * One key per fact: two tabs never overwrite each other's.
 */
export class TabMemory {
    /**
     * @param {string} owner whose memory it is: of a database, a user. Another database
     *     at the same address numbers its calls anew.
     * @param {(kind: string, id: number|string, value: any) => void} onChange
     */
    constructor(owner, onChange = () => {}) {
        this.prefix = `${PREFIX}.${owner}.`;
        this.onChange = onChange;
        this._prune();
        browser.addEventListener("storage", ({ key, newValue }) => {
            if (key && key.startsWith(this.prefix)) {
                const [kind, id] = key.slice(this.prefix.length).split(".");
                const about = /^\d+$/.test(id) ? Number(id) : id;
                this.onChange(kind, about, this._parse(newValue)?.value);
            }
        });
    }

    get(kind, id) {
        return this._parse(browser.localStorage.getItem(this._key(kind, id)))?.value;
    }

    /** @returns {boolean} false where the browser refuses to keep anything */
    set(kind, id, value = true) {
        try {
            browser.localStorage.setItem(
                this._key(kind, id),
                JSON.stringify({ value, at: Date.now() })
            );
            return true;
        } catch {
            return false;
        }
    }

    remove(kind, id) {
        if (browser.localStorage.getItem(this._key(kind, id)) !== null) {
            browser.localStorage.removeItem(this._key(kind, id));
        }
    }

    /** @returns {number[]} the ids a fact of this kind is known about */
    ids(kind) {
        const start = `${this.prefix}${kind}.`;
        return this._keys(start).map((key) => Number(key.slice(start.length)));
    }

    /** @returns {boolean} true for the one tab that asks first */
    claim(kind, id) {
        if (this.get(kind, id)) {
            return false;
        }
        this.set(kind, id);
        return true;
    }

    _key(kind, id) {
        return `${this.prefix}${kind}.${id}`;
    }

    _keys(start) {
        return Object.keys(browser.localStorage).filter((key) => key.startsWith(start));
    }

    _parse(text) {
        try {
            return text ? JSON.parse(text) : undefined;
        } catch {
            return undefined;
        }
    }

    /** Forget what is old, also of databases that are no more. */
    _prune() {
        for (const key of this._keys(`${PREFIX}.`)) {
            const kind = key.split(".").at(-2);
            const at = this._parse(browser.localStorage.getItem(key))?.at || 0;
            if (at < Date.now() - (KEPT_FOR[kind] || DAY)) {
                browser.localStorage.removeItem(key);
            }
        }
    }
}
