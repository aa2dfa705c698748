import { browser } from "@web/core/browser/browser";
import { JsSipSession } from "./jssip_session";

/** Seconds a registration lasts; a tab that dies is forgotten by the PBX that soon. */
const EXPIRES = 300;
/** Seconds a call may ring here: queues have their own idea of it, and end it sooner. */
const RING = 300;
/** Milliseconds until a registration that failed is tried again. */
const RETRY = 30000;

/** JsSIP as an engine: see `engine.js` for what each method promises. */
export class JsSipEngine {
    /**
     * @param {Object} JsSIP the library
     * @param {Object} account
     * @param {import("./engine").EngineHandlers} handlers
     */
    constructor(JsSIP, account, handlers) {
        this.account = account;
        this.handlers = handlers;
        this.JsSIP = JsSIP;
        this.ua = new JsSIP.UA({
            sockets: [new JsSIP.WebSocketInterface(account.url)],
            uri: account.uri,
            authorization_user: account.extension,
            password: account.password,
            register_expires: EXPIRES,
            no_answer_timeout: RING,
            session_timers: false,
            user_agent: "Odoo Telephony",
            connection_recovery_min_interval: 2,
            connection_recovery_max_interval: 30,
        });
        this.ua.on("connecting", () => this.isRefused || this._tell("connecting"));
        this.ua.on("disconnected", ({ error }) => error && this._tell("lost"));
        this.ua.on("registered", () => this._tell("registered"));
        this.ua.on("registrationFailed", ({ response }) => this._onFailed(response));
        this.ua.on("newRTCSession", ({ originator, session, request }) => {
            if (originator === "remote") {
                this.handlers.onSession(new JsSipSession(this, session, request));
            }
        });
    }

    start() {
        this.ua.start();
    }

    /** Give the registration back and hang up. */
    stop() {
        browser.clearTimeout(this.timer);
        this.handlers = { onStatus: () => {}, onSession: () => {} };
        this.ua.stop();
    }

    /**
     * @param {string} number digits, with or without a plus sign
     * @param {MediaStream} stream of the microphone
     * @returns {JsSipSession}
     */
    call(number, stream) {
        const session = new JsSipSession(this);
        session.begin(this.ua, this.uriOf(number), stream);
        return session;
    }

    /** @returns {string} nothing of a number but what can be dialled gets into it */
    uriOf(number) {
        return `sip:${number.replace(/[^0-9+*]/g, "")}@${this.account.domain}`;
    }

    _tell(status, detail) {
        this.isRefused = status === "refused";
        this.handlers.onStatus(status, detail);
    }

    _onFailed(response) {
        const code = response?.status_code;
        if ([401, 403, 407].includes(code)) {
            this._tell("refused", "password");
        } else if (code === 404) {
            this._tell("refused", "unknown");
        } else {
            this._tell(this.ua.isConnected() ? "failed" : "lost", String(code || ""));
            browser.clearTimeout(this.timer);
            this.timer = browser.setTimeout(
                () => this.ua.isConnected() && this.ua.register(),
                RETRY
            );
        }
    }
}
