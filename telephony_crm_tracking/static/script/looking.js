import { restore, scan } from "./page.js";
import { quiet } from "./quiet.js";
import { numbers } from "./spelling.js";
import { visit } from "./visit.js";

/** What the visitor sees: numbers that come into view, and what changes on the page. */

const MANY = 50; // parts: then all of the page is looked through instead
const dirty = new Set();
let found;

/** Waits until an element with a number comes into view, or nearly. */
function wanted(element, number) {
    const appear = (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) {
            number.sight.disconnect();
            number.isSeen = true;
            found();
        }
    };
    number.sight = number.sight || new IntersectionObserver(quiet(appear), { rootMargin: "50%" });
    if (!number.isSeen) {
        while (getComputedStyle(element).display === "contents") {
            element = element.parentElement; // it has no box of its own
        }
        number.sight.observe(element);
    }
}

const changes = new MutationObserver(quiet(collect));

function collect(records) {
    if (!dirty.size) {
        requestAnimationFrame(quiet(lookAgain)); // before the next picture is drawn
    }
    for (const { type, target, addedNodes } of records) {
        for (const node of type === "childList" ? addedNodes : [target]) {
            if (dirty.size <= MANY) {
                dirty.add(node.nodeType === 1 ? node : node.parentElement);
            }
        }
    }
}

/** Looks through parts of the page; what we write there is nothing new to us. */
function look(roots) {
    roots.forEach(quiet((root) => scan(root, wanted)));
    document.getElementsByName("telephony_visit").forEach((input) => (input.value = visit.key));
    changes.takeRecords();
}

function lookAgain() {
    const roots = dirty.size > MANY ? [document.body] : [...dirty];
    dirty.clear();
    look(roots.filter((root) => root && root.closest("body")));
}

/**
 * Begins to look.
 *
 * @param {Function} whenSeen called when a number comes into view that was not seen
 */
export function watch(whenSeen) {
    found = whenSeen;
    changes.observe(document.documentElement, {
        childList: true,
        subtree: true,
        characterData: true,
        attributeFilter: ["href", "title", "aria-label"],
    });
    look([document.body]);
}

/**
 * Shows these numbers, and the page's own where there is no other.
 *
 * @param {object} others by number, what to show in its place: `{e164}`
 * @returns {boolean} whether one that was shown is shown no more
 */
export function show(others) {
    let isLost = false;
    for (const number of numbers) {
        const { other } = number;
        number.other = (others[number.e164] || {}).e164;
        isLost = isLost || (other && other !== number.other);
    }
    if (isLost) {
        restore();
    }
    look([document.body]);
    return isLost;
}
