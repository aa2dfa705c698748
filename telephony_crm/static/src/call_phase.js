import { parseUtc } from "./times";

/**
 * What a call is to the one who looks at the screen. The same call rings for one
 * colleague, is a conversation for another and is over for a third.
 *
 * @typedef {"ringing"|"talking"|"elsewhere"|"missed"|"over"|"after"|"stale"} Phase
 */

/** A ringing card without news is worth nothing after so many milliseconds. */
export const STALE_AFTER = 120000;

/** How long, in milliseconds, a card that is no longer live stays on screen. */
export const LEAVE_AFTER = { elsewhere: 4000, over: 4000, missed: 8000, stale: 8000 };

const MISSED = ["missed", "abandoned", "voicemail"];

/** @param {Phase} phase */
export function isLive(phase) {
    return phase === "ringing" || phase === "talking";
}

function endedPhase(card, { userId, talked }) {
    const answered = card.disposition === "answered";
    const mine = talked || (answered && card.agent && card.agent.id === userId);
    if (card.direction === "internal") {
        return mine || !MISSED.includes(card.disposition) ? "over" : "missed";
    }
    if (mine && answered) {
        return "after";
    }
    if (answered) {
        return "elsewhere";
    }
    return card.direction === "inbound" && MISSED.includes(card.disposition) ? "missed" : "over";
}

/**
 * @param {Object} card as the server tells it
 * @param {Object} context
 * @param {number} context.userId who looks
 * @param {boolean} context.talked this screen saw that user talk
 * @returns {Phase}
 */
export function phaseOf(card, context) {
    if (card.state === "ended") {
        return endedPhase(card, context);
    }
    if (card.my_leg === "in_progress") {
        return "talking";
    }
    const stopped = card.my_leg === "ended" || card.rings_others;
    if (card.my_leg === "ringing" || (card.state === "ringing" && !stopped)) {
        return card.stale ? "stale" : "ringing";
    }
    if (card.state === "ringing") {
        // My phone stopped, or my customer rings somebody else.
        return "over";
    }
    if (!card.my_leg && card.agent && card.agent.id === context.userId) {
        return "talking";
    }
    // Somebody else talks now. Who handed the call over still has words to write.
    return context.talked && card.direction !== "internal" ? "after" : "elsewhere";
}

/** @returns {boolean} whether the call was over by `moment`, of the server's clock */
export function endedBefore(card, moment) {
    // The server cuts to the second.
    return Boolean(card.end_date) && parseUtc(card.end_date) < moment - 1000;
}
