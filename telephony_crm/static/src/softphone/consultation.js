import { openMicrophone, stopStream } from "./microphone";

/** A colleague is asked while the caller waits; then the two are connected, or not. */
export class Consultation {
    /** @type {import("./line_call").LineCall|null} the call with the colleague */
    asked = null;

    /** @param {import("./line_call").LineCall} call that may be handed over */
    constructor(call) {
        this.call = call;
    }

    /** Put the caller on hold and call the colleague. */
    async consult(number, name) {
        if (this.asked || this.isAsking) {
            return;
        }
        this.isAsking = true; // At once: who clicks twice asks once.
        try {
            const { devices } = this.call.line;
            await this._ask(number, name, await openMicrophone(devices.idOf("microphone")));
        } finally {
            this.isAsking = false;
        }
    }

    async _ask(number, name, stream) {
        const { line } = this.call;
        try {
            await this.call.hold(true);
        } catch (error) {
            stopStream(stream);
            throw error;
        }
        if (this.call.phase === "ended") {
            return stopStream(stream); // There is nobody to hand over any more.
        }
        this.number = number;
        try {
            this.asked = line.begin(number, name, stream);
        } catch {
            stopStream(stream); // In words of the library, which nobody understands.
            throw new Error("failed");
        }
        this.asked.onTalk = () => line.onChange();
        this.asked.onEnd = (reason) => {
            this.asked = null;
            this.call.consultation = null;
            // The caller still waits: it is said, and the user goes on when ready.
            this.call.complain(this.isOver ? "" : reason || "left");
        };
    }

    /** Connect the two; the PBX hangs up on us. */
    async complete() {
        if (this.asked?.phase !== "talking") {
            throw new Error("gone");
        }
        this.isOver = true;
        try {
            await this.call.session.referTo(this.asked.session);
        } catch {
            this.isOver = false;
            throw new Error("refer");
        }
        this.drop();
        this.call.session.hangUp();
    }

    /** Back to the caller. */
    async back() {
        this.drop();
        await this.call.hold(false);
    }

    /** Let go of the colleague. */
    drop() {
        this.isOver = true;
        this.asked?.session.hangUp();
    }

    snapshot() {
        return (
            this.asked && {
                number: this.number,
                name: this.asked.name,
                talking: this.asked.phase === "talking",
            }
        );
    }
}
