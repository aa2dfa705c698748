import { _t } from "@web/core/l10n/translation";

/** What keeps the user from being rung or heard, and what to do about it. */
export function problemWords(reason) {
    return {
        insecure: _t(
            "This page has no secure connection, so the browser gives it no microphone. Open Odoo with https."
        ),
        refused: _t(
            "The browser does not let Odoo use the microphone. Allow it in the site settings, left of the address."
        ),
        none: _t("No microphone was found. Plug one in."),
        taken: _t("The microphone cannot be used. Another program may have it; close it."),
        connecting: _t("The softphone connects to the PBX."),
        lost: _t("The softphone has no connection to the PBX. It is tried again by itself."),
        failed: _t("The PBX does not register the softphone now. It is tried again by itself."),
        password: _t(
            "The PBX does not accept the password of the softphone. An administrator can enter the right one."
        ),
        unknown: _t(
            "The PBX does not know the extension of the softphone. An administrator can put it right."
        ),
        library: _t("The softphone could not be loaded. Reload the page."),
        config: _t("Odoo did not answer. It is tried again by itself."),
    }[reason];
}

/**
 * @param {Object} state of the `Softphone`
 * @param {boolean} state.isOn
 * @param {string} state.status
 * @param {string} state.reason
 * @param {string} state.sentence
 * @param {import("./devices").Devices} devices
 * @returns {string} what the user should know; '' when all is well, or there is none
 */
export function softphoneMessage({ isOn, status, reason, sentence }, { permission }) {
    if (!isOn) {
        return "";
    }
    if (reason) {
        return reason === "sentence" ? sentence : problemWords(reason);
    }
    return status === "registered" && permission === "denied" ? problemWords("refused") : "";
}

/** Why something done to a call did not work, or why the call ended. */
export function callWords(reason) {
    return {
        gone: _t("The call is over."),
        left: _t("The colleague has hung up. The caller still waits."),
        busy: _t("The line is busy."),
        rejected: _t("The call was declined."),
        unanswered: _t("Nobody answered."),
        unknown: _t("There is no such number."),
        sound: _t("No sound could be agreed on with the PBX."),
        connection: _t("The connection to the PBX was lost."),
        failed: _t("The PBX could not connect the call."),
        hold: _t("The call could not be put on hold or resumed. Try again."),
        refer: _t("The PBX did not transfer the call."),
        silent: _t("The other tab that has the sound does not answer. Reload it."),
    }[reason];
}
