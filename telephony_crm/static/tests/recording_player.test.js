import { beforeEach, expect, queryFirst, test } from "@odoo/hoot";
import { animationFrame, press } from "@odoo/hoot-dom";
import { Component, useState, xml } from "@odoo/owl";
import { localization } from "@web/core/l10n/localization";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { Playback } from "@telephony_crm/recording_player/playback";
import { RecordingPlayer } from "@telephony_crm/recording_player/recording_player";
import {
    asyncStep,
    contains,
    defineModels,
    fields,
    getService,
    MockServer,
    models,
    mountView,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
    waitForSteps,
} from "@web/../tests/web_test_helpers";

const STORED = { id: 7, state: "stored", seconds: 252, reason: "", can_retry: false };
const OTHER = { ...STORED, id: 8, seconds: 61 };

class Call extends models.Model {
    _name = "call";
    name = fields.Char();
    sounds = fields.Json();
    _records = [
        { id: 1, name: "one", sounds: [STORED] },
        { id: 2, name: "two", sounds: [OTHER] },
        { id: 3, name: "three", sounds: [] },
    ];
}

class CallRecording extends models.Model {
    _name = "telephony.call.recording";
}

defineMailModels();
defineModels([Call, CallRecording]);

/** An audio element that plays nothing, as fast as a test wants it to. */
class SilentAudio extends EventTarget {
    currentTime = 0;
    duration = NaN;
    playbackRate = 1;
    src = "";
    async play() {
        heard.push(Number(/recording\/(\d+)\?/.exec(this.src)[1]));
        this.tell("playing");
    }
    pause() {
        this.tell("pause");
    }
    load() {}
    removeAttribute() {}
    tell(event) {
        this.dispatchEvent(new Event(event));
    }
}

const audios = [];
/** The recordings that were asked to play, in order. */
const heard = [];
beforeEach(() => {
    audios.length = heard.length = 0;
    patchWithCleanup(Playback.prototype, {
        makeAudio() {
            audios.push(new SilentAudio());
            return audios.at(-1);
        },
    });
});

function form(sounds, options = {}) {
    Call._records[0].sounds = sounds;
    return mountView({
        type: "form",
        resModel: "call",
        resId: 1,
        arch: `<form><field name="sounds" widget="telephony_recordings" /></form>`,
        ...options,
    });
}

function list() {
    Call._records[0].sounds = [STORED];
    return mountView({
        type: "list",
        resModel: "call",
        arch: `<list><field name="name" /><field name="sounds" widget="telephony_recordings" /></list>`,
    });
}

async function at(seconds) {
    audios.at(-1).currentTime = seconds;
    audios.at(-1).tell("timeupdate");
    await animationFrame();
}

test("nothing is loaded before somebody presses play", async () => {
    await form([STORED]);
    expect(".o_telephony_player").toHaveCount(1);
    expect(".o_telephony_times").toHaveText("0:00 / 4:12");
    expect(audios).toHaveLength(0);
    expect("audio").toHaveCount(0);
});

test("it plays, shows how far it is, and pauses", async () => {
    await form([STORED]);
    await contains(".o_telephony_play").click();
    expect(heard).toEqual([7]);
    expect(".o_telephony_play").toHaveAttribute("aria-label", "Pause");
    await at(83.4);
    expect(".o_telephony_times").toHaveText("1:23 / 4:12");
    expect(".o_telephony_seek").toHaveAttribute("aria-valuetext", "1:23 of 4:12");
    await contains(".o_telephony_play").click();
    expect(".o_telephony_play").toHaveAttribute("aria-label", "Play the recording");
    await contains(".o_telephony_play").click();
    expect(heard).toEqual([7, 7]);
    expect(audios).toHaveLength(1);
    expect(audios[0].currentTime).toBe(83.4);
});

test("the file's own length is believed before the PBX's", async () => {
    await form([STORED]);
    await contains(".o_telephony_play").click();
    audios[0].duration = 250.2;
    audios[0].tell("durationchange");
    await animationFrame();
    expect(".o_telephony_times").toHaveText("0:00 / 4:10");
});

test("every play has a name of its own, by which the server notes it", async () => {
    const names = [];
    patchWithCleanup(SilentAudio.prototype, {
        async play() {
            names.push(new URL(this.src, "http://x").searchParams.get("play"));
        },
    });
    await form([STORED]);
    await contains(".o_telephony_play").click();
    audios[0].tell("ended");
    await animationFrame();
    expect(".o_telephony_times").toHaveText("0:00 / 4:12");
    await contains(".o_telephony_play").click();
    expect(names).toHaveLength(2);
    expect(names[0]).not.toBe(names[1]);
});

test("arrow keys go five seconds, the space bar pauses", async () => {
    await form([STORED]);
    await contains(".o_telephony_play").click();
    await at(60);
    await contains(".o_telephony_seek").focus();
    await press("ArrowRight");
    expect(audios[0].currentTime).toBe(65);
    await press("ArrowLeft");
    await press("ArrowLeft");
    expect(audios[0].currentTime).toBe(55);
    await press(" ");
    await animationFrame();
    expect(".o_telephony_play").toHaveAttribute("aria-label", "Play the recording");
});

