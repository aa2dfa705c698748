import { CallMicrophone } from "./call_microphone";
import { Consultation } from "./consultation";
import { Loudspeaker } from "./loudspeaker";
import { Meter } from "./meter";

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
        this.microphone = new CallMicrophone(line.devices, stream);
        this.phase = session.direction === "incoming" ? "ringing" : "calling";
        this.speaker = new Loudspeaker(line.devices);
        this.meter = new Meter(
            () => session.connection,
            () => !this.held,
            (quality) => {
                this.quality = quality;
                line.onChange();
            }
        );
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
        return this.phase === "ringing" && !this.microphone.isOpen && !this.isAnswering;
    }

    async answer() {
        if (!this.isUnanswered) {
            return;
        }
        this.isAnswering = true; // At once: the browser may ask for the microphone first.
        try {
            await this._answer(await this.microphone.open());
        } finally {
            this.isAnswering = false;
        }
    }

    async _answer(stream) {
        try {
            if (this.phase === "ringing") {
                await this.line.holdOthers(this);
            }
            if (this.phase === "ringing") {
                return this.session.answer(stream);
            } // Else who called has hung up meanwhile.
        } catch (error) {
            this.microphone.close();
            throw error;
        }
        this.microphone.close();
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
        this.meter.stop();
        this.microphone.close();
        this.speaker.stop();
        this.consultation?.drop();
        this.line.forget(this);
        this.onEnd?.(reason);
    }

    async useDevices() {
        await this.speaker.useChosen();
        const isOn = () => !this.muted && !this.held;
        await this.microphone.change(this.session.connection, isOn);
        if (this.phase === "ended") {
            this.microphone.close();
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

    _onTalk() {
        this.phase = "talking";
        this.since = Date.now();
        this.meter.start();
        this.line.onChange();
        this.onTalk?.();
    }
}
