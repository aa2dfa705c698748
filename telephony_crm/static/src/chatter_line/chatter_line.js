import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { dispositionWords } from "../call_words";
import { openRecord } from "../open_record";
import { RecordingPlayer } from "../recording_player/recording_player";
import { formatLength, formatMoment } from "../times";

/** A call in the chatter: direction, how long or why not, outcome, sound, note. */
export class ChatterLine extends Component {
    static template = "telephony_crm.ChatterLine";
    static components = { RecordingPlayer };
    static props = { call: Object };

    setup() {
        this.action = useService("action");
    }

    get isAnswered() {
        return this.props.call.disposition === "answered";
    }

    get title() {
        return this.props.call.direction === "outbound" ? _t("Outgoing call") : _t("Incoming call");
    }

    get icon() {
        if (this.props.call.direction === "outbound") {
            return `oi oi-arrow-up-right ${this.isAnswered ? "text-success" : "text-muted"}`;
        }
        return this.isAnswered ? "oi oi-arrow-down-left text-success" : "oi oi-close text-danger";
    }

    get result() {
        const { disposition, talk_seconds } = this.props.call;
        return talk_seconds ? formatLength(talk_seconds) : dispositionWords(disposition) || "";
    }

    get details() {
        const { number, line } = this.props.call;
        return [number || _t("Hidden number"), line].filter(Boolean).join(" · ");
    }

    /** When they had asked to be called, and how soon their phone rang. */
    get asked() {
        const { asked, ring_seconds } = this.props.call;
        if (!asked) {
            return "";
        }
        const when = formatMoment(asked);
        if (ring_seconds === false) {
            return _t("Asked to be called back: %s", when);
        }
        const length = formatLength(ring_seconds);
        return _t("Asked to be called back: %(when)s, rang after %(length)s", { when, length });
    }

    open() {
        return openRecord(this.action, "telephony.call", this.props.call.id);
    }
}
