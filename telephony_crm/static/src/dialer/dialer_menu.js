import { Component, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { useDropdownState } from "@web/core/dropdown/dropdown_hooks";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { session } from "@web/session";
import { softphoneMessage } from "../softphone/softphone_words";
import { DialerPanel } from "./dialer_panel";

/** The end of a call and what the PBX makes of it do not come in one moment. */
const REFRESH_DELAY = 2000;

/** Phone icon in the systray: state of the PBX, missed calls, and the dialler behind it. */
export class DialerMenu extends Component {
    static template = "telephony_crm.DialerMenu";
    static components = { Dropdown, DialerPanel };
    static props = {};

    setup() {
        this.telephony = useService("telephony");
        this.orm = useService("orm").silent;
        this.ui = useState(useService("ui"));
        this.link = useState(this.telephony.link);
        this.softphone = useService("telephony_softphone");
        this.phone = useState(this.softphone.state);
        this.devices = useState(this.softphone.devices);
        this.dropdown = useDropdownState();
        this.state = useState({ data: null });
        useBus(this.env.bus, "TELEPHONY:ENDED", () => this.refreshSoon());
        const bus = useService("bus_service");
        const onCallback = () => this.refreshSoon();
        bus.subscribe("telephony.callback/update", onCallback);
        onWillUnmount(() => bus.unsubscribe("telephony.callback/update", onCallback));
        this.refresh();
    }

    get missed() {
        return this.state.data?.missed || 0;
    }

    get isFine() {
        return this.link.connected && this.state.data?.pbx.state === "ok" && !this.problem;
    }

    /** What is wrong with the softphone, in a sentence. */
    get problem() {
        return softphoneMessage(this.phone, this.devices);
    }

    get message() {
        if (!this.link.connected) {
            return _t("No connection to Odoo");
        }
        return this.problem || this.state.data?.pbx.message || _t("Phone");
    }

    get menuClass() {
        const narrow =
            "o-mail-systrayFullscreenDropdownMenu start-0 w-100 mh-100 d-flex flex-column mt-0 border-0";
        return `o_telephony_dialer_menu p-0 ${this.ui.isSmall ? narrow : ""}`;
    }

    refreshSoon() {
        browser.clearTimeout(this.timer);
        this.timer = browser.setTimeout(() => this.refresh(), REFRESH_DELAY);
    }

    async refresh() {
        try {
            this.state.data = await this.orm.call("telephony.dial", "get_dialer", []);
            // An administrator may have given or taken it since the page was loaded.
            this.telephony.options.extension = this.state.data.extension;
            this.softphone.setOn(Boolean(this.state.data.softphone));
        } catch {
            // The icon stays as it was; opening the panel asks again.
        }
    }
}

registry
    .category("systray")
    .add(
        "telephony_crm.dialer",
        { Component: DialerMenu, isDisplayed: () => Boolean(session.telephony) },
        { sequence: 22 }
    );
