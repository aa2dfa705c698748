/* global config */
import { consent, isAllowed, isRefused, listen, tell } from "./consent.js";
import { show, watch } from "./looking.js";
import { on, quiet } from "./quiet.js";
import { numbers } from "./spelling.js";
import { about, ask, forget, keep, place, say, visit } from "./visit.js";

/** Shows each visitor numbers of their own, and tells the server what they do. */

let beating, asking, path, isBegun;

/** Asks in a moment: what comes meanwhile is asked together. */
function askSoon() {
    clearTimeout(asking);
    asking = setTimeout(() => document.hidden || !isAllowed() || ask().then(quiet(take)), 100);
}

/** Does what an answer says: `{k, n, beat}`; an empty one says nothing. */
function take(answer) {
    if (isAllowed()) {
        visit.key = answer.k || visit.key;
        keep(visit.key);
        if (answer.n && show(answer.n)) {
            askSoon(); // a number went to somebody else while this page slept
        }
        clearInterval(beating);
        if (numbers.some(({ other }) => other)) {
            beating = setInterval(
                () => document.hidden || say({ b: 1 }).then(quiet(take)),
                (answer.beat || 20) * 1000 // seconds
            );
        }
    }
}

/** Starts over with the page's own numbers. */
function refresh() {
    clearInterval(beating);
    show({});
    askSoon();
}

function consentChanged() {
    say({ b: 1, ...about() });
    if (isAllowed()) {
        askSoon();
    } else {
        visit.key && refresh();
        isRefused() && forget();
    }
}

/** Another page of a single-page application. */
function moved() {
    if (path !== location.pathname) {
        say({ v: 1, ...place(location.host + path) });
        path = location.pathname;
    }
}

const loadWidget = (then) => import(config.callback).then(then).catch(() => {});

function clicked(event) {
    const link = event.button < 2 && event.target.closest("a[href]");
    if (config.callback && event.target.closest("[data-telephony-callback]")) {
        event.preventDefault();
        loadWidget((widget) => widget.open());
    } else if (link && /^tel:/i.test(link.href)) {
        // The last seven digits: the link may be written in any way.
        const tail = decodeURI(link.href).replace(/\D/g, "").slice(-7);
        const own = numbers.map((number) => number.other || number.e164);
        const t = own.find((e164) => tail[6] && e164.endsWith(tail));
        if (t) {
            say({ t, ...about() }, true);
        }
    } else if (link && visit.key && link.hostname !== location.hostname) {
        const isWithin = (domain) => `.${link.hostname}`.endsWith(`.${domain}`);
        if (config.domains.some(isWithin)) {
            const { hash, href } = link;
            link.hash = `${hash ? hash + "&" : ""}telephony=${visit.key}`;
            setTimeout(() => (link.href = href)); // it was followed by now
        }
    }
}

function begin() {
    path = location.pathname;
    on("click auxclick", clicked);
    on("pagehide", () => say({ e: 1 }, true));
    on("pageshow", ({ persisted }) => persisted && refresh());
    on("popstate", moved);
    const { pushState } = history;
    history.pushState = (...given) => {
        setTimeout(quiet(moved));
        return pushState.apply(history, given);
    };
    listen(consentChanged);
    watch(askSoon);
    askSoon();
    if (config.callbackButton) {
        loadWidget();
    }
}

/** Waits until the page is loaded, shown, and has brought itself to life. */
function whenReady() {
    if (isBegun) {
        askSoon();
    } else if (!document.hidden && !document.prerendering && document.readyState === "complete") {
        isBegun = true;
        // Nothing is written before an answer comes, so "at once" is late enough as well.
        (window.requestIdleCallback || setTimeout)(quiet(begin), { timeout: 2000 });
    }
}

// A page may have the script twice, or something of its own with that name.
if (!(window.telephony || {}).refresh) {
    window.telephony = {
        consent(given) {
            if (given) {
                tell("page", given.analytics, given.ads);
            }
            return consent();
        },
        visit: () => visit.key,
        refresh,
    };
    on("prerenderingchange visibilitychange readystatechange", whenReady);
    whenReady();
}
