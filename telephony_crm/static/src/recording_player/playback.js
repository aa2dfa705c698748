import { reactive } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { url } from "@web/core/utils/urls";

export const SPEEDS = [0.75, 1, 1.25, 1.5, 2];
let plays = 0;

/** What is being listened to; one recording at a time, on the whole page. */
export class Playback {
    /** The recording's id; 0: none. */
    id = 0;
    playing = false;
    /** It has been asked for and is not heard yet. */
    loading = false;
    failed = false;
    /** Seconds. */
    time = 0;
    /** Seconds; 0 as long as nobody knows. */
    length = 0;
    speed = 1;
    audio = null;

    /**
     * Play a recording, or go on with it where it is paused.
     *
     * @param {{id: number, seconds: number}} sound
     * @param {number} [time] in seconds, from where on
     */
    play(sound, time) {
        if (this.id !== sound.id || this.failed) {
            this.release();
            this.id = sound.id;
            this.length = sound.seconds;
            this.audio = this.open(sound.id);
        }
        if (time !== undefined) {
            this.seek(time);
        }
        this.loading = true;
        this.audio.playbackRate = this.speed;
        // Whoever pauses at once makes the promise fail; errors come as events too.
        this.audio.play().catch(() => {});
    }

    pause() {
        this.audio?.pause();
    }

    /** @param {number} time in seconds */
    seek(time) {
        this.time = Math.min(Math.max(time, 0), this.length || time);
        this.audio.currentTime = this.time;
    }

    /** @param {number} speed of `SPEEDS`; for the next recordings, too */
    setSpeed(speed) {
        this.speed = speed;
        if (this.audio) {
            this.audio.playbackRate = speed;
        }
    }

    /**
     * Stop, and forget what was loaded.
     *
     * @param {number} [id] only if it is this one that plays
     */
    release(id = this.id) {
        if (!this.audio || id !== this.id) {
            return;
        }
        const audio = this.audio;
        Object.assign(this, { id: 0, audio: null, playing: false, loading: false });
        Object.assign(this, { failed: false, time: 0, length: 0 });
        audio.pause();
        audio.removeAttribute("src");
        audio.load();
    }

    /** Return the sound of a recording, which begins to load when it is played. */
    open(id) {
        const audio = this.makeAudio();
        audio.preload = "none";
        // The server notes who listens, once for each name of a play.
        const play = `${Date.now().toString(36)}-${++plays}`;
        audio.src = url(`/telephony/recording/${id}`, { play });
        const on = (event, run) =>
            audio.addEventListener(event, () => this.audio === audio && run());
        on("playing", () => Object.assign(this, { playing: true, loading: false }));
        on("waiting", () => (this.loading = true));
        on("pause", () => Object.assign(this, { playing: false, loading: false }));
        on("timeupdate", () => (this.time = audio.currentTime));
        on("durationchange", () => {
            this.length = Number.isFinite(audio.duration) ? audio.duration : this.length;
        });
        on("ended", () => this.release());
        on("error", () => Object.assign(this, { failed: true, playing: false, loading: false }));
        return audio;
    }

    makeAudio() {
        return new Audio();
    }
}

export const playbackService = {
    start: () => reactive(new Playback()),
};

registry.category("services").add("telephony_playback", playbackService);
