import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { formatLength, formatMoment } from "./times";

/** What the PBX says came of a call, in a word or two. */
export function dispositionWords(disposition) {
    return {
        answered: _t("Answered"),
        missed: _t("Missed"),
        abandoned: _t("Hung up before it rang"),
        voicemail: _t("Left a voice message"),
        no_answer: _t("No answer"),
        busy: _t("Busy"),
        cancelled: _t("Cancelled"),
        rejected: _t("Rejected"),
        failed: _t("Not connected"),
    }[disposition];
}

/** The lead the call belongs to, of those on the card. */
export function leadOf(card) {
    return card.leads.find((lead) => lead.id === card.lead);
}

/** Name of the caller, else the number, else what a hidden caller is called. */
export function callerName({ card, hint }) {
    if (!card) {
        return hint.name || hint.number || _t("Hidden number");
    }
    const lead = leadOf(card);
    const known =
        card.colleague || card.partner?.name || lead?.contact || lead?.company || lead?.name;
    return known || (card.hidden ? _t("Hidden number") : card.number_formatted || card.number);
}

/** First words of the card: what is happening. */
export function phaseWords({ card, hint, phase }) {
    const direction = card ? card.direction : hint.direction;
    switch (phase) {
        case "ringing":
            if (direction === "outbound") {
                return _t("Calling");
            }
            return direction || card ? _t("Incoming") : _t("Ringing");
        case "talking":
            return _t("In conversation");
        case "elsewhere":
            return card.agent
                ? _t("Answered by %s", card.agent.name)
                : _t("Answered by somebody else");
        case "missed":
            return dispositionWords(card.disposition);
        case "after":
            return _t("Call ended");
        case "stale":
            return _t("No news from the PBX for 2 minutes");
        default:
            return dispositionWords(card?.disposition) || _t("Call ended");
    }
}

/** What a screen reader says, once, when a call comes. */
export function announcement(entry) {
    const details = [callerName(entry), entry.card.partner?.company].filter(Boolean).join(", ");
    return entry.card.direction === "outbound"
        ? _t("Calling %s", details)
        : _t("Incoming call from %s", details);
}

/** Earlier calls in a line: "3 calls · last 12 Jun · 4:12 · Answered (you)". */
export function historyWords(history) {
    if (!history?.count) {
        return "";
    }
    const count = history.count < 100 ? history.count : "100+";
    const parts = [
        history.count === 1 ? _t("1 call before") : _t("%s calls before", count),
        _t("last %s", formatMoment(history.last_date)),
    ];
    if (history.last_talk_seconds) {
        parts.push(formatLength(history.last_talk_seconds));
    }
    const result = dispositionWords(history.last_disposition);
    if (result && history.last_agent) {
        const agent = history.last_agent === user.name ? _t("you") : history.last_agent;
        parts.push(_t("%(result)s (%(agent)s)", { result, agent }));
    } else if (result) {
        parts.push(result);
    }
    return parts.join(" · ");
}
