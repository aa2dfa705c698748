import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { parseUtc } from "../times";

/** What a screen reader and the desktop say when somebody asks to be called back. */
export function offerWords({ name, number }) {
    return _t("%s asks to be called back", name || number);
}

/** A moment of a card comes a little after it, so that it is not just before. */
const AFTER = 50;

/**
 * @typedef {Object} Offer of a call-back, as `telephony.callback.get_offers` tells of it; its
 *     moments are milliseconds by this browser's clock
 * @property {number} since when the call was promised for
 * @property {number} from when its card is shown
 * @property {number} until
 * @property {boolean} isBusy the user has accepted, and the PBX is asked
 */

/**
 * The call-backs that this user is offered. Each is delivered with the moments of its card,
 * so that nothing of the server has to happen in time for it to come up, or to go.
 */
export class Offers {
    /** @type {Offer[]} all that are delivered */
    list = [];
    /** @type {Offer[]} those whose cards are shown now */
    shown = [];
    turn = 0;

    /** @param {import("../telephony").Telephony} telephony of this tab */
    constructor(telephony) {
        this.telephony = telephony;
    }

    start() {
        const { bus_service: bus } = this.telephony.services;
        bus.subscribe("telephony.callback/offer", () => this.load());
    }

    /** Whether one waits for an answer. */
    get rings() {
        return this.shown.some(({ isBusy }) => !isBusy);
    }

    /** What the desktop is told of: each time that a call-back comes up, once. */
    get news() {
        return this.shown.map((offer) => ({
            id: `offer${offer.id}-${offer.tries}`,
            title: offerWords(offer),
            body: offer.name ? offer.number : "",
        }));
    }

    /** Replace all by the server's list; of two answers the one that was asked for later. */
    async load() {
        const turn = ++this.turn;
        let cards;
        try {
            cards = await this._ask(this.telephony.orm, "get_offers");
        } catch {
            return; // Asked again on reconnection; cards go by themselves.
        }
        if (turn === this.turn) {
            const busy = this.list.filter(({ isBusy }) => isBusy).map(({ id }) => id);
            this.list = cards.map((card) => toOffer(card, busy));
            this._update();
        }
    }

    /** Take one: one's own phone rings, then the customer's. */
    async accept(offer) {
        if (offer.isBusy) {
            return; // A double click is one call.
        }
        offer.isBusy = true;
        this._update();
        let answer;
        try {
            answer = await this._ask(this.telephony.services.orm, "accept_offer", offer.id);
        } finally {
            this._drop(offer.id);
            this.load();
        }
        if (answer.status === "calling") {
            this.telephony.softphone?.expect(answer.call_ref);
        } else {
            const isTaken = answer.status === "taken";
            this.telephony.services.notification.add(answer.message, {
                type: isTaken ? "info" : "warning",
                title: isTaken ? undefined : _t("Not called"),
            });
        }
    }

    /** Not now: it is gone from all of the user's screens. */
    async decline(offer) {
        this._drop(offer.id);
        await this._ask(this.telephony.services.orm, "decline_offer", offer.id);
    }

    _ask(orm, method, ...args) {
        return orm.call("telephony.callback", method, args);
    }

    _drop(id) {
        this.list = this.list.filter((offer) => offer.id !== id);
        this._update();
    }

    /** Show what is to be shown now, and look again when that changes. */
    _update() {
        const now = Date.now();
        browser.clearTimeout(this.timer);
        this.list = this.list.filter(({ until, isBusy }) => isBusy || until > now);
        this.shown = this.list.filter(({ from }) => from <= now);
        const moments = this.list.flatMap(({ from, until }) => [from, until]);
        const next = Math.min(...moments.filter((at) => at > now));
        if (next < Infinity) {
            this.timer = browser.setTimeout(() => this._update(), next - now + AFTER);
        }
        this.telephony.alert.update();
    }
}

function toOffer(card, busy) {
    const ahead = Date.now() - parseUtc(card.now);
    const local = (text) => parseUtc(text) + ahead;
    return {
        ...card,
        since: local(card.since),
        from: local(card.from),
        until: local(card.until),
        isBusy: busy.includes(card.id),
    };
}
