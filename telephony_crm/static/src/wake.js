import { browser } from "@web/core/browser/browser";

const CLOCK = 5000;
/** A clock that stood still for so much longer: the machine has slept. */
const SLEPT = 15000;

/**
 * Tell when this page may have missed something: the machine has slept, the network was
 * away, the browser had put the page aside.
 *
 * @param {() => void} onWake
 * @param {(now: number) => void} onTick every few seconds
 */
export function watchWaking(onWake, onTick) {
    browser.addEventListener("online", onWake);
    browser.addEventListener("pageshow", ({ persisted }) => persisted && onWake());
    document.addEventListener("visibilitychange", () => !document.hidden && onWake());
    let before = Date.now();
    browser.setInterval(() => {
        const now = Date.now();
        const slept = now - before > CLOCK + SLEPT;
        before = now;
        if (slept) {
            onWake();
        } else {
            onTick(now);
        }
    }, CLOCK);
}
