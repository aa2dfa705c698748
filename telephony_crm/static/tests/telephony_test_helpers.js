import { mailModels } from "@mail/../tests/mail_test_helpers";
import { animationFrame, Deferred, waitUntil } from "@odoo/hoot";
import { Component, xml } from "@odoo/owl";
import { RingSound } from "@telephony_crm/ring_sound";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { session } from "@web/session";
import {
    asyncStep,
    defineModels,
    getService,
    MockServer,
    models,
    mountWithCleanup,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";

const SQL_FORMAT = "yyyy-MM-dd HH:mm:ss";

/** @param {number} [seconds] ago; by the server's clock, in the form it sends */
export function utc(seconds = 0) {
    return luxon.DateTime.utc().minus({ seconds }).toFormat(SQL_FORMAT);
}

/** A card as the server sends it: an unknown caller's phone rings here. */
export function makeCard(values = {}) {
    return {
        id: 1,
        version: 1,
        state: "ringing",
        stale: false,
        direction: "inbound",
        disposition: "",
        answered_by: "none",
        hidden: false,
        number: "380444941710",
        e164: "+380444941710",
        number_formatted: "+380 44 494 1710",
        number_national: "044 494 1710",
        region: "Kyiv, Ukraine",
        did: { id: 1, name: "London line", number: "+44 20 3769 1881", source: "Google Ads" },
        start_date: utc(),
        answer_date: false,
        end_date: false,
        talk_seconds: 0,
        now: utc(),
        my_leg: "ringing",
        agent: false,
        recording: false,
        pbx_id: 1,
        match_reason: "No record has this number",
        ambiguous: false,
        archived: false,
        partner: false,
        lead: false,
        leads: [],
        lead_count: 0,
        candidates: [],
        responsible: "",
        history: { count: 0 },
        note: "",
        outcome_id: false,
        outcomes: [
            { id: 1, name: "Interested" },
            { id: 2, name: "Call later" },
        ],
        blocked: false,
        can: { create_partner: true, create_lead: true, block: true, dial: true },
        ...values,
    };
}

export const OLENA = {
    id: 7,
    name: "Olena Shevchenko",
    company: "Roshen",
    function: "Purchasing director",
    image: "/web/static/img/user_placeholder.jpg",
    email: "olena@example.com",
};

export const SPRING_ORDER = {
    id: 21,
    name: "Spring order",
    stage: "Proposition",
    revenue: "12,400 €",
    user: "Mitchell Admin",
    mine: true,
    next_activity: { summary: "call back", date: "2026-01-15" },
};

export function makeKnownCard(values = {}) {
    return makeCard({
        partner: OLENA,
        lead: SPRING_ORDER.id,
        leads: [SPRING_ORDER],
        lead_count: 1,
        match_reason: "The international number is the same",
        ...values,
    });
}

/** What the server knows, by id; the tests write it, the mock models answer from it. */
export const server = { cards: new Map(), dial: null, dialer: null, found: [] };

export class TelephonyCall extends models.Model {
    _name = "telephony.call";

    get_cards() {
        return [...server.cards.values()].filter((card) => card.state !== "ended");
    }

    get_card(id) {
        return server.cards.get(id) || false;
    }

    card_note(id, note) {
        return this._change(id, { note });
    }

    card_outcome(id, outcome_id) {
        return this._change(id, { outcome_id });
    }

    card_choose(id, model, res_id) {
        return this._change(id, { partner: { ...OLENA, id: res_id }, ambiguous: false });
    }

    card_none(id) {
        return this._change(id, { ambiguous: false, candidates: [] });
    }

    card_block(id) {
        return this._change(id, { blocked: true });
    }

    card_create(id, kind, { name, company }) {
        if (kind === "lead") {
            const lead = { ...SPRING_ORDER, id: 99, name: `Call from ${name}` };
            return this._change(id, { lead: 99, leads: [lead], lead_count: 1 });
        }
        return this._change(id, { partner: { ...OLENA, id: 98, name, company } });
    }

    _change(id, values) {
        const card = server.cards.get(id);
        server.cards.set(id, { ...card, version: card.version + 1, ...values });
        return server.cards.get(id);
    }
}

export class TelephonyDial extends models.Model {
    _name = "telephony.dial";

    dial() {
        return server.dial || { status: "calling", number: "+380 44 494 1710" };
    }

    get_dialer() {
        return server.dialer;
    }

    find() {
        return server.found;
    }
}

/** Call-backs: what the user is offered, nothing unless a test says so. */
export class TelephonyCallback extends models.Model {
    _name = "telephony.callback";

    get_offers() {
        return [];
    }
}

export function makeDialer(values = {}) {
    return {
        extension: "100",
        pbx: { state: "ok", message: "Office is connected." },
        missed: 0,
        recent: [],
        to_call: [],
        team: [],
        ...values,
    };
}

export function defineTelephonyModels(extra = {}) {
    return defineModels({
        ...mailModels,
        TelephonyCall,
        TelephonyCallback,
        TelephonyDial,
        ...extra,
    });
}

/** Somebody works here: something to have the focus while the phone rings. */
export class Desk extends Component {
    static template = xml`<input class="desk" type="text"/>`;
    static props = ["*"];
}

/** Make the session that of a user with an extension, before anything is mounted. */
export function setUpSession(options = {}) {
    server.cards = new Map();
    server.dial = null;
    server.dialer = makeDialer();
    server.found = [];
    patchWithCleanup(session, {
        telephony: {
            database: "0123456789abcdef",
            extension: "100",
            sound: false,
            desktop_notification: false,
            open_card: false,
            ...options,
        },
    });
    patchWithCleanup(RingSound.prototype, {
        start: () => asyncStep("ring"),
        stop: () => {},
    });
    for (const key of Object.keys(browser.localStorage)) {
        if (key.startsWith("telephony_crm")) {
            browser.localStorage.removeItem(key);
        }
    }
}

/** The web client of a user with an extension, with the calls the server knows. */
export async function startTelephony({ cards = [], options = {}, component = Desk } = {}) {
    setUpSession(options);
    cards.forEach((card) => server.cards.set(card.id, card));
    await mountWithCleanup(component);
    await waitUntil(() => getService("bus_service").workerState === "CONNECTED");
    await settle();
    return getService("telephony");
}

/** The PBX tells something: the server knows it, and the bus says so. */
export async function tell(card, { silent = false } = {}) {
    server.cards.set(card.id, card);
    if (!silent) {
        await send({ id: card.id, version: card.version, state: card.state, number: card.e164 });
    }
}

/** A message of the bus, as the server sends it to this user; waits for what follows. */
export async function send(message) {
    const bus = getService("bus_service");
    const received = new Deferred();
    const onMessage = () => received.resolve();
    bus.subscribe("telephony.call/update", onMessage);
    MockServer.env["bus.bus"]._sendone("broadcast", "telephony.call/update", message);
    await received;
    bus.unsubscribe("telephony.call/update", onMessage);
    await settle();
}

/** Wait until what was asked for is there and drawn. */
export async function settle() {
    const { fetching } = getService("telephony");
    for (let frames = 0; frames < 3 || (fetching.size && frames < 20); frames++) {
        await animationFrame();
    }
}

/** The key under which the tabs of this user keep a fact together. */
export function memoryKey(kind, id) {
    return `telephony_crm.${session.telephony.database}.${user.userId}.${kind}.${id}`;
}

/** Another tab of the same browser writes a fact. */
export function otherTab(kind, id, value) {
    const key = memoryKey(kind, id);
    if (value === undefined) {
        browser.localStorage.removeItem(key);
    } else {
        browser.localStorage.setItem(key, JSON.stringify({ value, at: Date.now() }));
    }
}
