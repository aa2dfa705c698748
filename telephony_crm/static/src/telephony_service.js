import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { CallPopup } from "./call_popup/call_popup";
import { Telephony } from "./telephony";

/**
 * The calls of the user on every page of the web client. Only for users with the
 * telephony role; for all others `active` is false and nothing else is there.
 */
export const telephonyService = {
    dependencies: ["action", "bus_service", "multi_tab", "notification", "orm", "overlay", "ui"],
    start(env, services) {
        if (!session.telephony) {
            return { active: false };
        }
        const telephony = new Telephony(env, services);
        telephony.active = true;
        telephony.start();
        services.overlay.add(CallPopup, { telephony });
        return telephony;
    },
};

registry.category("services").add("telephony", telephonyService);
