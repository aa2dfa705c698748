import { Component, useState } from "@odoo/owl";

/** The note of the call: kept as it is typed, without a button. */
export class CallNote extends Component {
    static template = "telephony_crm.CallNote";
    static props = { entry: Object, telephony: Object };

    setup() {
        this.notes = useState(this.props.telephony.notes);
    }

    get text() {
        return this.notes.textOf(this.props.entry.id, this.props.entry.card.note);
    }

    get rows() {
        return Math.min(6, Math.max(2, this.text.split("\n").length));
    }

    get problem() {
        return this.notes.problems[this.props.entry.id];
    }

    onInput(ev) {
        const { id, card } = this.props.entry;
        this.notes.edit(id, ev.target.value, card.note);
    }
}
