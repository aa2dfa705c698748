/* global config */
/** When we ring back: the open times of the config, as the visitor's clock shows them. */

const STEP = 1800; // seconds between two times to choose from
const AHEAD = 900; // at least so far from now

const now = () => Date.now() / 1000;

/** @returns {boolean} whether somebody is there at this moment */
export const isOpen = () => config.hours.some(([from, to]) => from <= now() && now() < to);

/**
 * The times to choose from, by day.
 *
 * @returns {{day: string, times: {at: string, text: string}[]}[]} `at` is ISO 8601 of the
 *     visitor's clock, with its distance from UTC: `2026-11-23T09:30:00+02:00`
 */
export function choices() {
    const days = new Map();
    for (const [from, to] of config.hours) {
        const first = Math.ceil(Math.max(from, now() + AHEAD) / STEP) * STEP;
        for (let time = first; time < to; time += STEP) {
            const date = new Date(time * 1000);
            const day = spell(date, { weekday: "long", day: "numeric", month: "short" });
            const times = days.get(day) || [];
            times.push({
                at: iso(date),
                text: spell(date, { hour: "2-digit", minute: "2-digit" }),
            });
            days.set(day, times);
        }
    }
    return [...days].map(([day, times]) => ({ day, times }));
}

function spell(date, options) {
    return new Intl.DateTimeFormat(config.lang, options).format(date);
}

function iso(date) {
    const minutes = -date.getTimezoneOffset();
    const local = new Date(date.getTime() + minutes * 60000).toISOString().slice(0, 19);
    const distance = new Date(Math.abs(minutes) * 60000).toISOString().slice(11, 16);
    return local + (minutes < 0 ? "-" : "+") + distance;
}
