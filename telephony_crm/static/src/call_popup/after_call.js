import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { callerName } from "../call_words";
import { formatLength } from "../times";

/** What came of the talk: one click says it. */
export class AfterCall extends Component {
    static template = "telephony_crm.AfterCall";
    static props = { entry: Object, telephony: Object };

    get card() {
        return this.props.entry.card;
    }

    get summary() {
        const { talk_seconds } = this.card;
        const name = callerName(this.props.entry);
        return talk_seconds
            ? _t("Talked %(length)s with %(name)s", { length: formatLength(talk_seconds), name })
            : _t("Talked with %s", name);
    }

    isChosen(outcome) {
        return outcome.id === this.card.outcome_id;
    }

    choose(outcome) {
        this.props.telephony.act("card_outcome", this.props.entry.id, outcome.id);
    }
}
