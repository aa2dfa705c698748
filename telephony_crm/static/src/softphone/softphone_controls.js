import { CallControls } from "../call_control/call_controls";
import { askPermission } from "./microphone";
import { qualityWords } from "./quality";
import { callWords, problemWords } from "./softphone_words";

/** What can be done to a call whose sound is in this browser, in this tab or another. */
export class SoftphoneControls extends CallControls {
    /** @param {import("./softphone").Softphone} softphone */
    setup(softphone, call) {
        this.softphone = softphone;
        this.id = call.id;
        this.key = `softphone-${call.id}`;
        this.update(call);
    }

    /** @param {Object} call as the line tells it */
    update(call) {
        const talking = call.phase === "talking";
        const alone = talking && !call.isQuestion;
        Object.assign(this, {
            muted: call.muted,
            held: call.held,
            quality: call.quality && {
                level: call.quality.level,
                words: qualityWords(call.quality),
            },
            consultation: call.consultation,
            problem: call.problem ? callWords(call.problem) || problemWords(call.problem) : "",
            can: {
                answer: call.phase === "ringing",
                decline: call.phase === "ringing",
                hangUp: talking || call.phase === "calling",
                mute: talking,
                hold: alone && !call.consultation,
                keypad: talking,
                transfer: alone,
                consult: alone,
            },
        });
    }

    async answer() {
        // A browser asks for the microphone only where the user is looking.
        if (this.softphone.devices.permission !== "granted") {
            try {
                await askPermission();
            } catch (error) {
                this.problem = problemWords(error.reason);
                return;
            }
        }
        await this._act("answer");
    }

    decline() {
        return this._act("decline");
    }

    hangUp() {
        return this._act("hangUp");
    }

    mute(on) {
        return this._act("mute", on);
    }

    hold(on) {
        return this._act("hold", on);
    }

    press(digit) {
        return this._act("press", digit);
    }

    async transfer(number) {
        const target = await this._target(number);
        return target && this._act("transfer", target);
    }

    async consult(number, name) {
        const target = await this._target(number);
        return target && this._act("consult", target, name || number);
    }

    complete() {
        return this._act("complete");
    }

    back() {
        return this._act("back");
    }

    async _act(action, ...args) {
        this.problem = "";
        try {
            await this.softphone.act(this.id, action, args);
        } catch (error) {
            const { message } = error;
            this.problem = callWords(message) || problemWords(message) || callWords("failed");
        }
    }

    /** What is allowed to be dialled is for the server to say, here as everywhere. */
    async _target(number) {
        const answer = await this.softphone.askTarget(this.id, number);
        this.problem = answer.message || "";
        return answer.number;
    }
}
