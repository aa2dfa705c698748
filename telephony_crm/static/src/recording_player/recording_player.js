import { Component, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { localization } from "@web/core/l10n/localization";
import { useService } from "@web/core/utils/hooks";
import { url } from "@web/core/utils/urls";
import { formatLength } from "../times";
import { SPEEDS } from "./playback";

const STEP = 5; // seconds that an arrow key goes

/**
 * Plays a recording, or says why there is none yet. Nothing is loaded before somebody
 * presses play.
 */
export class RecordingPlayer extends Component {
    static template = "telephony_crm.RecordingPlayer";
    static props = {
        /** `{id, state, seconds, reason, can_retry}`, see telephony.call.recording */
        sound: Object,
        /** one button, for lists */
        compact: { type: Boolean, optional: true },
        /** called when the recording is fetched once more */
        onRetried: { type: Function, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.playback = useState(useService("telephony_playback"));
        this.speeds = SPEEDS;
        this.state = useState({ dragged: null, retried: 0 });
        this.mounted = this.props.sound.id;
        onWillUnmount(() => this.playback.release(this.mounted));
    }

    get current() {
        return this.playback.id === this.props.sound.id;
    }

    get playing() {
        return this.current && (this.playback.playing || this.playback.loading);
    }

    get broken() {
        return this.current && this.playback.failed;
    }

    get length() {
        return (this.current && this.playback.length) || this.props.sound.seconds;
    }

    get time() {
        return this.state.dragged ?? (this.current ? this.playback.time : 0);
    }

    /** How much of it was heard, 0 to 1. */
    get share() {
        return this.length ? Math.min(1, this.time / this.length) : 0;
    }

    get times() {
        const length = this.length ? formatLength(this.length) : "–:––";
        if (this.props.compact) {
            return this.current ? formatLength(this.time) : length;
        }
        return `${formatLength(this.time)} / ${length}`;
    }

    /** For those who do not see the bar. */
    get position() {
        return _t("%(time)s of %(length)s", {
            time: formatLength(this.time),
            length: formatLength(this.length),
        });
    }

    get hint() {
        if (this.broken) {
            return _t("The recording cannot be played");
        }
        return this.playing ? _t("Pause") : _t("Play the recording");
    }

    get downloadUrl() {
        return url(`/telephony/recording/${this.props.sound.id}`, { download: 1 });
    }

    /** What is said where there is nothing to play. */
    get message() {
        switch (this.props.sound.state) {
            case "failed":
                return _t("The recording could not be fetched");
            case "expired":
                return _t("The PBX has the recording no longer");
            default:
                return _t("The recording is on its way");
        }
    }

    get canRetry() {
        const { can_retry, state } = this.props.sound;
        return can_retry && state !== "waiting" && this.state.retried !== this.props.sound.id;
    }

    toggle() {
        if (this.playing) {
            this.playback.pause();
        } else {
            this.playback.play(this.props.sound);
        }
    }

    onDrag(ev) {
        this.state.dragged = Number(ev.target.value);
    }

    onDrop(ev) {
        this.state.dragged = null;
        this.goTo(Number(ev.target.value));
    }

    /** Go there; what was not played yet begins there. */
    goTo(time) {
        if (this.current) {
            this.playback.seek(time);
        } else {
            this.playback.play(this.props.sound, time);
        }
    }

    onBarKey(ev) {
        const forward = localization.direction === "rtl" ? "ArrowLeft" : "ArrowRight";
        if (ev.key === " ") {
            this.toggle();
        } else if (["ArrowLeft", "ArrowRight"].includes(ev.key)) {
            this.goTo(Math.max(0, this.time + (ev.key === forward ? STEP : -STEP)));
        } else {
            return;
        }
        ev.preventDefault();
    }

    onSpeed(ev) {
        this.playback.setSpeed(Number(ev.target.value));
    }

    async retry() {
        this.state.retried = this.props.sound.id;
        await this.orm.call("telephony.call.recording", "action_retry", [[this.props.sound.id]]);
        await this.props.onRetried?.();
    }
}