test("right to left, the left arrow goes on", async () => {
    await form([STORED]);
    patchWithCleanup(localization, { direction: "rtl" });
    await contains(".o_telephony_play").click();
    await at(60);
    await contains(".o_telephony_seek").focus();
    await press("ArrowLeft");
    expect(audios[0].currentTime).toBe(65);
});

test("whoever drags the bar hears it from there, also before it was played", async () => {
    await form([STORED]);
    const bar = queryFirst(".o_telephony_seek");
    bar.value = 120;
    bar.dispatchEvent(new Event("input"));
    await animationFrame();
    expect(".o_telephony_times").toHaveText("2:00 / 4:12");
    expect(audios).toHaveLength(0);
    bar.dispatchEvent(new Event("change"));
    await animationFrame();
    expect(audios[0].currentTime).toBe(120);
});

test("the speed stays for the next recording", async () => {
    await form([STORED, OTHER]);
    await contains(".o_telephony_speed:eq(0)").select("1.5");
    await contains(".o_telephony_play:eq(0)").click();
    expect(audios[0].playbackRate).toBe(1.5);
    await contains(".o_telephony_speed:eq(0)").select("2");
    expect(audios[0].playbackRate).toBe(2);
    await contains(".o_telephony_play:eq(1)").click();
    expect(audios[1].playbackRate).toBe(2);
});

test("it can be downloaded", async () => {
    await form([STORED]);
    const { pathname, search } = new URL(queryFirst(".o_telephony_download").href);
    expect(pathname + search).toBe("/telephony/recording/7?download=1");
});

test("a list has a button for each, and only one plays at a time", async () => {
    await list();
    expect(".o_telephony_play").toHaveCount(2);
    expect(".o_telephony_seek").toHaveCount(0);
    expect(".o_telephony_times:eq(0)").toHaveText("4:12");
    await contains(".o_telephony_play:eq(0)").click();
    await contains(".o_telephony_play:eq(1)").click();
    expect(heard).toEqual([7, 8]);
    expect(getService("telephony_playback").id).toBe(8);
    expect(".o_telephony_play:eq(0)").toHaveAttribute("aria-label", "Play the recording");
    expect(".o_telephony_play:eq(1)").toHaveAttribute("aria-label", "Pause");
    expect(".o_telephony_times:eq(1)").toHaveText("0:00");
});

test("what is no longer seen is no longer heard", async () => {
    class Page extends Component {
        static components = { RecordingPlayer };
        static template = xml`<RecordingPlayer t-if="state.seen" sound="sound" compact="true"/>`;
        static props = [];
        setup() {
            this.sound = STORED;
            this.state = useState({ seen: true });
        }
    }
    const page = await mountWithCleanup(Page);
    await contains(".o_telephony_play").click();
    expect(getService("telephony_playback").playing).toBe(true);
    page.state.seen = false;
    await animationFrame();
    expect(getService("telephony_playback").playing).toBe(false);
    expect(getService("telephony_playback").id).toBe(0);
});

test("what cannot be played says so, and can be tried again", async () => {
    await form([STORED]);
    await contains(".o_telephony_play").click();
    audios[0].tell("error");
    await animationFrame();
    expect("[role=alert]").toHaveText("The recording cannot be played");
    await contains(".o_telephony_play").click();
    expect(audios).toHaveLength(2);
    expect("[role=alert]").toHaveCount(0);
});

test("a recording that has not come yet says that it is on its way", async () => {
    await form([{ ...STORED, state: "waiting" }]);
    expect(".o_telephony_player").toHaveCount(0);
    expect(".o_telephony_sound_missing").toHaveText("The recording is on its way");
    expect(".o_telephony_retry").toHaveCount(0);
});

test("one that did not come says why, and a supervisor has it fetched again", async () => {
    onRpc("telephony.call.recording", "action_retry", ({ args }) => {
        asyncStep(`retry ${args[0]}`);
        MockServer.env["call"].write([1], { sounds: [{ ...STORED, state: "waiting" }] });
        return true;
    });
    const failed = { ...STORED, state: "failed", reason: "The PBX does not answer." };
    await form([{ ...failed, can_retry: true }]);
    expect(".o_telephony_sound_missing").toHaveText(/could not be fetched/);
    expect(".o_telephony_sound_missing").toHaveText(/The PBX does not answer\./);
    await contains(".o_telephony_retry").click();
    await waitForSteps(["retry 7"]);
    expect(".o_telephony_retry").toHaveCount(0);
});

test("an agent cannot have it fetched again", async () => {
    await form([{ ...STORED, state: "expired" }]);
    expect(".o_telephony_sound_missing").toHaveText(/no longer/);
    expect(".o_telephony_retry").toHaveCount(0);
});

test("a call without a recording shows nothing", async () => {
    await form([]);
    expect(".o_telephony_recordings").toHaveCount(0);
});
