import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { callerName } from "./call_words";
import { RingSound } from "./ring_sound";

/**
 * Sound and desktop notification of ringing calls: in the main tab only, only as far as
 * the user's options go, one notification per call.
 */
export class CallAlert {
    /**
     * @param {Object} options
     * @param {{sound: boolean, desktop_notification: boolean}} options.wanted
     * @param {{bus: EventBus, isOnMainTab: () => Promise<boolean>}} options.multiTab
     * @param {import("./tab_memory").TabMemory} options.memory
     * @param {() => Object[]} options.ringing entries that ring this user now
     * @param {() => boolean} [options.alsoRings] whether something rings that is no entry
     * @param {() => {id: string, title: string, body: string}[]} [options.alsoTold] what is
     *     notified of that is no entry
     * @param {(id: number) => void} options.onClick on a notification
     */
    constructor(options) {
        Object.assign(this, options);
        this.alsoRings ||= () => false;
        this.alsoTold ||= () => [];
        this.ring = new RingSound();
        this.shown = {};
        this.multiTab.bus.addEventListener("become_main_tab", () => this._onMain(true));
        this.multiTab.bus.addEventListener("no_longer_main_tab", () => this._onMain(false));
        browser.addEventListener("pagehide", () => this.silence());
    }

    async update() {
        const anything = this.wanted.sound || this.wanted.desktop_notification;
        if (!anything || !this._rings()) {
            return this.silence();
        }
        // Asked once; later the tab is told. Asking can stay without an answer when
        // somebody else asks at the same moment: then the next update asks again.
        this.isMain ??= await this.multiTab.isOnMainTab();
        // While this waited, the call may have been answered.
        const incoming = this._incoming();
        if (!this.isMain || !this._rings()) {
            return this.silence();
        }
        if (this.wanted.sound) {
            this.ring.start();
        }
        const others = this.alsoTold();
        const ids = new Set([...incoming, ...others].map(({ id }) => String(id)));
        Object.keys(this.shown)
            .filter((id) => !ids.has(id))
            .forEach((id) => this._hide(id));
        if (this.wanted.desktop_notification) {
            incoming.forEach((entry) => this._notify(entry));
            others.forEach(({ id, title, body }) => this._show(id, title, { body }));
        }
    }

    _onMain(isMain) {
        this.isMain = isMain;
        this.update();
    }

    silence() {
        this.ring.stop();
        Object.keys(this.shown).forEach((id) => this._hide(id));
    }

    _incoming() {
        return this.ringing().filter((entry) => entry.card && entry.card.direction !== "outbound");
    }

    _rings() {
        return this._incoming().length > 0 || this.alsoRings();
    }

    _notify(entry) {
        const details = [entry.card.partner?.company, entry.card.number_formatted];
        this._show(entry.id, _t("%s is calling", callerName(entry)), {
            body: details.filter(Boolean).join(" · "),
            icon: entry.card.partner?.image,
        });
    }

    /** Notify once, in one tab. */
    _show(id, title, options) {
        const { Notification } = browser;
        if (Notification?.permission !== "granted" || !this.memory.claim("notified", id)) {
            return;
        }
        try {
            const tag = `telephony_crm.${id}`;
            const notification = new Notification(title, { ...options, tag });
            notification.addEventListener("click", () => {
                window.focus();
                this.onClick(id);
                this._hide(id);
            });
            this.shown[id] = notification;
        } catch {
            // Some mobile browsers only allow notifications from a service worker.
        }
    }

    _hide(id) {
        this.shown[id]?.close();
        delete this.shown[id];
    }
}
