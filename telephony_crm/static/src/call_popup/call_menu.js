import { Component, useExternalListener, useRef, useState } from "@odoo/owl";
import { recordOf } from "../open_record";
import { kindsFor, openForm } from "./caller_form";

/**
 * What is rarely needed. Drawn inside the card and not as an Odoo dropdown, since the
 * card may lie above all that the overlay holds.
 */
export class CallMenu extends Component {
    static template = "telephony_crm.CallMenu";
    static props = { entry: Object, telephony: Object, onChoose: Function };

    setup() {
        this.root = useRef("root");
        this.state = useState({ open: false, asking: false });
        useExternalListener(window, "pointerdown", (ev) => {
            if (!this.root.el?.contains(ev.target)) {
                this.close();
            }
        });
    }

    get card() {
        return this.props.entry.card;
    }

    get canChange() {
        return !this.card.hidden && this.card.candidates.length > 0;
    }

    get record() {
        return recordOf(this.card);
    }

    /** What can be created, where the card itself does not offer it. */
    get kinds() {
        return this.record || this.card.offer !== false ? [] : kindsFor(this.card);
    }

    /** Recording is the PBX's, whoever has the sound. */
    get canRecord() {
        return Boolean(this.card.control && this.card.control.can.record);
    }

    get isEmpty() {
        const { record, canChange, kinds, canRecord } = this;
        return !record && !canChange && !kinds.length && !canRecord && !this.card.can.block;
    }

    toggle() {
        this.state.open = !this.state.open;
        this.state.asking = false;
    }

    close() {
        Object.assign(this.state, { open: false, asking: false });
    }

    open() {
        this.close();
        this.props.telephony.open(this.record.resModel, this.record.resId);
    }

    create(kind) {
        this.close();
        openForm(this.props.telephony, this.props.entry, kind);
    }

    choose() {
        this.close();
        this.props.onChoose();
    }

    async control(action) {
        this.close();
        await this.props.telephony.act("control_call", this.props.entry.id, action);
    }

    async block() {
        this.close();
        await this.props.telephony.act("card_block", this.props.entry.id);
    }

    onKeydown(ev) {
        if (ev.key === "Escape" && this.state.open) {
            ev.stopPropagation();
            this.close();
        }
    }
}
