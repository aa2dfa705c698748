import { Component, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { callerName, leadOf } from "../call_words";
import { recordOf } from "../open_record";

const COPIED_FOR = 1500;

/** Who is on the line: photo, name, company, number, and how we know. */
export class Caller extends Component {
    static template = "telephony_crm.Caller";
    static props = {
        entry: Object,
        telephony: Object,
        choosing: Boolean,
        onChoose: Function,
        slots: { type: Object, optional: true },
    };

    setup() {
        this.state = useState({ copied: false });
    }

    get card() {
        return this.props.entry.card;
    }

    get name() {
        return callerName(this.props.entry);
    }

    get record() {
        return this.card.partner || this.card.lead ? recordOf(this.card) : null;
    }

    get isKnown() {
        return Boolean(this.record);
    }

    get place() {
        const { partner } = this.card;
        if (!partner) {
            const lead = leadOf(this.card);
            return lead?.contact ? lead.company : "";
        }
        return [partner.company, partner.function].filter(Boolean).join(" · ");
    }

    get icon() {
        if (this.card.hidden) {
            return "fa-user-secret";
        }
        return this.card.direction === "internal" ? "fa-headphones" : "fa-user";
    }

    get numberHint() {
        const { number_national, number } = this.card;
        return _t("%s. Click to copy.", number_national || number);
    }

    /** Nobody but the caller's network vouches for the number it shows. */
    get canBeFaked() {
        return this.card.direction === "inbound" && !this.card.hidden;
    }

    get reason() {
        const { match_reason, hidden, ambiguous } = this.card;
        if (this.isKnown) {
            return match_reason;
        }
        if (hidden || this.card.direction === "internal") {
            return "";
        }
        return ambiguous ? match_reason : _t("Not in your contacts");
    }

    get others() {
        const { length } = this.card.candidates;
        if (this.props.choosing || !this.isKnown || !length) {
            return "";
        }
        return length === 1 ? _t("1 other") : _t("%s others", length);
    }

    /** The contact, else the lead: the name leads to the person. */
    open() {
        const { card } = this;
        if (card.partner) {
            this.props.telephony.open("res.partner", card.partner.id);
        } else {
            this.props.telephony.open("crm.lead", card.lead);
        }
    }

    async copy() {
        try {
            await browser.navigator.clipboard.writeText(this.card.e164 || this.card.number);
        } catch {
            return; // Without https browsers refuse: the number can be marked by hand.
        }
        this.state.copied = true;
        browser.setTimeout(() => (this.state.copied = false), COPIED_FOR);
    }
}
