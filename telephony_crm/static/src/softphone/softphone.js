import { markRaw, reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { makeControls } from "../call_control/call_controls";
import { isLive } from "../call_phase";
import { makeDevices } from "./devices";
import { ExpectedCalls } from "./expected_calls";
import { Line } from "./line";
import { SoftphoneControls } from "./softphone_controls";
import { TabChannel } from "./tab_channel";
import { tie } from "./tie";
import { Turn } from "./turn";

/** Milliseconds that a call has to become known to Odoo before it is shown without. */
const KNOWN_WITHIN = 700;
/** And that Odoo has to learn that a call is over. */
const OVER_WITHIN = 3000;
const OFF = { status: "off", reason: "", sentence: "", extension: "", calls: [] };

/**
 * The softphone as each of the user's tabs has it. One of them is the telephone (`Line`);
 * all show the same and can do the same.
 */
export class Softphone {
    /** @type {Object<string, SoftphoneControls>} by the id of the call */
    controls = {};
    /** @type {Object<string, number>} entries by the id of the call */
    ties = {};
    /** when each was first seen */
    seen = {};
    /** entries of questions to colleagues that are over: they get no card then either */
    questions = new Set();
    /** until when nobody else's buttons are shown for an entry whose call has ended here */
    left = {};

    /** @param {import("../telephony").Telephony} telephony of this tab */
    constructor(telephony, { multi_tab: multiTab, orm }) {
        markRaw(this); // Cards and buttons reach it, and must not look into a connection.
        this.telephony = telephony;
        this.orm = orm.silent;
        this.multiTab = multiTab;
        this.state = reactive({ ...OFF, isOn: false });
        this.devices = makeDevices(telephony.memory);
        this.expected = new ExpectedCalls();
    }

    /** Whether this user has a softphone; asked whenever the server tells. */
    setOn(isOn) {
        if (isOn !== this.state.isOn) {
            this.state.isOn = isOn;
            if (isOn) {
                this._start();
            } else {
                this._stop();
            }
        }
    }

    /** Do something to a call, wherever its sound is: see `Line.act`. */
    act(id, action, args = []) {
        return this.line ? this.line.act(id, action, args) : this.channel.act(id, action, args);
    }

    /** Whom a call is handed to: `{number}`, or `{message}` why not. */
    askTarget(id, number) {
        const callId = this.ties[id] || false;
        return this.orm.call("telephony.dial", "softphone_target", [number, callId]);
    }

    /** Whether a call rings that has no card yet. */
    get rings() {
        return this.strangers.some((call) => call.phase === "ringing");
    }

    choose(use, id) {
        this.devices.choose(use, id);
        this.onDevices();
    }

    /** The devices were chosen here or in another tab. */
    onDevices() {
        this.telephony.alert.ring.setDevice(this.devices.idOf("ringer"));
        this.line?.useDevices().catch(() => {}); // The one that was used goes on.
    }

    /** Calls of which Odoo knows nothing; questions to colleagues have their place. */
    get strangers() {
        this._tie();
        const since = Date.now() - KNOWN_WITHIN;
        return this.state.calls.filter(
            ({ id, isQuestion }) => !(id in this.ties) && !isQuestion && this.seen[id] <= since
        );
    }

    /**
     * @returns {SoftphoneControls|null|false} of a call of Odoo's whose sound is here; `false`
     *     when it was until a moment ago: the PBX may not have told yet that it is over
     */
    controlsOf(entry) {
        this._tie();
        const id = Object.keys(this.ties).find((key) => this.ties[key] === entry.id);
        const isLeft = Date.now() < this.left[entry.id];
        return (id && this.controls[id]) || (isLeft ? false : null);
    }

    /** Whether this is the call to a colleague who is asked: it has its place on the other. */
    isQuestion(entry) {
        this._tie();
        return (
            this.questions.has(entry.id) ||
            this.state.calls.some(({ id, isQuestion }) => isQuestion && this.ties[id] === entry.id)
        );
    }

    /** The PBX has been asked for a call: it rings here first. See `ExpectedCalls.add`. */
    expect(callRef) {
        this._expect(callRef);
        this.channel?.tellDial(callRef);
    }

    /** It may ring already: the PBX does not wait until Odoo has answered us. */
    _expect(callRef) {
        this.expected.add(callRef);
        this.line?.answerExpected();
    }

    _start() {
        const name = `telephony_crm.softphone.${this.telephony.memory.prefix}`;
        this.devices.start().then(() => this.onDevices());
        this.channel = new TabChannel(name, {
            onState: (state) => this.line || this._show(state),
            onHello: () => this.line && this.channel.tellState(this.line.snapshot()),
            onAction: (id, action, args) => this.line?.act(id, action, args),
            onDial: (callRef) => this._expect(callRef),
        });
        this.turn ||= new Turn({
            name,
            multiTab: this.multiTab,
            onTake: () => this._take(),
            onGive: () => this._give(),
            isBusy: () => Boolean(this.line?.isBusy),
        });
        this.turn.start();
        this.channel.hello();
    }

    _stop() {
        this.turn.stop();
        this.channel.close();
        this.channel = null;
        this._show(OFF);
    }

    _take() {
        this.line = new Line({
            devices: this.devices,
            askAccount: () => this.orm.call("telephony.extension", "softphone_config", []),
            onChange: () => this._onLine(),
            isExpected: ({ session }) => this.expected.take(session),
        });
        this.line.start();
    }

    _give() {
        const { line } = this;
        this.line = null;
        line.onChange = () => {};
        line.stop();
        this.channel?.tellState(line.snapshot());
    }

    _onLine() {
        const state = this.line.snapshot();
        this.channel.tellState(state);
        this._show(state);
        this.turn.settle();
    }

    _show(state) {
        const asked = this.state.calls.filter(({ isQuestion }) => isQuestion);
        Object.assign(this.state, state);
        const controls = {};
        for (const call of state.calls) {
            if (!(call.id in this.seen)) {
                this.seen[call.id] = Date.now();
                browser.setTimeout(() => this._changed(), KNOWN_WITHIN);
            }
            controls[call.id] = this.controls[call.id] || makeControls(new SoftphoneControls());
            if (call.id in this.controls) {
                controls[call.id].update(call);
            } else {
                controls[call.id].setup(this, call);
            }
        }
        for (const id of Object.keys(this.controls).filter((known) => !(known in controls))) {
            this.left[this.ties[id]] = Date.now() + OVER_WITHIN;
            if (id in this.ties && asked.some((call) => call.id === id)) {
                this.questions.add(this.ties[id]);
            }
            browser.setTimeout(() => this._changed(), OVER_WITHIN);
        }
        this.controls = controls;
        this._changed();
    }

    _changed() {
        this.telephony.controlsChanged();
        this.telephony.alert.update();
    }

    _tie() {
        const live = this.telephony.calls.entries.filter(
            ({ phase }) => isLive(phase) || phase === "stale"
        );
        this.ties = tie(this.state.calls, live, this.ties);
    }
}
