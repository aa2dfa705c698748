import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { controlProviders } from "../call_control/call_controls";
import { Softphone } from "./softphone";

/** Ask before a page goes away on which somebody talks. */
function guardTalk(softphone) {
    browser.addEventListener("beforeunload", (ev) => {
        if (softphone.line?.isBusy) {
            ev.preventDefault();
        }
    });
}

/**
 * The browser as the user's telephone. Nothing is loaded and nothing asked for before the
 * server says that this user has one.
 */
export const softphoneService = {
    dependencies: ["multi_tab", "orm", "telephony"],
    start(env, { telephony, ...services }) {
        if (!telephony.active) {
            return { active: false };
        }
        const softphone = new Softphone(telephony, services);
        telephony.softphone = softphone;
        guardTalk(softphone);
        softphone.setOn(Boolean(session.telephony.softphone));
        return softphone;
    },
};

registry.category("services").add("telephony_softphone", softphoneService);

controlProviders.add(
    "softphone",
    (telephony, entry) => telephony.softphone?.controlsOf(entry) ?? null,
    { sequence: 10 }
);
