import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { CallLine } from "../call_popup/call_line";
import { SoftphonePanel } from "../softphone/softphone_panel";
import { DialerRow } from "./dialer_row";
import { recentRow, foundRow, teamRow, toCallRow } from "./dialer_rows";

const SEARCH_DELAY = 250;

/** What can be dialled: a number, somebody found by name, recent calls, due calls, colleagues. */
export class DialerPanel extends Component {
    static template = "telephony_crm.DialerPanel";
    static components = { CallLine, DialerRow, SoftphonePanel };
    static props = {
        data: { type: [Object, { value: null }] },
        isFine: Boolean,
        message: String,
        refresh: Function,
        close: Function,
    };

    setup() {
        this.telephony = useService("telephony");
        this.orm = useService("orm").silent;
        this.ui = useService("ui");
        this.permission = useState(useService("mail.notification.permission"));
        this.calls = useState(this.telephony.calls);
        this.dialing = useState(this.telephony.dialing);
        this.state = useState({ term: "", found: null, tab: "recent", refusal: "" });
        this.keepLast = new KeepLast();
        this.search = useDebounced(() => this.find(), SEARCH_DELAY);
        useAutofocus({ refName: "term" });
    }

    get tabs() {
        const { data } = this.props;
        return [
            { id: "recent", name: _t("Recent"), rows: data.recent.map(recentRow) },
            { id: "to_call", name: _t("To call"), rows: data.to_call.map(toCallRow) },
            { id: "team", name: _t("Team"), rows: data.team.map(teamRow) },
        ];
    }

    get rows() {
        return this.tabs.find((tab) => tab.id === this.state.tab).rows;
    }

    get found() {
        return this.state.found.map(foundRow);
    }

    /** What will be here, why there is nothing yet, and what to do. */
    get emptyWords() {
        return {
            recent: _t("Your calls appear here. Type a number above, or click one on any record."),
            to_call: _t(
                "Calls you have to make today appear here. Schedule an activity “Call” on a contact or lead."
            ),
            team: _t(
                "Colleagues with an extension appear here. An administrator adds extensions under Telephony."
            ),
        }[this.state.tab];
    }

    /** Whether what is typed can be dialled: digits and what people put between them. */
    get isNumber() {
        return /^[+\d][\d\s().\-/]*$/.test(this.state.term.trim());
    }

    /** The user wants desktop notifications, and this browser has not been asked yet. */
    get canAskPermission() {
        const wanted = this.telephony.options.desktop_notification;
        return wanted && this.permission.permission === "prompt";
    }

    onInput(ev) {
        this.state.term = ev.target.value;
        this.state.refusal = "";
        this.search();
    }

    async find() {
        const term = this.state.term.trim();
        if (term.length < 2) {
            this.state.found = null;
            return;
        }
        this.state.found = await this.keepLast.add(this.orm.call("telephony.dial", "find", [term]));
    }

    onKeydown(ev) {
        if (ev.key === "Enter" && !ev.isComposing) {
            ev.preventDefault();
            if (this.isNumber) {
                this.dial({ number: this.state.term.trim() });
            } else if (this.state.found?.length === 1) {
                this.dial(this.found[0]);
            }
        }
    }

    /** @param {{number: string, resModel?: string, resId?: number}} row */
    async dial({ number, resModel, resId }) {
        if (!this.dialing.possible) {
            window.open(`tel:${number.replace(/\s+/g, "")}`, "_self");
            return;
        }
        this.state.refusal = "";
        if (await this.dialing.dial(number, resModel, resId, { notify: false })) {
            this.props.close();
        } else {
            const key = this.dialing.keyOf(number, resModel, resId);
            this.state.refusal = this.dialing.refusals[key] || "";
        }
    }

    open(row) {
        this.props.close();
        this.telephony.open(row.resModel, row.resId);
    }
}
