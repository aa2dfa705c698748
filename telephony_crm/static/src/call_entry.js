/**
 * @typedef {Object} Entry one call on the screen
 * @property {number} id
 * @property {Object} [card] what the server tells; not there yet right after the first news
 * @property {Object} hint what the first news told: number, name, state, direction
 * @property {number} version of what is shown
 * @property {number} heard highest version heard of
 * @property {import("./call_phase").Phase} phase
 * @property {number} phaseSince when the phase began, by this machine's clock
 * @property {number} newsAt when the server last told something
 * @property {number} order the higher, the further up
 * @property {boolean} talked this user was seen talking
 * @property {boolean} minimised
 * @property {Object|null} form what is typed to create a record, see `CallerForm`
 * @property {Object<string, boolean>} holds reasons why the card must not go by itself
 */

/**
 * @param {number} id of the call
 * @param {Partial<Entry>} values
 * @returns {Entry}
 */
export function makeEntry(id, values) {
    const now = Date.now();
    return {
        id,
        card: null,
        hint: {},
        version: 0,
        phaseSince: now,
        newsAt: now,
        talked: false,
        minimised: false,
        form: null,
        holds: {},
        ...values,
    };
}
