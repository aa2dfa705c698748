import { browser } from "@web/core/browser/browser";

const NOTES = [659.25, 830.61];
const PERIOD = 2500;
const VOLUME = 0.12;

/** A ringing of two soft notes, made by the browser itself: no file to fetch. */
export class RingSound {
    /** Ring on another device; '' is what the system says. */
    setDevice(id) {
        this.device = id;
        this._useDevice();
    }

    async _useDevice() {
        try {
            await this.context?.setSinkId?.(this.device || "");
        } catch {
            // Unplugged at this moment: it rings where the system says.
        }
    }

    start() {
        if (this.timer) {
            return;
        }
        if (!browser.AudioContext) {
            return;
        }
        if (!this.context) {
            this.context = new browser.AudioContext();
            this._useDevice();
        }
        // Browsers stay silent until somebody has touched the page: then ring at once.
        this.wake = () => this.context.resume().catch(() => {});
        this.wake();
        browser.addEventListener("pointerdown", this.wake, { capture: true });
        browser.addEventListener("keydown", this.wake, { capture: true });
        this.timer = browser.setInterval(() => this._ring(), PERIOD);
        this._ring();
    }

    stop() {
        if (!this.timer) {
            return;
        }
        browser.clearInterval(this.timer);
        this.timer = null;
        browser.removeEventListener("pointerdown", this.wake, { capture: true });
        browser.removeEventListener("keydown", this.wake, { capture: true });
        this.gain?.disconnect();
        this.context.suspend().catch(() => {});
    }

    _ring() {
        this.gain?.disconnect();
        this.gain = this.context.createGain();
        this.gain.connect(this.context.destination);
        const start = this.context.currentTime + 0.05;
        [0, 0.45].forEach((delay) => NOTES.forEach((note) => this._note(note, start + delay)));
    }

    _note(frequency, at) {
        const envelope = this.context.createGain();
        envelope.gain.setValueAtTime(0, at);
        envelope.gain.linearRampToValueAtTime(VOLUME, at + 0.03);
        envelope.gain.exponentialRampToValueAtTime(0.001, at + 0.4);
        envelope.connect(this.gain);
        const oscillator = this.context.createOscillator();
        oscillator.frequency.value = frequency;
        oscillator.connect(envelope);
        oscillator.start(at);
        oscillator.stop(at + 0.45);
    }
}
