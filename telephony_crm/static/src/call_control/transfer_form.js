import { Component, onWillStart, useState } from "@odoo/owl";
import { KeepLast } from "@web/core/utils/concurrency";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { foundRow, teamRow } from "../dialer/dialer_rows";

const SEARCH_DELAY = 250;
const SHOWN = 6;

/** Whom a call is handed to: a colleague, somebody found by name, or a number. */
export class TransferForm extends Component {
    static template = "telephony_crm.TransferForm";
    static props = {
        can: Object,
        first: { type: [Object, { value: null }], optional: true }, // {name, number}
        onTransfer: Function,
        onConsult: Function,
        onClose: Function,
    };

    setup() {
        this.orm = useService("orm").silent;
        this.state = useState({ term: "", team: [], found: null, chosen: null });
        this.keepLast = new KeepLast();
        this.search = useDebounced(() => this.find(), SEARCH_DELAY);
        useAutofocus({ refName: "term" });
        onWillStart(() => {
            // The form is there at once; who is free follows.
            this.orm.call("telephony.dial", "get_dialer", []).then(
                ({ team }) => (this.state.team = team),
                () => {}
            );
        });
    }

    get rows() {
        const rows = this.state.found?.map(foundRow) || this.proposed;
        return rows.filter((row) => row.number).slice(0, SHOWN);
    }

    /** The responsible colleague, then those of the team. */
    get proposed() {
        const rows = this.state.team.map(teamRow);
        const { first } = this.props;
        if (!first) {
            return rows;
        }
        const same = rows.find((row) => row.number === first.number);
        const row = same || teamRow({ id: 0, name: first.name, extension: first.number });
        return [row, ...rows.filter((one) => one !== same)];
    }

    /** Who was chosen, else the number that was typed. */
    get target() {
        const term = this.state.term.trim();
        if (this.state.chosen) {
            return this.state.chosen;
        }
        return /^[+\d][\d\s().\-/]*$/.test(term) ? { number: term, title: term } : null;
    }

    onInput(ev) {
        Object.assign(this.state, { term: ev.target.value, chosen: null });
        this.search();
    }

    async find() {
        const term = this.state.term.trim();
        this.state.found =
            term.length < 2
                ? null
                : await this.keepLast.add(this.orm.call("telephony.dial", "find", [term]));
    }

    choose(row) {
        Object.assign(this.state, { chosen: row, term: row.title });
    }

    transfer() {
        return this.props.onTransfer(this.target.number);
    }

    consult() {
        return this.props.onConsult(this.target.number, this.target.title);
    }

    onKeydown(ev) {
        if (ev.key === "Escape") {
            ev.stopPropagation();
            this.props.onClose();
        } else if (ev.key === "Enter" && !ev.isComposing) {
            ev.preventDefault();
            if (!this.target && this.rows.length === 1) {
                this.choose(this.rows[0]);
            }
        }
    }
}
