import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

const MOST = 4;

/** Whom the number could belong to; one click says it, and it is remembered. */
export class CallerChoice extends Component {
    static template = "telephony_crm.CallerChoice";
    static props = { card: Object, onChoose: Function };

    get candidates() {
        return this.props.card.candidates.slice(0, MOST);
    }

    kind(candidate) {
        return candidate.model === "crm.lead" ? _t("Lead") : _t("Contact");
    }

    detail(candidate) {
        return [candidate.company, candidate.lead].filter(Boolean).join(" · ");
    }
}
