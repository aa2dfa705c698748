/* global config */
/** Telephone numbers in text, in whatever spelling. */

// Digits of scripts that count from a multiple of sixteen: European, Arabic, Persian, and
// those as wide as Chinese characters. The lowest four bits of each are its value.
const DIGITS = "0-9\\u0660-\\u0669\\u06f0-\\u06f9\\uff10-\\uff19";
// What stands between them: blanks, brackets, dots, strokes, marks that are not seen.
const GAP = "[\\s().\\/\\u00ad\\u00b7\\u200b-\\u2069\\u2212\\uff08\\uff09\\uff0d-\\uff0f-]*";
const FOREIGN = /\+\W*\d{1,3}\W*$/; // the code of another country goes before
const LOOSE = new RegExp(`()([+(]{0,2}[${DIGITS}](?:${GAP}[${DIGITS}A-Z]){4,})`, "g");
export const BETWEEN = "\v"; // two nodes; a blank, as `\s` sees it, that no page has
export const DIGIT = new RegExp(`[${DIGITS}]`);

/** The pattern of some digits, with anything that may stand between and after them. */
const spelled = (digits) => digits.replace(/./g, `[$&\\u066$&\\u06f$&\\uff1$&]${GAP}`);

/**
 * The numbers that stand on the pages: `{e164, cc, trunk}` of the site's config, and
 * `other`, for the one that is shown in its place.
 */
export const numbers = config.numbers.map(({ e164, cc, trunk }) => {
    const national = e164.slice(cc.length + 1);
    const inside = spelled(trunk);
    const abroad = `(?:(?:[+\\uff0b]|00|011)${GAP})?${spelled(cc)}(?:${inside})?`;
    // A short number without any prefix may as well be something else.
    const prefix = `(?:${abroad}|${inside})${national.length < 7 ? "" : "?"}`;
    const whole = prefix + spelled(national).slice(0, -GAP.length);
    const pattern = new RegExp(`(^|[^${DIGITS}])(${whole})(?![${DIGITS}])`, "g");
    return { e164, cc, national, pattern };
});

/**
 * Puts something in the place of our numbers in a text.
 *
 * @param {string} text of nodes, with `BETWEEN` between them
 * @param {Function} put called with the number, its spelling, and in which node it begins
 * @param {object} [marked] the number that is meant by what looks most like one, if none is
 * @returns {string}
 */
export function replace(text, put, marked) {
    const each = (number, pattern) => {
        let node = 0;
        let past = 0;
        text = text.replace(pattern, (all, edge, found, start) => {
            const before = text.slice(past, start + edge.length);
            past += before.length;
            node += before.split(BETWEEN).length - 1;
            if (FOREIGN.test(before.slice(-9))) {
                return all;
            }
            marked = null;
            return edge + put(number, found, node);
        });
    };
    numbers.forEach((number) => each(number, number.pattern));
    if (marked) {
        each(marked, LOOSE);
    }
    return text;
}

/**
 * The other number of `number`, in the spelling that this one has on the page.
 *
 * Of another country it is E.164: nothing here knows how it is spelled there.
 *
 * @param {object} number
 * @param {string} spelling of as many nodes as are to come of it
 * @returns {string}
 */
export function respell(number, spelling) {
    const { cc, national, other } = number;
    const fresh = other.slice(cc.length + 1);
    let place = national.length - spelling.split(DIGIT).length + 1; // below 0: of the prefix
    if (place > 0 || !other.startsWith("+" + cc)) {
        return other + spelling.replace(/[^\v]/g, "");
    }
    return spelling.replace(/[^\v]/g, (char) => {
        if (!DIGIT.test(char)) {
            return place < fresh.length ? char : "";
        }
        const script = char.charCodeAt(0) & ~15;
        const at = place++;
        const digits = fresh.slice(at, place < national.length ? place : undefined);
        return at < 0 ? char : digits.replace(/./g, (digit) => String.fromCharCode(script | digit));
    });
}
