import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { CallButtons } from "../call_control/call_buttons";
import { isLive } from "../call_phase";
import { callerName, historyWords, phaseWords } from "../call_words";
import { parseUtc } from "../times";
import { AfterCall } from "./after_call";
import { CallMenu } from "./call_menu";
import { CallNote } from "./call_note";
import { Caller } from "./caller";
import { CallerChoice } from "./caller_choice";
import { CallerForm, openForm } from "./caller_form";
import { LeadList } from "./lead_list";
import { LiveTimer } from "./live_timer";

/** One call, whole. Never takes the focus by itself. */
export class CallCard extends Component {
    static template = "telephony_crm.CallCard";
    static components = {
        AfterCall,
        CallButtons,
        CallMenu,
        CallNote,
        Caller,
        CallerChoice,
        CallerForm,
        LeadList,
        LiveTimer,
    };
    static props = { entry: Object, telephony: Object, onDrag: Function };

    setup() {
        this.telephony = this.props.telephony;
        this.link = useState(this.telephony.link);
        this.dialing = useState(this.telephony.dialing);
        this.board = useState(this.telephony.board);
        this.state = useState({ choosing: false });
    }

    get entry() {
        return this.props.entry;
    }

    get card() {
        return this.entry.card;
    }

    get title() {
        return this.controls?.held ? _t("On hold") : phaseWords(this.entry);
    }

    get name() {
        return callerName(this.entry);
    }

    /** The company number that was called, and what it is advertised by. */
    get line() {
        const { did } = this.card || {};
        if (!did) {
            return "";
        }
        const name = did.name || did.number;
        return did.source ? `${name} (${did.source})` : name;
    }

    get answeredAt() {
        const { card, phase } = this.entry;
        return phase === "talking" && card?.answer_date ? parseUtc(card.answer_date) : null;
    }

    get isLive() {
        return isLive(this.entry.phase);
    }

    /** What is said now can be heard later. */
    get isRecorded() {
        return this.entry.phase === "talking" && Boolean(this.card?.recording);
    }

    /** Who has the call in hand; drawn anew when that changes. */
    get controls() {
        return this.board.changes >= 0 && this.isLive ? this.telephony.controls(this.entry) : null;
    }

    get isUnknown() {
        const { card } = this;
        return !card.partner && !card.lead && !this.isChoosing;
    }

    get isChoosing() {
        return this.state.choosing || (this.card.ambiguous && this.card.candidates.length > 0);
    }

    get history() {
        return historyWords(this.card.history);
    }

    get canCallBack() {
        const { card, entry, dialing } = this;
        return dialing.possible && card.can.dial && ["missed", "over"].includes(entry.phase);
    }

    /** One more lead for a caller we know. */
    get canAddLead() {
        const { card, entry } = this;
        return !this.isUnknown && !this.isChoosing && !entry.form && card.can.create_lead;
    }

    addLead() {
        openForm(this.telephony, this.entry, "lead");
    }

    async callBack() {
        const { card } = this;
        const [resModel, resId] = card.lead
            ? ["crm.lead", card.lead]
            : card.partner
              ? ["res.partner", card.partner.id]
              : [false, false];
        if (await this.dialing.dial(card.e164, resModel, resId)) {
            this.close();
        }
    }

    close() {
        return this.telephony.close(this.entry.id);
    }

    minimise() {
        this.telephony.minimise(this.entry.id);
    }

    async choose(model, id) {
        this.state.choosing = false;
        const [method, args] = model ? ["card_choose", [model, id]] : ["card_none", []];
        await this.telephony.act(method, this.entry.id, ...args);
    }

    /** A card does not go away under the pointer or under a text being typed. */
    hold(reason, on, ev) {
        if (reason === "pointer" && ev.pointerType !== "mouse") {
            return;
        }
        if (reason === "focus" && on && !ev.target.matches("input, textarea")) {
            return;
        }
        this.telephony.calls.hold(this.entry.id, reason, on);
    }
}
