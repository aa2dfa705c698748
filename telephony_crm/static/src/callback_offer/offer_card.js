import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { LiveTimer } from "../call_popup/live_timer";

/** What a screen reader says, once, when somebody asks to be called back. */
export function offerWords({ name, number }) {
    return _t("%s asks to be called back", name || number);
}

/** Somebody asks to be called back: who first accepts, calls. */
export class OfferCard extends Component {
    static template = "telephony_crm.OfferCard";
    static components = { LiveTimer };
    static props = {
        offer: Object,
        isBusy: Boolean,
        offers: Object,
        onDrag: { type: Function, optional: true },
    };

    get offer() {
        return this.props.offer;
    }

    get label() {
        return offerWords(this.offer);
    }

    get again() {
        const { tries } = this.offer;
        return tries === 1
            ? _t("Did not answer before")
            : tries && _t("Did not answer %s times before", tries);
    }
}
