import { _t } from "@web/core/l10n/translation";

/**
 * @typedef {Object} Sound what a connection tells of itself at one moment
 * @property {number} received packets
 * @property {number} lost packets of those that should have come
 * @property {number} jitter in seconds
 * @property {number|null} roundTrip in seconds, null when nobody has measured it
 *
 * @typedef {Object} Quality
 * @property {number} level 3 perfect, 2 good, 1 poor, 0 hardly to be understood
 * @property {number} loss in percent
 * @property {number} jitter in milliseconds
 * @property {number|null} roundTrip in milliseconds
 * @property {boolean} silent nothing at all has come
 */

/** From where on a level is not reached: loss in percent, jitter and round trip in ms. */
const LIMITS = [
    { level: 0, loss: 10, jitter: 100, roundTrip: 800 },
    { level: 1, loss: 4, jitter: 50, roundTrip: 500 },
    { level: 2, loss: 1, jitter: 30, roundTrip: 300 },
];

/**
 * @param {Iterable<Object>} report the values of `RTCPeerConnection.getStats()`
 * @returns {Sound}
 */
export function readStats(report) {
    const sound = { received: 0, lost: 0, jitter: 0, roundTrip: null };
    for (const stat of report) {
        if (stat.type === "inbound-rtp" && stat.kind === "audio") {
            sound.received += stat.packetsReceived || 0;
            sound.lost += stat.packetsLost || 0;
            sound.jitter = Math.max(sound.jitter, stat.jitter || 0);
        } else if (stat.type === "remote-inbound-rtp" && stat.roundTripTime !== undefined) {
            sound.roundTrip = stat.roundTripTime;
        } else if (stat.type === "candidate-pair" && stat.nominated) {
            sound.roundTrip ??= stat.currentRoundTripTime ?? null;
        }
    }
    return sound;
}

/**
 * @param {Sound} before a few seconds earlier
 * @param {Sound} now
 * @returns {Quality} of the time between
 */
export function compare(before, now) {
    const received = Math.max(0, now.received - before.received);
    const lost = Math.max(0, now.lost - before.lost);
    const loss = received + lost ? (100 * lost) / (received + lost) : 0;
    const jitter = now.jitter * 1000;
    const roundTrip = now.roundTrip === null ? null : now.roundTrip * 1000;
    const silent = received === 0;
    const limit = LIMITS.find(
        (one) => loss >= one.loss || jitter >= one.jitter || roundTrip >= one.roundTrip
    );
    return { level: silent ? 0 : limit ? limit.level : 3, loss, jitter, roundTrip, silent };
}

/** @param {Quality} quality */
export function qualityWords({ level, loss, jitter, roundTrip, silent }) {
    if (silent) {
        return _t("Nothing is heard of the other side");
    }
    const name = [_t("Very poor sound"), _t("Poor sound"), _t("Good sound"), _t("Perfect sound")];
    const parts = [
        name[level],
        _t("lost %s", `${Math.round(loss * 10) / 10}%`),
        _t("jitter %s ms", Math.round(jitter)),
    ];
    if (roundTrip !== null) {
        parts.push(_t("round trip %s ms", Math.round(roundTrip)));
    }
    return parts.join(" · ");
}
