import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { session } from "@web/session";
import { CallAlert } from "./call_alert";
import { CallBook } from "./call_book";
import { controlsOf } from "./call_control/call_controls";
import { Offers } from "./callback_offer/offers";
import { Dialing } from "./dialing";
import { NoteKeeper } from "./note_keeper";
import { openByItself, openRecord } from "./open_record";
import { hearOtherTab } from "./other_tabs";
import { TabMemory } from "./tab_memory";
import { watchWaking } from "./wake";

/** While something rings or is talked about, the list is asked for so often at least. */
const SYNC_EVERY = 60000;

/**
 * Keeps this tab's picture of the user's calls: bus messages in, cards out.
 * `calls` is what components look at, through `useState`.
 */
export class Telephony {
    constructor(env, services) {
        this.env = env;
        this.services = services;
        this.options = session.telephony;
        this.orm = services.orm.silent;
        const owner = `${this.options.database}.${user.userId}`;
        this.memory = new TabMemory(owner, (...fact) => hearOtherTab(this, ...fact));
        this.calls = reactive(new CallBook());
        this.calls.setup({
            userId: user.userId,
            isClosed: (id) => Boolean(this.memory.get("closed", id)),
            isMinimised: (id) => Boolean(this.memory.get("minimised", id)),
            onLeave: (id) => this.memory.remove("after", id),
            hasWords: (id) => this.notes.isDirty(id),
        });
        this.notes = reactive(new NoteKeeper());
        this.notes.setup({
            memory: this.memory,
            load: async (id) => (await this._ask("get_card", id))?.note,
            save: async (id, text) => {
                this._put(await this._ask("card_note", id, text));
                this.memory.set("news", id, Date.now());
            },
        });
        this.dialing = reactive(new Dialing(this));
        this.offers = reactive(new Offers(this));
        this.link = reactive({ connected: true });
        this.board = reactive({ changes: 0 }); // of what can be done to calls
        /** @type {import("./softphone/softphone").Softphone|null} */
        this.softphone = null;
        this.fetching = new Map();
        this.alert = new CallAlert({
            wanted: this.options,
            multiTab: services.multi_tab,
            memory: this.memory,
            ringing: () => this.calls.ringing,
            alsoRings: () => Boolean(this.softphone?.rings) || this.offers.rings,
            alsoTold: () => this.offers.news,
            onClick: (id) => this.env.bus.trigger("TELEPHONY:FOCUS", { id }),
        });
    }

    start() {
        const { bus_service: bus } = this.services;
        bus.subscribe("telephony.call/update", (message) => this._onBus(message));
        this.offers.start();
        for (const event of ["BUS:CONNECT", "BUS:RECONNECT"]) {
            bus.addEventListener(event, () => {
                this.link.connected = true;
                this.sync();
            });
        }
        bus.addEventListener("BUS:DISCONNECT", () => {
            this.link.connected = false;
            this.calls.isCurrent = false; // What was missed is told again later.
        });
        bus.start();
        watchWaking(
            () => this.sync(),
            (now) => this._onTick(now)
        );
        this.sync();
        this.notes.recover();
    }

    /** Replace everything by the server's list. */
    async sync() {
        const askedAt = this.calls.tick;
        this.syncedAt = Date.now();
        this.offers.load();
        let cards;
        try {
            cards = await this._ask("get_cards");
        } catch {
            return this._changed(); // Asked again on reconnection; cards expire by themselves.
        }
        const unclear = this.calls.replaceAll(cards, askedAt);
        await Promise.all([
            ...unclear.map((id) => this.fetch(id)),
            ...this.memory.ids("after").map((id) => this.fetch(id)),
            this.notes.flushAll(),
        ]);
        this._changed();
    }

    /** Ask for one card; what is asked meanwhile waits for one more answer, not for many. */
    async fetch(id) {
        if (this.fetching.has(id)) {
            this.fetching.set(id, true);
            return;
        }
        this.fetching.set(id, false);
        try {
            const card = await this._ask("get_card", id);
            if (card) {
                this._put(card);
            } else if (!this.notes.isDirty(id)) {
                this.memory.remove("after", id);
                this.leave(id);
            }
        } catch {
            // The next news or synchronisation asks again.
        }
        const again = this.fetching.get(id);
        this.fetching.delete(id);
        this._changed();
        if (again) {
            await this.fetch(id);
        }
    }

    /** Do something to a call by one of the server's `card_…` methods. */
    async act(method, id, ...args) {
        this._put(await this.services.orm.call("telephony.call", method, [id, ...args]));
        this.memory.set("news", id, Date.now());
    }

    /**
     * What can be done to a call from here; the cards ask this and nobody else.
     *
     * @param {import("./call_entry").Entry} entry
     * @returns {import("./call_control/call_controls").CallControls|null} the softphone's
     *     where the call's sound is in this browser, else the PBX's
     */
    controls(entry) {
        return controlsOf(this, entry);
    }

    /** Have the cards ask again who has their calls in hand. */
    controlsChanged() {
        this.board.changes++;
    }

    minimise(id, on = true) {
        this.calls.minimise(id, on);
        this.memory[on ? "set" : "remove"]("minimised", id);
    }

    /** Close a card in all tabs, when every word on it is saved. */
    async close(id) {
        if (await this.notes.flush(id)) {
            this.memory.set("closed", id);
            this.leave(id);
        }
    }

    open(resModel, resId) {
        return openRecord(this.services.action, resModel, resId);
    }

    /** Ask the server without troubling the user, whatever comes of it. */
    _ask(method, ...args) {
        return this.orm.call("telephony.call", method, args);
    }

    _put(card) {
        const known = this.calls.calls[card.id];
        if (!known && this.memory.get("after", card.id)) {
            this.calls.reopen(card);
        } else {
            this.calls.put(card);
        }
        const entry = this.calls.calls[card.id];
        if (entry?.phase === "after") {
            this.memory.set("after", card.id);
        }
        this._changed();
    }

    /** Take a card off this tab's screen. */
    leave(id) {
        if (id in this.calls.calls) {
            this.calls.leave(id);
        }
        this._changed();
    }

    _onBus(message) {
        if (this.calls.hear(message)) {
            this.fetch(message.id);
        }
        if (message.state === "ended") {
            this.env.bus.trigger("TELEPHONY:ENDED");
        }
        this._changed();
    }

    _onTick(now) {
        if (this.calls.live.length && now - this.syncedAt >= SYNC_EVERY) {
            this.sync();
        }
    }

    /** After anything has changed: sound, expiry, what hangs on the cards. */
    _changed() {
        browser.clearTimeout(this.sweeper);
        const wait = this.calls.sweep();
        if (wait !== null) {
            this.sweeper = browser.setTimeout(() => this._changed(), wait);
        }
        this.alert.update();
        this.dialing.follow(this.calls.entries);
        openByItself(this);
    }
}
