import { EventBus } from "@odoo/owl";
import { engines } from "@telephony_crm/softphone/engine";
import { browser } from "@web/core/browser/browser";
import {
    asyncStep,
    getService,
    mockService,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { mockPermission } from "@odoo/hoot-mock";
import { settle, startTelephony } from "./telephony_test_helpers";

export const ACCOUNT = {
    uri: "sip:110@pbx.example",
    extension: "110",
    domain: "pbx.example",
    password: "secret",
    url: "wss://pbx.example:8089/ws",
    ice_servers: [],
};

/** A dialog of SIP without SIP: says what it is told, and what the test lets happen. */
export class SimpleSession {
    static serial = 0;
    connection = null;
    callRef = "";
    name = "";

    constructor(values) {
        this.id = `session${++SimpleSession.serial}`;
        Object.assign(this, values);
    }

    listen(handlers) {
        this.handlers = handlers;
    }

    answer() {
        asyncStep(`answer ${this.number}`);
        this.handlers.onTalk();
    }

    hangUp() {
        if (!this.isOver) {
            this.isOver = true;
            asyncStep(`hang up ${this.number}`);
            this.handlers.onEnd("");
        }
    }

    mute(on) {
        asyncStep(on ? "mute" : "unmute");
    }

    async hold(on) {
        asyncStep(`${on ? "hold" : "resume"} ${this.number}`);
    }

    press(digit) {
        asyncStep(`press ${digit}`);
    }

    async refer(number) {
        if (number === "199") {
            throw new Error("refer");
        }
        asyncStep(`refer ${this.number} to ${number}`);
    }

    async referTo(other) {
        asyncStep(`connect ${this.number} with ${other.number}`);
    }
}

/** An engine that registers at once, at no PBX; `phone.ring()` has somebody call. */
class SimpleEngine {
    constructor(account, handlers) {
        Object.assign(this, { account, handlers });
    }

    start() {
        asyncStep(`register ${this.account.extension}`);
        this.handlers.onStatus("registered");
    }

    stop() {
        asyncStep("unregister");
    }

    call(number) {
        asyncStep(`call ${number}`);
        return this.add(new SimpleSession({ direction: "outgoing", number }));
    }

    add(session) {
        this.session = session;
        return session;
    }

    async ring(number, values = {}) {
        const session = new SimpleSession({ direction: "incoming", number, ...values });
        this.handlers.onSession(this.add(session));
        await settle();
        return session;
    }
}

/** Locks as the browser has them; `browser.navigator.locks` outlives a test. */
function mockLocks() {
    const queues = {};
    const request = (name, { signal }, callback) =>
        new Promise((resolve, reject) => {
            const queue = (queues[name] ||= []);
            const entry = { run: () => Promise.resolve(callback()).then(leave) };
            const leave = () => {
                queue.splice(queue.indexOf(entry), 1);
                resolve();
                queue[0]?.run();
            };
            signal.addEventListener("abort", () => {
                if (queue.indexOf(entry) > 0) {
                    queue.splice(queue.indexOf(entry), 1);
                    reject(new Error("aborted"));
                }
            });
            queue.push(entry);
            if (queue[0] === entry) {
                entry.run();
            }
        });
    patchWithCleanup(browser.navigator.locks, { request });
}

/** What the test has in hand of the softphone under test. */
export const phone = { engine: null, multiTab: null, microphone: null };

export function setUpSoftphone({ isMain = true, account = ACCOUNT } = {}) {
    mockPermission("microphone", "granted");
    mockLocks();
    phone.multiTab = { bus: new EventBus(), isOnMainTab: async () => isMain };
    phone.microphone = async () => new MediaStream();
    mockService("multi_tab", phone.multiTab);
    patchWithCleanup(browser.navigator.mediaDevices, {
        getUserMedia: (...args) => phone.microphone(...args),
        enumerateDevices: async () => [
            { kind: "audioinput", deviceId: "m1", label: "Headset" },
            { kind: "audiooutput", deviceId: "s1", label: "Headset" },
            { kind: "audiooutput", deviceId: "s2", label: "Desk speaker" },
        ],
    });
    patchWithCleanup(engines, {
        make: async (given, handlers) => (phone.engine = new SimpleEngine(given, handlers)),
    });
    onRpc("telephony.extension", "softphone_config", () => account);
    onRpc("telephony.dial", "softphone_target", ({ args: [number] }) =>
        number.startsWith("0900") ? { message: "That number is not called." } : { number }
    );
}

/** The web client of a user with a softphone, registered if this is the main tab. */
export async function startSoftphone({ isMain, account, ...options } = {}) {
    setUpSoftphone({ isMain, account });
    await startTelephony({ ...options, options: { softphone: true, ...options.options } });
    await settle();
    return getService("telephony_softphone");
}
