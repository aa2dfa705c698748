/* global config */
import { consent, isAllowed } from "./consent.js";
import { quiet } from "./quiet.js";
import { numbers } from "./spelling.js";

/** What the server is told of a visit, and what it answers. */

// The parameters of an address that are kept, and how much of each: a message is small. A
// click id is kept whole or not at all, so the server must see that it is longer.
const KEPT =
    /^(utm_(source|medium|campaign|term|content)|gad_source|(g|d|fb|tt|y)clid|msclkid|[gw]braid|li_fat_id)$/;
const MOST = 256;
const MOST_OF_PATH = 500;
const PATIENCE = 15000; // milliseconds that an answer may take
const COOKIES = {
    client_id: /\b_ga=GA1\.[\d-]+\.(\d+\.\d+)/,
    session_id: /\b_ga_\w+=GS\d\.\d\.s?(\d+)/,
    fbc: /\b_fbc=([\w.-]+)/,
    fbp: /\b_fbp=([\w.-]+)/,
};

// An optimiser may serve this script from elsewhere, or start it late; the element that
// the page has for it is there all the same.
const element = document.querySelector("script[data-telephony-url]");
/** Where Odoo is asked: absolute, since an address without a host is the page's own. */
export const url = new URL(
    element ? element.dataset.telephonyUrl : config.url,
    document.baseURI
).href.replace(/\/$/, "");

/** Whether a host is of the site's domains. */
export const isWithin = (host) =>
    config.domains.some((domain) => `.${host}`.endsWith(`.${domain}`));

/** The path, with the one behind "#" or "#!" that some single-page applications have. */
export const path = () =>
    (location.pathname + (/^#!?\/[^?&=]*/.exec(location.hash) || "")).slice(0, MOST_OF_PATH);

/** Where the visitor is: address, and the parameters that tell of an advertisement. */
export function place(referrer) {
    const q = {};
    new URLSearchParams(location.search).forEach((value, name) => {
        if (KEPT.test(name)) {
            q[name] = value.slice(0, MOST);
        }
    });
    const r = referrer.replace(/^\w+:\/\/|[?#].*/g, "").slice(0, MOST_OF_PATH);
    return { u: path(), h: location.hostname, q, r };
}

const arrival = place(document.referrer); // before a router tidies the address up
// The key that another of the site's domains gave to the link; it does not stay there. From
// elsewhere it is somebody else's: all who followed the link would be one visitor.
const handedOver = /[#&]telephony=([\w-]+)/.exec(location.hash);
export const visit = { key: "" };
if (handedOver) {
    visit.before = isWithin(arrival.r.split(/[:/]/)[0]) && handedOver[1];
    history.replaceState(history.state, "", location.href.replace(handedOver[0], ""));
}
let line = Promise.resolve();

/** What goes with a message: consent, and ids of cookies as far as they may be read. */
export function about() {
    const c = consent();
    const g = {};
    for (const name of Object.keys(COOKIES)) {
        const mayRead = isAllowed(name[0] === "f" ? c.d : c.a);
        const [, id] = (mayRead && COOKIES[name].exec(document.cookie)) || [];
        if (id) {
            g[name] = id;
        }
    }
    return { c, g };
}

/** Keeps the key in the browser; none erases what was kept. */
export const keep = quiet((key) =>
    key ? (localStorage.telephony = key) : delete localStorage.telephony
);
const kept = quiet(() => localStorage.telephony);

/**
 * Sends one message; never fails.
 *
 * @param {object} message
 * @param {number} [tries] it must arrive, whatever becomes of the page; how often it is said
 *  to a server that is too busy
 * @returns {Promise<object>} the answer `{k, n, beat}`, empty when there is none
 */
function post(message, tries) {
    const body = JSON.stringify(message); // as text/plain: nothing is asked beforehand
    const control = new AbortController();
    setTimeout(() => control.abort(), PATIENCE);
    const { signal } = control;
    const keepalive = !!tries;
    return fetch(url + "/visit", { method: "POST", body, credentials: "omit", keepalive, signal })
        .then((answer) =>
            answer.status === 429 && tries > 1
                ? new Promise((go) =>
                      // Who agreed may have refused since.
                      setTimeout(() => go(post({ ...message, ...about() }, tries - 1)), PATIENCE)
                  )
                : answer.json()
        )
        .catch(() => ({}));
}

/** Asks for numbers in place of those that were seen, after what was asked before; see `post`. */
export function ask() {
    line = line.then(() => {
        if (!isAllowed()) {
            return {}; // refused while this waited for the answer before
        }
        const n = numbers.filter((number) => number.isSeen).map((number) => number.e164);
        const p = visit.before || kept();
        return post({ k: visit.key, ...arrival, n, ...about(), p });
    });
    return line;
}

/**
 * Says something about the visit, if there is one; see `post`. A tap proves who rings, and
 * a no must be heard: what has consent with it is said again.
 */
export const say = (message) =>
    visit.key ? post({ k: visit.key, ...message }, message.c ? 3 : 1) : line;

/** Forgets the visit, here and in the browser. */
export function forget() {
    visit.key = visit.before = "";
    keep();
}
