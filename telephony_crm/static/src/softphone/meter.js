import { browser } from "@web/core/browser/browser";
import { compare, readStats } from "./quality";

/** How often the sound is looked at, in milliseconds. */
const EVERY = 3000;

/** Looks how good the sound of a call is, again and again. */
export class Meter {
    before = null;

    /**
     * @param {() => RTCPeerConnection|undefined} connection
     * @param {() => boolean} isHeard whether sound is to be expected now
     * @param {(quality: import("./quality").Quality) => void} onQuality
     */
    constructor(connection, isHeard, onQuality) {
        this.connection = connection;
        this.isHeard = isHeard;
        this.onQuality = onQuality;
    }

    start() {
        this.timer = browser.setInterval(() => this._look(), EVERY);
    }

    stop() {
        browser.clearInterval(this.timer);
        this.timer = null;
    }

    async _look() {
        const report = await this.connection()?.getStats();
        if (!report || !this.timer) {
            return;
        }
        const now = readStats(report.values());
        if (this.before && this.isHeard()) {
            this.onQuality(compare(this.before, now));
        }
        this.before = now;
    }
}
