import { Component } from "@odoo/owl";
import { callerName, phaseWords } from "../call_words";
import { parseUtc } from "../times";
import { LiveTimer } from "./live_timer";

/** A call in one line: minimised, or the fourth and further ones. */
export class CallLine extends Component {
    static template = "telephony_crm.CallLine";
    static components = { LiveTimer };
    static props = { entry: Object, telephony: Object };

    get title() {
        return phaseWords(this.props.entry);
    }

    get name() {
        return callerName(this.props.entry);
    }

    get answeredAt() {
        const { card, phase } = this.props.entry;
        return phase === "talking" && card?.answer_date ? parseUtc(card.answer_date) : null;
    }

    open() {
        this.props.telephony.minimise(this.props.entry.id, false);
    }
}
