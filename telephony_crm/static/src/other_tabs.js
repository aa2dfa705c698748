/**
 * Another tab of the same user did something: do the same here.
 *
 * @param {import("./telephony").Telephony} telephony of this tab
 * @param {string} kind what the fact is about, see `TabMemory`
 * @param {number|string} id of the call, or what else the fact is about
 * @param {any} value `undefined` when the fact is forgotten
 */
export function hearOtherTab(telephony, kind, id, value) {
    const entry = telephony.calls.calls[id];
    switch (kind) {
        case "draft":
            if (!value && entry?.card) {
                // Saved over there: from now on these are the words the server has.
                entry.card.note = telephony.notes.textOf(id, entry.card.note);
            }
            telephony.notes.hear(id, value);
            break;
        case "closed":
            if (value) {
                telephony.leave(id);
            }
            break;
        case "minimised":
            if (entry) {
                entry.minimised = Boolean(value);
            }
            break;
        case "device":
            telephony.softphone?.devices.hear(id, value);
            telephony.softphone?.onDevices();
            break;
        case "news":
            if (value && entry) {
                telephony.fetch(id);
            }
            break;
    }
}
