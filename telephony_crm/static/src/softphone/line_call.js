import { browser } from "@web/core/browser/browser";
import { Consultation } from "./consultation";
import { Loudspeaker } from "./loudspeaker";
import { openMicrophone, stopStream, switchMicrophone } from "./microphone";
import { compare, readStats } from "./quality";

/** How often the sound is looked at, in milliseconds. */
const MEASURE = 3000;
const ACTIONS = ["answer", "decline", "hangUp", "mute", "hold", "press", "transfer"];
const ASKING = ["consult", "complete", "back"];

/** One call of the line: its sound, and what the user does to it. */
export class LineCall {
    muted = false;
    held = false;
    /** when it was answered, by this machine's clock */
    since = null;
    quality = null;
    /** a key of `callWords` or `problemWords` */
    problem = "";
    /** @type {Consultation|null} */
    consultation = null;

    /**
     * @param {import("./line").Line} line
     * @param {import("./engine").EngineSession} session
     * @param {{name?: string, stream?: MediaStream}} [begun] when we call
     */
    constructor(line, session, { name = "", stream = null } = {}) {
        this.line = line;
        this.session = session;
        this.id = session.id;
        this.name = name || session.name;
        this.number = session.number;
        this.stream = stream;
        this.phase = session.direction === "incoming" ? "ringing" : "calling";
        this.speaker = new Loudspeaker(line.devices);
        session.listen({
            onTalk: () => this._onTalk(),
            onSound: (sound) => this.speaker.play(sound),
            onOther: (other) => {
                Object.assign(this, other);
                line.onChange();
            },
            onEnd: (reason) => this.end(reason),
        });
    }

    async act(action, args) {
        this.problem = "";
        if (ACTIONS.includes(action)) {
            await this[action](...args);
        } else if (ASKING.includes(action)) {
            this.consultation ||= new Consultation(this);
            await this.consultation[action](...args);
        }
        this.line.onChange();
    }

    /** Whether it rings, and nobody has taken it up yet: two tabs and keys may try. */
    get isUnanswered() {
        return this.phase === "ringing" && !this.stream && !this.isAnswering;
    }

    async answer() {
        if (!this.isUnanswered) {
            return;
        }
        this.isAnswering = true; // At once: the browser may ask for the microphone first.
        try {
            await this._answer(await openMicrophone(this.line.devices.idOf("microphone")));
        } finally {
            this.isAnswering = false;
        }
    }

    async _answer(stream) {
        this.stream = stream;
        try {
            if (this.phase === "ringing") {
                await this.line.holdOthers(this);
            }
            if (this.phase === "ringing") {
                return this.session.answer(stream);
            } // Else who called has hung up meanwhile.
        } catch (error) {
            this._closeMicrophone();
            throw error;
        }
        this._closeMicrophone();
    }

    decline() {
        this.session.hangUp();
    }

    hangUp() {
        this.consultation?.drop();
        this.session.hangUp();
    }

    /** Also for the colleague who is asked meanwhile. */
    mute(on) {
        this.session.mute(on);
        this.consultation?.asked?.mute(on);
        this.muted = on;
    }

    async hold(on) {
        if (on === this.held) {
            return;
        }
        if (!on) {
            await this.line.holdOthers(this);
        }
        try {
            await this.session.hold(on);
        } catch {
            if (this.phase === "ended") {
                return; // Nobody is heard any more either.
            }
            throw new Error("hold");
        }
        this.held = on;
        this.line.onChange();
    }

    press(digit) {
        (this.consultation?.asked || this).session.press(digit);
    }

    async transfer(number) {
        try {
            await this.session.refer(number);
        } catch {
            throw new Error("refer");
        }
        this.session.hangUp();
    }

    /** Say on the card what went wrong. */
    complain(problem) {
        this.problem = problem;
        this.line.onChange();
    }

    /** The call is over. */
    end(reason) {
        if (this.phase === "ended") {
            return;
        }
        this.phase = "ended";
        browser.clearInterval(this.meter);
        this._closeMicrophone();
        this.speaker.stop();
        this.consultation?.drop();
        this.line.forget(this);
        this.onEnd?.(reason);
    }

    async useDevices() {
        await this.speaker.useChosen();
        const { connection } = this.session;
        const sender = connection?.getSenders?.().find(({ track }) => track?.kind === "audio");
        if (!sender || !this.stream) {
            return;
        }
        const isOn = () => !this.muted && !this.held;
        const id = this.line.devices.idOf("microphone");
        const stream = await switchMicrophone(sender, id, isOn);
        stopStream(this.stream);
        this.stream = stream;
        if (this.phase === "ended") {
            this._closeMicrophone();
        }
    }

    snapshot() {
        return {
            id: this.id,
            direction: this.session.direction,
            number: this.number,
            name: this.name,
            callRef: this.session.callRef,
            phase: this.phase,
            since: this.since,
            muted: this.muted,
            held: this.held,
            quality: this.quality,
            problem: this.problem,
            consultation: this.consultation?.snapshot() || null,
            isQuestion: Boolean(this.onEnd),
        };
    }

    _closeMicrophone() {
        stopStream(this.stream);
        this.stream = null;
    }

    _onTalk() {
        this.phase = "talking";
        this.since = Date.now();
        this.meter = browser.setInterval(() => this._measure(), MEASURE);
        this.line.onChange();
        this.onTalk?.();
    }

    async _measure() {
        const report = await this.session.connection?.getStats();
        if (!report || this.phase !== "talking") {
            return;
        }
        const now = readStats(report.values());
        if (this.before && !this.held) {
            this.quality = compare(this.before, now);
            this.line.onChange();
        }
        this.before = now;
    }
}
