import { browser } from "@web/core/browser/browser";

/**
 * Which of the user's tabs is the telephone: Odoo's main tab, and one at a time.
 *
 * A lock of the browser sees to the second: it comes free by itself when a tab is closed or
 * dies. A tab that is no longer the main one, but in which somebody talks, keeps it until
 * the call is over.
 */
export class Turn {
    /**
     * @param {Object} options
     * @param {string} options.name of the lock: of a database and a user
     * @param {{bus: EventBus, isOnMainTab: () => Promise<boolean>}} options.multiTab
     * @param {() => void} options.onTake from now on this tab is the telephone
     * @param {() => void} options.onGive from now on it is not
     * @param {() => boolean} options.isBusy whether there is a call in this tab
     */
    constructor(options) {
        Object.assign(this, options);
        this.isMain = false;
        this.isOn = false;
        this.multiTab.bus.addEventListener("become_main_tab", () => this._onMain(true));
        this.multiTab.bus.addEventListener("no_longer_main_tab", () => this._onMain(false));
        browser.addEventListener("pagehide", () => this.stop());
        // The page comes back as it was left, from the browser's memory.
        browser.addEventListener("pageshow", ({ persisted }) => persisted && this.start());
    }

    async start() {
        this.isOn = true;
        this.isMain = Boolean(await this.multiTab.isOnMainTab());
        this.settle();
    }

    stop() {
        this.isOn = false;
        this.waiting?.abort();
        this._give();
    }

    /** After anything has changed: take the turn or give it. */
    settle() {
        const wanted = this.isOn && this.isMain;
        if (wanted && !this.release && !this.waiting) {
            this._take();
        } else if (!wanted) {
            this.waiting?.abort();
            if (!this.isOn || !this.isBusy()) {
                this._give();
            }
        }
    }

    _onMain(isMain) {
        this.isMain = isMain;
        this.settle();
    }

    async _take() {
        const waiting = new AbortController();
        this.waiting = waiting;
        const hold = () =>
            new Promise((resolve) => {
                this.waiting = null;
                this.release = resolve;
                this.onTake();
                this.settle();
            });
        try {
            await browser.navigator.locks.request(this.name, { signal: waiting.signal }, hold);
        } catch {
            // Not waited for any more.
        }
        if (this.waiting === waiting) {
            this.waiting = null;
        }
    }

    _give() {
        if (this.release) {
            const release = this.release;
            this.release = null;
            this.onGive();
            release();
        }
    }
}
