/* global config */
import { consent, isAllowed, isRefused, listen, tell } from "./consent.js";
import { show, watch } from "./looking.js";
import { numberOf } from "./page.js";
import { on, quiet } from "./quiet.js";
import { numbers } from "./spelling.js";
import { about, ask, forget, isWithin, keep, path, place, say, url, visit } from "./visit.js";

/** Shows each visitor numbers of their own, and tells the server what they do. */

const MOST_TRIES = 4; // after the first, each after twice the time
let beating, asking, page, isBegun;
let tries = 0;

/** Asks in a moment: what comes meanwhile is asked together. */
function askSoon(delay = 100) {
    clearTimeout(asking);
    asking = setTimeout(() => document.hidden || !isAllowed() || ask().then(quiet(hear)), delay);
}

/** Hears whether there is an answer; else asks again later, all pages at different times. */
function hear(answer) {
    if (answer.n) {
        tries = 0;
        take(answer);
    } else if (tries < MOST_TRIES) {
        askSoon(15000 * (1 + Math.random()) * 2 ** tries++);
    }
}

/** Does what an answer says: `{k, n, beat}`; an empty one says nothing. */
function take(answer) {
    visit.key = answer.k || visit.key;
    if (!isAllowed()) {
        visit.key && consentChanged(); // while the answer was on its way
    } else {
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
        const { key } = visit;
        isRefused() && forget();
        key && refresh(); // also what fields of forms have of it
    }
}

/** Another page of a single-page application, or the one that the visitor came back to. */
function moved() {
    if (page !== path()) {
        say({ v: 1, ...place(location.host + page) });
        page = path();
    }
}

const loadWidget = (then, otherwise = () => {}) =>
    import(url + "/callback.js").then(then).catch(otherwise);

function clicked(event) {
    const link = event.button < 2 && event.target.closest("a[href]");
    if (config.callback && event.target.closest("[data-telephony-callback]")) {
        event.preventDefault();
        loadWidget(
            (widget) => widget.open(),
            () => link && location.assign(link)
        );
    } else if (link && /^tel:/i.test(link.href)) {
        const t = numberOf(link);
        if (t) {
            say({ t, ...about() });
        }
    } else if (link && visit.key && link.hostname !== location.hostname) {
        if (isWithin(link.hostname)) {
            const { hash, href, referrerPolicy, rel } = link;
            link.hash = (hash && hash + "&") + "telephony=" + visit.key;
            // Only from our own domains is it taken there. A "noreferrer" outdoes the policy.
            link.referrerPolicy = "origin";
            link.rel = "noopener";
            setTimeout(() => Object.assign(link, { href, referrerPolicy, rel })); // it was followed
        }
    }
}

function begin() {
    page = path();
    on("click auxclick", clicked);
    on("pagehide", () => say({ e: 1 }));
    on("pageshow", ({ persisted }) => {
        if (persisted) {
            page = "";
            moved();
            refresh();
        }
    });
    on("popstate hashchange", moved);
    for (const name of ["pushState", "replaceState"]) {
        const change = history[name];
        history[name] = (...given) => {
            setTimeout(quiet(moved));
            return change.apply(history, given);
        };
    }
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
