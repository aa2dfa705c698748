/* global config */
import { on, quiet } from "./quiet.js";

/**
 * What the visitor agreed to, for analytics (`a`) and for advertising (`d`) apart.
 *
 * Nobody has one place to ask, so every usual one is: Google's consent mode, the IAB's
 * TCF, OneTrust, Cookiebot, WordPress' consent API, Odoo's cookie bar, the browser's
 * Global Privacy Control, and the page itself by `telephony.consent()`.
 */

/** What each of them said of the two: true, false, or nothing. */
const said = {};
const mode = {}; // Google's, as its commands add up
let heard = () => {};

/** The page's own word decides; else one refusal does; else one agreement. */
function wordOf(kind) {
    const words = (said.page ? [said.page] : Object.values(said)).map((one) => one[kind]);
    return words.includes(false) ? "denied" : words.includes(true) ? "granted" : "unknown";
}

/** @returns {{a: string, d: string, by: string}} granted, denied or unknown; by whom */
export function consent() {
    const a = wordOf(0);
    const by = Object.keys(said).find((name) => said[name][0] === (a === "granted")) || "";
    return { a, d: wordOf(1), by };
}

/** Whether a use, of itself analytics, is allowed: not known is no where a yes is required. */
export const isAllowed = (word = wordOf(0)) =>
    word === "granted" || (word === "unknown" && !config.consentRequired);

/**
 * Whether somebody said no. A banner that comes late, which is the usual way with Google's
 * mode, first has it denied on every page: who agreed on an earlier one is not forgotten.
 */
export const isRefused = () =>
    Object.values(said).some(([a, , isSaid]) => a === false && isSaid !== false);

/**
 * Notes what one of them says of analytics and of advertising.
 *
 * @param {string} name of who says it
 * @param {...(boolean|string)} words true or "granted" agrees, anything else but null refuses
 */
export function tell(name, ...words) {
    said[name] = words.map((word) => (word == null ? word : word === true || word === "granted"));
    heard();
}

/** One command of Google's: `["consent", "default" or "update", {analytics_storage: …}]`. */
function google(command) {
    // A default for some regions only says nothing about this visitor.
    if (command[0] === "consent" && !command[2].region) {
        Object.assign(mode, command[2]);
        const ads = mode.ad_user_data || mode.ad_storage;
        tell("google", mode.analytics_storage, ads, command[1] === "update");
    }
}

/** The banners that can be asked; `event` is one of theirs. */
function askBanners({ type, detail }) {
    const { Cookiebot: bot, OnetrustActiveGroups: active, wp_has_consent: has } = window;
    const groups = type === "OneTrustGroupsUpdated" ? detail : active;
    if (groups) {
        tell("onetrust", groups.includes("C0002"), groups.includes("C0004"));
    }
    if (bot && bot.hasResponse) {
        tell("cookiebot", bot.consent.statistics, bot.consent.marketing);
    }
    if (has) {
        tell("wordpress", has("statistics"), has("marketing"));
    }
    // The events of Odoo's bar come before its cookie is written.
    const odoo = /(^optionalCookies|website_cookies_bar=[^;]*optional\W+)(.)/.exec(
        type + document.cookie
    );
    if (odoo) {
        const is = /A|t/.test(odoo[2]);
        tell("odoo", is, is);
    }
}

/**
 * TCF: purpose 1 is storage; 7 and 8 measure advertising and content. While the banner is
 * shown nobody has said anything yet.
 */
function tcf({ eventStatus, gdprApplies, purpose }) {
    if (gdprApplies === false) {
        tell("tcf", true, true);
    } else if (eventStatus !== "cmpuishown") {
        const { 1: storage, 7: ads, 8: content } = purpose.consents;
        tell("tcf", !!(storage && content), !!(storage && ads));
    }
}

/**
 * Asks all of them, and again whenever one changes its mind.
 *
 * @param {Function} changed called then
 */
export function listen(changed) {
    if (navigator.globalPrivacyControl) {
        tell("gpc", null, false);
    }
    const layer = (window.dataLayer = window.dataLayer || []);
    const { push } = layer;
    layer.forEach(quiet(google));
    layer.push = (...commands) => {
        commands.forEach(quiet(google));
        return push.apply(layer, commands);
    };
    if (window.__tcfapi) {
        window.__tcfapi("addEventListener", 2, quiet(tcf));
    }
    askBanners({});
    // What was said before we came is one answer: a default is nothing without its update.
    heard = changed;
    heard();
    on(
        "OneTrustGroupsUpdated CookiebotOnAccept CookiebotOnDecline " +
            "wp_listen_for_consent_change optionalCookiesAccepted optionalCookiesDenied",
        askBanners
    );
}
