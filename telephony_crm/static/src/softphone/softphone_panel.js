import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { Keypad } from "../call_control/keypad";
import { askPermission } from "./microphone";
import { problemWords } from "./softphone_words";

/**
 * In the dialler: whether the softphone can be rung, by which devices it talks, and keys
 * for the call that is heard.
 */
export class SoftphonePanel extends Component {
    static template = "telephony_crm.SoftphonePanel";
    static components = { Keypad };
    static props = {};

    setup() {
        this.softphone = useService("telephony_softphone");
        this.state = useState(this.softphone.state);
        this.devices = useState(this.softphone.devices);
        this.ui = useState({ choosing: false, problem: "" });
    }

    get isRegistered() {
        return this.state.status === "registered";
    }

    get words() {
        return this.isRegistered
            ? _t("Softphone ready on extension %s", this.state.extension)
            : _t("Softphone not ready");
    }

    /** The call that keys are pressed in: of those there are, the one that is heard. */
    get heard() {
        return this.state.calls.find(({ phase, held }) => phase === "talking" && !held);
    }

    /** What the user can do about it. */
    get canTry() {
        return ["off", "refused", "failed"].includes(this.state.status);
    }

    get canAllow() {
        return this.state.reason !== "insecure" && this.devices.permission === "prompt";
    }

    get choices() {
        const choices = [{ use: "microphone", name: _t("Microphone") }];
        if (this.devices.canChooseSpeaker) {
            choices.push(
                { use: "speaker", name: _t("Loudspeaker") },
                { use: "ringer", name: _t("Ring on") }
            );
        }
        return choices.map((choice) => ({
            ...choice,
            devices: this.devices.lists[choice.use],
            chosen: this.devices.idOf(choice.use),
        }));
    }

    async allow() {
        try {
            await askPermission();
            this.ui.problem = "";
        } catch (error) {
            this.ui.problem = problemWords(error.reason);
        }
        await this.softphone.devices.refresh();
    }

    async tryAgain() {
        try {
            await this.softphone.act("", "restart");
        } catch {
            // Nobody is the telephone at this moment; whoever becomes it, begins anew.
        }
    }

    press(key) {
        this.softphone.controls[this.heard.id]?.press(key);
    }

    choose(use, ev) {
        this.softphone.choose(use, ev.target.value);
    }
}
