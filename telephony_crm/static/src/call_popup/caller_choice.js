import { Component } from "@odoo/owl";

const MOST = 4;

/** Whom the number could belong to; one click says it, and it is remembered. */
export class CallerChoice extends Component {
    static template = "telephony_crm.CallerChoice";
    static props = { card: Object, onChoose: Function };

    get candidates() {
        return this.props.card.candidates.slice(0, MOST);
    }

    detail(candidate) {
        return [candidate.company, candidate.lead].filter(Boolean).join(" · ");
    }
}
