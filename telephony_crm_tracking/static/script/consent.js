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
    Object.values(said).some((words) => words[0] === false && words[2] !== false);

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

/** The banners that can be asked; each is called with an event of theirs. */
const BANNERS = [
    ({ type, detail }) => {
        const groups = type === "OneTrustGroupsUpdated" ? detail : window.OnetrustActiveGroups;
        tell("onetrust", groups.includes("C0002"), groups.includes("C0004"));
    },
    () => {
        const bot = window.Cookiebot;
        if (bot.hasResponse) {
            tell("cookiebot", bot.consent.statistics, bot.consent.marketing);
        }
    },
    () => {
        const has = window.wp_has_consent;
        tell("wordpress", has("statistics"), has("marketing"));
    },
    ({ type }) => {
        // The events of Odoo's bar come before its cookie is written.
        const answer = /(^optionalCookies|website_cookies_bar=[^;]*optional\W+)(.)/.exec(
            type + document.cookie
        );
        const is = /A|t/.test(answer[2]);
        tell("odoo", is, is);
    },
];

/** Does each by itself: whichever is not there, or is something else, silences no other. */
const each = (works, event) => works.forEach((work) => quiet(work)(event));
const askBanners = (event) => each(BANNERS, event);

/**
 * TCF: purpose 1 is storage; 7 and 8 measure advertising and content. While the banner is
 * shown nobody has said anything yet.
 */
function tcf({ eventStatus, gdprApplies, purpose }) {
    if (gdprApplies === false) {
        tell("tcf", true, true);
    } else if (eventStatus !== "cmpuishown") {
        const may = purpose.consents;
        tell("tcf", !!(may[1] && may[8]), !!(may[1] && may[7]));
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
    const hearGoogle = () => {
        const layer = (window.dataLayer = window.dataLayer || []);
        const { push } = layer;
        layer.forEach(quiet(google)); // what others have by that name is often no list
        layer.push = (...commands) => {
            commands.forEach(quiet(google));
            return push.apply(layer, commands);
        };
    };
    const hearTcf = () => window.__tcfapi("addEventListener", 2, quiet(tcf));
    each([hearGoogle, hearTcf, ...BANNERS], {});
    // What was said before we came is one answer: a default is nothing without its update.
    heard = changed;
    heard();
    on(
        "OneTrustGroupsUpdated CookiebotOnAccept CookiebotOnDecline " +
            "wp_listen_for_consent_change optionalCookiesAccepted optionalCookiesDenied",
        askBanners
    );
}
