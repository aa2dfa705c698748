const { DateTime } = luxon;

/**
 * @param {string} text of the server, `YYYY-MM-DD HH:MM:SS` in UTC
 * @returns {number} milliseconds since 1970
 */
export function parseUtc(text) {
    return DateTime.fromSQL(text, { zone: "utc" }).toMillis();
}

/**
 * @param {number} seconds
 * @returns {string} `4:12`, `1:04:12`
 */
export function formatLength(seconds) {
    const whole = Math.max(0, Math.floor(seconds || 0));
    const pad = (value) => String(value).padStart(2, "0");
    const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
    const tail = `${hours ? pad(minutes) : minutes}:${pad(whole % 60)}`;
    return hours ? `${hours}:${tail}` : tail;
}

/**
 * A moment as people say it: the hour today, the day this year, else with the year.
 *
 * @param {string} text of the server, a time in UTC
 */
export function formatMoment(text) {
    // Zone and language are the user's, since Odoo has made them luxon's default.
    const moment = DateTime.fromSQL(text, { zone: "utc" }).setZone("default");
    const now = DateTime.now();
    if (moment.hasSame(now, "day")) {
        return moment.toLocaleString(DateTime.TIME_SIMPLE);
    }
    const year = moment.hasSame(now, "year") ? {} : { year: "numeric" };
    return moment.toLocaleString({ day: "numeric", month: "short", ...year });
}

/**
 * A day without an hour: today and tomorrow by their names.
 *
 * @param {string} text of the server, `YYYY-MM-DD`
 */
export function formatDay(text) {
    const today = DateTime.now().startOf("day");
    const moment = DateTime.fromSQL(text);
    if (Math.abs(Math.round(moment.diff(today, "days").days)) <= 1) {
        return moment.toRelativeCalendar({ unit: "days", base: today });
    }
    return moment.toLocaleString({ day: "numeric", month: "short" });
}
