import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { LiveTimer } from "../call_popup/live_timer";
import { offerWords } from "./offers";

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
