import { useCommand } from "@web/core/commands/command_hook";
import { _t } from "@web/core/l10n/translation";

/**
 * Keys for the call that is heard, else for the topmost one, wherever the focus is; also
 * found by name in the command palette.
 *
 * @param {() => import("../call_control/call_controls").CallControls[]} getControls
 *     of the calls there are, the topmost first
 */
export function useCallKeys(getControls) {
    const useKey = (hotkey, name, actions) => {
        const find = () => {
            const calls = getControls().sort((one, other) => one.held - other.held);
            for (const [action, run] of Object.entries(actions)) {
                const call = calls.find(({ can }) => can[action]);
                if (call) {
                    return () => run(call);
                }
            }
        };
        useCommand(name, () => find()?.(), {
            category: "default",
            hotkey,
            global: true,
            hotkeyOptions: { bypassEditableProtection: true },
            isAvailable: () => Boolean(find()),
        });
    };
    useKey("alt+shift+k", _t("Answer the phone call"), {
        answer: (call) => call.answer(),
    });
    useKey("alt+shift+h", _t("Hang up or decline the phone call"), {
        hangUp: (call) => call.hangUp(),
        decline: (call) => call.decline(),
    });
    useKey("alt+shift+s", _t("Mute or unmute the phone call"), {
        mute: (call) => call.mute(!call.muted),
    });
    useKey("alt+shift+w", _t("Put the phone call on hold, or resume it"), {
        hold: (call) => call.hold(!call.held),
    });
}
