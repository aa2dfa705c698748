import { browser } from "@web/core/browser/browser";

/** Milliseconds that another tab may take to do something. */
const PATIENCE = 15000;

/**
 * Between the tab that is the telephone and the user's other tabs: that one tells how things
 * are, the others say what the user wants.
 */
export class TabChannel {
    /**
     * @param {string} name of a database and a user: other users' tabs hear nothing
     * @param {Object} handlers
     * @param {(state: Object) => void} handlers.onState how things are in the telephone
     * @param {() => void} handlers.onHello another tab wants to know
     * @param {Function} handlers.onAction to be done: `(id, action, args)` gives a promise,
     *     and `undefined` in a tab that is not the telephone
     * @param {(callRef: string) => void} handlers.onDial the user calls from another tab: see
     *     `ExpectedCalls.add`
     */
    constructor(name, handlers) {
        this.handlers = handlers;
        this.waiting = new Map();
        this.serial = 0;
        this.own = `${Date.now()}.${Math.random()}`;
        this.channel = new browser.BroadcastChannel(name);
        this.channel.onmessage = ({ data }) => this._hear(data);
    }

    close() {
        this.channel.close();
    }

    tellState(state) {
        this.channel.postMessage({ type: "state", state });
    }

    hello() {
        this.channel.postMessage({ type: "hello" });
    }

    tellDial(callRef) {
        this.channel.postMessage({ type: "dial", callRef });
    }

    /**
     * Have the telephone do something.
     *
     * @throws {Error} see `Line.act`; "silent" when nobody answers
     */
    act(id, action, args) {
        return new Promise((resolve, reject) => {
            const nonce = `${this.own}.${++this.serial}`;
            const timer = browser.setTimeout(() => {
                this.waiting.delete(nonce);
                reject(new Error("silent"));
            }, PATIENCE);
            this.waiting.set(nonce, { resolve, reject, timer });
            this.channel.postMessage({ type: "do", nonce, id, action, args });
        });
    }

    async _hear({ type, ...message }) {
        switch (type) {
            case "state":
                this.handlers.onState(message.state);
                break;
            case "hello":
                this.handlers.onHello();
                break;
            case "dial":
                this.handlers.onDial(message.callRef);
                break;
            case "do":
                await this._do(message);
                break;
            case "done":
                this._onDone(message);
        }
    }

    async _do({ nonce, id, action, args }) {
        let error = "";
        try {
            const done = this.handlers.onAction(id, action, args);
            if (!done) {
                return;
            }
            await done;
        } catch (thrown) {
            error = thrown.message || "failed";
        }
        this.channel.postMessage({ type: "done", nonce, error });
    }

    _onDone({ nonce, error }) {
        const asked = this.waiting.get(nonce);
        if (asked) {
            this.waiting.delete(nonce);
            browser.clearTimeout(asked.timer);
            if (error) {
                asked.reject(new Error(error));
            } else {
                asked.resolve();
            }
        }
    }
}
