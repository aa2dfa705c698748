import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";

const KINDS = { microphone: "audioinput", speaker: "audiooutput", ringer: "audiooutput" };

/**
 * Which microphone, loudspeaker and ringing device the user has chosen in this browser.
 * `lists` are those there are, `chosen` the ids, '' is what the system says.
 */
export class Devices {
    lists = { microphone: [], speaker: [], ringer: [] };
    chosen = { microphone: "", speaker: "", ringer: "" };
    /** "granted", "prompt" or "denied"; '' where the browser does not tell */
    permission = "";

    /** @param {import("../tab_memory").TabMemory} memory shared by the user's tabs */
    setup(memory) {
        this.memory = memory;
        for (const use of Object.keys(KINDS)) {
            this.chosen[use] = memory.get("device", use) || "";
        }
    }

    /** Whether the sound of a page can be sent elsewhere than the system says. */
    get canChooseSpeaker() {
        return "setSinkId" in HTMLMediaElement.prototype;
    }

    async start() {
        const { mediaDevices, permissions } = browser.navigator;
        mediaDevices?.addEventListener?.("devicechange", () => this.refresh());
        try {
            const status = await permissions.query({ name: "microphone" });
            const update = () => {
                this.permission = status.state;
                this.refresh();
            };
            status.addEventListener("change", update);
            update();
        } catch {
            await this.refresh(); // Some browsers tell nothing before they are asked.
        }
    }

    /** Without permission browsers tell how many devices there are, but not their names. */
    async refresh() {
        let found = [];
        try {
            found = await browser.navigator.mediaDevices.enumerateDevices();
        } catch {
            // None then.
        }
        for (const [use, kind] of Object.entries(KINDS)) {
            this.lists[use] = found
                .filter((device) => device.kind === kind && device.deviceId && device.label)
                .filter(({ deviceId }) => deviceId !== "default")
                .map(({ deviceId, label }) => ({ id: deviceId, name: label }));
        }
    }

    choose(use, id) {
        this.chosen[use] = id;
        this.memory[id ? "set" : "remove"]("device", use, id);
    }

    /** Another tab has chosen. */
    hear(use, id) {
        this.chosen[use] = id || "";
    }

    /** @returns {string} of the chosen device; '' when it is not plugged in any more */
    idOf(use) {
        const id = this.chosen[use];
        return this.lists[use].some((device) => device.id === id) ? id : "";
    }
}

/** @param {import("../tab_memory").TabMemory} memory */
export function makeDevices(memory) {
    const devices = reactive(new Devices());
    devices.setup(memory);
    return devices;
}
