import { Component, useEffect, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/** Open the form in a card, prefilled with what is known, because somebody clicked. */
export function openForm(telephony, entry, kind) {
    const { partner } = entry.card;
    const values = {
        name: partner?.name || "",
        company: partner?.company || "",
        email: partner?.email || "",
    };
    entry.form = { kind, values, saving: false, isNew: true };
    telephony.calls.hold(entry.id, "form", true);
}

/** @returns {{id: string, name: string, icon: string}[]} what can be created for a caller */
export function kindsFor({ can, direction }) {
    const kinds = [];
    if (direction !== "internal" && can.create_partner) {
        kinds.push({ id: "partner", name: _t("Contact"), icon: "fa-user-plus" });
        kinds.push({ id: "company", name: _t("Company"), icon: "fa-building" });
    }
    if (direction !== "internal" && can.create_lead) {
        kinds.push({ id: "lead", name: _t("Lead"), icon: "fa-star" });
    }
    return kinds;
}

/**
 * Three buttons, and the short form each opens: a contact, a company or a lead with the
 * number of the call. What is typed lives in the entry, so that it outlives the card.
 */
export class CallerForm extends Component {
    static template = "telephony_crm.CallerForm";
    static props = { entry: Object, telephony: Object, unknown: Boolean };

    setup() {
        this.root = useRef("root");
        useEffect(
            (form) => {
                if (form?.isNew) {
                    form.isNew = false;
                    this.root.el.querySelector("input").focus();
                }
            },
            () => [this.form]
        );
    }

    get card() {
        return this.props.entry.card;
    }

    get form() {
        return this.props.entry.form;
    }

    get kinds() {
        return this.props.unknown && this.card.offer !== false ? kindsFor(this.card) : [];
    }

    /** What the form asks for, in order. */
    get fields() {
        const name =
            this.form.kind === "company" ? _t("Name of the company") : _t("Name of the person");
        // A hidden caller has nothing else to be called by.
        const fields = [{ id: "name", label: name, required: !this.card.number }];
        if (this.form.kind !== "company") {
            fields.push({ id: "company", label: _t("Company") });
        }
        return [...fields, { id: "email", label: _t("Email") }];
    }

    open(kind) {
        openForm(this.props.telephony, this.props.entry, kind);
    }

    close() {
        this.props.entry.form = null;
        this.props.telephony.calls.hold(this.props.entry.id, "form", false);
    }

    onKeydown(ev) {
        if (ev.key === "Escape") {
            ev.stopPropagation();
            this.close();
        }
    }

    async save() {
        const { kind, values, saving } = this.form;
        if (saving) {
            return;
        }
        this.form.saving = true;
        try {
            await this.props.telephony.act("card_create", this.props.entry.id, kind, values);
        } catch (error) {
            this.form.saving = false;
            throw error;
        }
        this.close();
    }
}
