import { isLive } from "./call_phase";

/** Open the form of a record in the place of what is on the screen. */
export function openRecord(action, resModel, resId) {
    return action.doAction({
        type: "ir.actions.act_window",
        res_model: resModel,
        res_id: resId,
        views: [[false, "form"]],
        target: "current",
    });
}

/** The record a call is about: its lead, else its contact. */
export function recordOf(card) {
    if (card?.lead) {
        return { resModel: "crm.lead", resId: card.lead };
    }
    return card?.partner ? { resModel: "res.partner", resId: card.partner.id } : null;
}

function isBusy(ui) {
    const active = document.activeElement;
    return (
        document.hidden ||
        ui.activeElement !== document ||
        active?.isContentEditable ||
        active?.matches("input, textarea, select")
    );
}

/**
 * For users who want it: open the record of a call that rings, once per call, in the tab
 * they look at, and never away from somebody who is typing or has a dialog open.
 *
 * @param {import("./telephony_service").Telephony} telephony
 */
export function openByItself(telephony) {
    const { calls, memory, options, services } = telephony;
    if (!options.open_card) {
        return;
    }
    for (const entry of calls.entries) {
        const record = isLive(entry.phase) && recordOf(entry.card);
        if (record && !isBusy(services.ui) && memory.claim("opened", entry.id)) {
            telephony.open(record.resModel, record.resId);
            return;
        }
    }
}
