import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatDay } from "../times";

/** Open leads of the caller, the user's own first; a click opens. */
export class LeadList extends Component {
    static template = "telephony_crm.LeadList";
    static props = { card: Object, telephony: Object };

    get leads() {
        return [...this.props.card.leads].sort((a, b) => b.mine - a.mine);
    }

    get more() {
        return this.props.card.lead_count - this.props.card.leads.length;
    }

    facts(lead) {
        return [lead.stage, lead.revenue].filter(Boolean).join(" · ");
    }

    detail(lead) {
        const parts = [lead.mine ? _t("Yours") : lead.user || _t("Nobody's")];
        if (lead.next_activity?.summary) {
            const { summary, date } = lead.next_activity;
            parts.push(_t("next: %(what)s, %(when)s", { what: summary, when: formatDay(date) }));
        }
        return parts.join(" · ");
    }

    openAll() {
        const { partner } = this.props.card;
        this.props.telephony.services.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Leads of %s", partner.name),
            res_model: "crm.lead",
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "form"],
            ],
            domain: [
                ["partner_id", "=", partner.id],
                ["won_status", "=", "pending"],
            ],
            target: "current",
        });
    }
}
