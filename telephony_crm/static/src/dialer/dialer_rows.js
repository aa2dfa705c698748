import { _t } from "@web/core/l10n/translation";
import { dispositionWords } from "../call_words";
import { formatDay, formatLength, formatMoment } from "../times";

/**
 * @typedef {Object} Row one line of the dialler
 * @property {string} key
 * @property {string} title
 * @property {string} detail
 * @property {string} aside at the end of the line
 * @property {string} icon
 * @property {string} hint what the icon means, in words
 * @property {string} tone a text colour that goes with icon and hint
 * @property {string} number '' where nothing can be dialled
 * @property {string|false} resModel of the record behind it
 * @property {number|false} resId
 */

function directionOf(call) {
    const isDone = call.disposition === "answered";
    if (call.direction === "outbound") {
        const icon = "oi oi-arrow-up-right";
        return { icon, hint: _t("Outgoing"), tone: isDone ? "" : "text-muted" };
    }
    if (isDone || !call.disposition) {
        return { icon: "oi oi-arrow-down-left", hint: _t("Incoming"), tone: "" };
    }
    return { icon: "fa fa-times", hint: dispositionWords(call.disposition), tone: "text-danger" };
}

/** @returns {Row} */
export function recentRow(call) {
    const result = call.talk_seconds
        ? formatLength(call.talk_seconds)
        : dispositionWords(call.disposition) || "";
    return {
        ...directionOf(call),
        key: `call${call.id}`,
        title: call.name || call.formatted || _t("Hidden number"),
        detail: [call.name && call.formatted, result].filter(Boolean).join(" · "),
        aside: formatMoment(call.date),
        number: call.number,
        resModel: call.res_model,
        resId: call.res_id,
    };
}

/** @returns {Row} */
export function toCallRow(activity) {
    return {
        icon: "fa fa-clock-o",
        hint: activity.overdue ? _t("Overdue") : _t("Due"),
        tone: activity.overdue ? "text-danger" : "text-muted",
        key: `activity${activity.id}`,
        title: activity.name,
        detail: [activity.summary, activity.formatted].filter(Boolean).join(" · "),
        aside: formatDay(activity.date_deadline),
        number: activity.number,
        resModel: activity.res_model,
        resId: activity.res_id,
    };
}

/** @returns {Row} */
export function teamRow(colleague) {
    return {
        icon: `fa ${colleague.busy ? "fa-volume-control-phone" : "fa-circle-o"}`,
        hint: colleague.busy ? _t("On the phone") : _t("Free"),
        tone: colleague.busy ? "text-danger" : "text-success",
        key: `extension${colleague.id}`,
        title: colleague.name || colleague.extension,
        detail: colleague.busy ? _t("On the phone") : _t("Free"),
        aside: colleague.extension,
        number: colleague.extension,
        resModel: false,
        resId: false,
    };
}

/** @returns {Row} */
export function foundRow(found) {
    const isLead = found.res_model === "crm.lead";
    const kind = { "crm.lead": _t("Lead"), "res.partner": _t("Contact") }[found.res_model];
    return {
        icon: `fa ${isLead ? "fa-star" : found.res_model ? "fa-user" : "fa-headphones"}`,
        hint: kind || _t("Extension"),
        tone: "text-muted",
        key: `${found.res_model}${found.res_id}${found.number}`,
        title: found.name || found.formatted,
        detail: [found.detail, found.formatted].filter(Boolean).join(" · "),
        aside: "",
        number: found.number,
        resModel: found.res_model,
        resId: found.res_id,
    };
}
