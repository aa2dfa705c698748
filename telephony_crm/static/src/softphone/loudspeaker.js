import { browser } from "@web/core/browser/browser";

/** What is heard of one call. */
export class Loudspeaker {
    /** @param {import("./devices").Devices} devices */
    constructor(devices) {
        this.devices = devices;
        this.audio = new Audio();
        this.audio.autoplay = true;
    }

    /** @param {MediaStream} stream */
    async play(stream) {
        this.audio.srcObject = stream;
        await this.useChosen();
        try {
            await this.audio.play();
        } catch {
            // A page that nobody has touched yet may not sound: then at the first touch.
            this.wake = () =>
                this.audio.play().then(
                    () => this._sleep(),
                    () => {}
                );
            browser.addEventListener("pointerdown", this.wake, { capture: true });
            browser.addEventListener("keydown", this.wake, { capture: true });
        }
    }

    /** Sound where the user wants it. */
    async useChosen() {
        try {
            await this.audio.setSinkId?.(this.devices.idOf("speaker"));
        } catch {
            // Unplugged at this moment: it sounds where the system says.
        }
    }

    stop() {
        this._sleep();
        this.audio.pause();
        this.audio.srcObject = null;
    }

    _sleep() {
        browser.removeEventListener("pointerdown", this.wake, { capture: true });
        browser.removeEventListener("keydown", this.wake, { capture: true });
    }
}
