import { browser } from "@web/core/browser/browser";
import { engines } from "./engine";
import { LineCall } from "./line_call";
import { isSecure } from "./microphone";

/** Milliseconds until the server is asked again that did not answer. */
const RETRY = 30000;
/** And until a password is tried again that was wrong: a PBX locks out who tries often. */
const RETRY_REFUSED = 600000;

/**
 * The user's telephone itself, in the one tab whose turn it is: the registration at the
 * PBX and the calls. What others may know of it is in `snapshot()`, plain data.
 */
export class Line {
    /** @type {Map<string, LineCall>} */
    calls = new Map();
    status = "connecting";
    /** a key of `problemWords` */
    reason = "";
    /** a sentence of the server */
    sentence = "";
    extension = "";
    /** counts the beginnings and ends; what an older one has asked for is in vain */
    turn = 0;

    /**
     * @param {Object} options
     * @param {() => Promise<Object|false>} options.askAccount the server's `softphone_config`
     * @param {import("./devices").Devices} options.devices
     * @param {() => void} options.onChange
     * @param {(call: LineCall) => boolean} options.isExpected
     *     whether the user has just asked for this call, and need not answer it
     */
    constructor(options) {
        Object.assign(this, options);
    }

    async start() {
        const turn = ++this.turn;
        const isOver = () => turn !== this.turn;
        if (!isSecure()) {
            return this._tell("off", "insecure");
        }
        this._tell("connecting");
        let account;
        try {
            account = await this.askAccount();
        } catch {
            if (!isOver()) {
                this.timer = browser.setTimeout(() => this.start(), RETRY);
                this._tell("failed", "config");
            }
            return;
        }
        if (isOver()) {
            return;
        }
        if (!account) {
            return this._tell("off");
        }
        if (account.problem) {
            this.sentence = account.problem;
            return this._tell("off", "sentence");
        }
        this.extension = account.extension;
        const handlers = {
            onStatus: (status, detail) => this._onStatus(status, detail),
            onSession: (session) => this._onSession(session),
        };
        let engine;
        try {
            engine = await engines.make(account, handlers);
        } catch {
            return isOver() || this._tell("off", "library");
        }
        if (!isOver()) {
            this.engine = engine;
            this.engine.start();
        }
    }

    stop() {
        this.turn++;
        browser.clearTimeout(this.timer);
        this.engine?.stop();
        this.engine = null;
        [...this.calls.values()].forEach((call) => call.end(""));
        this._tell("off");
    }

    /** Begin anew with what the server says now. */
    async restart() {
        if (!this.isBusy) {
            this.stop();
            await this.start();
        }
    }

    get isBusy() {
        return this.calls.size > 0;
    }

    /**
     * Do something to a call.
     *
     * @param {string} id of the call, '' for the line itself
     * @param {string} action a method of `LineCall`
     * @param {any[]} args
     * @throws {Error} its message is a key of `callWords` or `problemWords`
     */
    async act(id, action, args) {
        if (!id && action === "restart") {
            return this.restart();
        }
        const call = this.calls.get(id);
        if (!call) {
            throw new Error("gone");
        }
        await call.act(action, args);
    }

    /** Only one call is heard at a time. */
    async holdOthers(call) {
        const others = [...this.calls.values()].filter(
            (other) => other !== call && other.phase === "talking" && !other.held
        );
        await Promise.all(others.map((other) => other.hold(true)));
    }

    /** Call somebody from here; only ever to ask before a call is handed over. */
    begin(number, name, stream) {
        const call = new LineCall(this, this.engine.call(number, stream), { name, stream });
        this.calls.set(call.id, call);
        this.onChange();
        return call;
    }

    forget(call) {
        this.calls.delete(call.id);
        this.onChange();
    }

    /** The devices were chosen anew. */
    async useDevices() {
        await Promise.all([...this.calls.values()].map((call) => call.useDevices()));
    }

    snapshot() {
        return {
            status: this.status,
            reason: this.reason,
            sentence: this.sentence,
            extension: this.extension,
            calls: [...this.calls.values()].map((call) => call.snapshot()),
        };
    }

    _tell(status, reason = "") {
        this.status = status;
        this.reason = reason;
        this.onChange();
    }

    _onStatus(status, detail) {
        const reason = { refused: detail, registered: "", connecting: "connecting" }[status];
        this._tell(status, reason ?? status);
        browser.clearTimeout(this.timer);
        if (status === "refused") {
            // An administrator may have entered another one.
            this.timer = browser.setTimeout(() => this.restart(), RETRY_REFUSED);
        }
    }

    _onSession(session) {
        const call = new LineCall(this, session);
        this.calls.set(call.id, call);
        this.onChange();
        this.answerExpected();
    }

    /** Take up what rings because the user has asked for it. */
    answerExpected() {
        for (const call of this.calls.values()) {
            if (call.isUnanswered && this.isExpected(call)) {
                call.act("answer", []).catch((error) => call.complain(error.message));
            }
        }
    }
}
