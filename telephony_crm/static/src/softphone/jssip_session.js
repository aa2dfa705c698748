/** Milliseconds after the first address of ours until the others are not waited for. */
const GATHERING = 1000;

/** The reasons of SIP and JsSIP in the words of `engine.js`. */
const REASONS = {
    Busy: "busy",
    Rejected: "rejected",
    "No Answer": "unanswered",
    Unavailable: "unanswered",
    "Request Timeout": "unanswered",
    "Not Found": "unknown",
    "Address Incomplete": "unknown",
    "Incompatible SDP": "sound",
    "WebRTC Error": "sound",
    "Bad Media Description": "sound",
    "Connection Error": "connection",
    "Dialog Error": "connection",
    "SIP Failure Code": "failed",
    "Internal Error": "failed",
};
const ORDINARY = ["Terminated", "Canceled", "Expires"];

/** One call of JsSIP as an engine's session: see `engine.js` for what it promises. */
export class JsSipSession {
    /**
     * @param {import("./jssip_engine").JsSipEngine} engine
     * @param {Object} [session] of JsSIP, for a call that comes in
     * @param {Object} [request] the INVITE it came with
     */
    constructor(engine, session, request) {
        this.engine = engine;
        this.handlers = {};
        this.number = "";
        this.name = "";
        this.callRef = "";
        if (session) {
            this.direction = "incoming";
            this.callRef = request.getHeader("X-Telephony-Call") || "";
            this._setOther(session.remote_identity);
            this._follow(session);
        }
    }

    /** Call somebody. */
    begin(ua, uri, stream) {
        this.direction = "outgoing";
        this._follow(ua.call(uri, this._options(stream)));
        this._setOther(this.session.remote_identity);
    }

    get id() {
        return this.session.id;
    }

    get connection() {
        return this.session.connection;
    }

    listen(handlers) {
        this.handlers = handlers;
    }

    answer(stream) {
        this.session.answer(this._options(stream));
    }

    hangUp() {
        if (!this.session.isEnded()) {
            const rings = this.direction === "incoming" && !this.session.isEstablished();
            // 486 ends the ringing here only, 603 might end it for the colleagues as well.
            this.session.terminate(rings ? { status_code: 486 } : {});
        }
    }

    mute(on) {
        this.session[on ? "mute" : "unmute"]({ audio: true });
    }

    hold(on) {
        const { session } = this;
        return new Promise((resolve, reject) => {
            const refuse = () => reject(new Error("hold"));
            const done = () => {
                session.removeListener("ended", refuse);
                resolve();
            };
            // JsSIP says nothing of it when the call is over before the PBX has answered.
            session.once("ended", refuse);
            if (!session[on ? "hold" : "unhold"]({}, done)) {
                session.removeListener("ended", refuse);
                refuse();
            }
        });
    }

    press(digit) {
        const sender = this.connection.getSenders().find(({ track }) => track?.kind === "audio");
        const inSound = sender?.dtmf?.canInsertDTMF;
        this.session.sendDTMF(digit, { transportType: inSound ? "RFC2833" : "INFO" });
    }

    refer(number) {
        return this._refer(this.engine.uriOf(number), {});
    }

    referTo(other) {
        return this._refer(other.session.remote_identity.uri, { replaces: other.session });
    }

    _refer(target, options) {
        return new Promise((resolve, reject) => {
            const refuse = () => reject(new Error("refer"));
            const subscriber = this.session.refer(target, options);
            if (!subscriber) {
                return refuse();
            }
            // The PBX may hang up on us before it has told that all went well.
            subscriber.on("accepted", resolve);
            this.session.on("ended", resolve);
            subscriber.on("requestFailed", refuse);
            subscriber.on("failed", refuse);
        });
    }

    _options(stream) {
        return {
            mediaStream: stream,
            mediaConstraints: { audio: true, video: false },
            pcConfig: { iceServers: this.engine.account.ice_servers },
        };
    }

    _follow(session) {
        this.session = session;
        session.on("peerconnection", ({ peerconnection }) => this._hear(peerconnection));
        if (session.connection) {
            this._hear(session.connection);
        }
        session.on("confirmed", () => this.handlers.onTalk?.());
        for (const event of ["reinvite", "update"]) {
            session.on(event, ({ request }) => this._onNews(request));
        }
        for (const event of ["ended", "failed"]) {
            session.on(event, ({ cause }) => {
                const reason = ORDINARY.includes(cause) ? "" : REASONS[cause] || "failed";
                this.handlers.onEnd?.(reason);
            });
        }
        session.on("icecandidate", ({ ready }) => {
            // Behind a VPN the last address may take 40 seconds to turn out useless.
            this.gathering ||= setTimeout(ready, GATHERING);
        });
    }

    _hear(connection) {
        connection.addEventListener("track", ({ track, streams }) => {
            this.handlers.onSound?.(streams[0] || new MediaStream([track]));
        });
    }

    /** After a transfer the PBX says who is at the other end now. */
    _onNews(request) {
        const header = request.getHeader("P-Asserted-Identity");
        const other = header && this.engine.JsSIP.NameAddrHeader.parse(header);
        if (other) {
            this._setOther(other);
            this.handlers.onOther?.({ number: this.number, name: this.name });
        }
    }

    _setOther({ uri, display_name: name }) {
        const number = uri?.user || "";
        const isHidden = /^(anonymous|unknown|restricted|asterisk)$/i.test(number);
        this.number = isHidden ? "" : number;
        this.name = name && name !== number && !isHidden ? name : "";
    }
}
