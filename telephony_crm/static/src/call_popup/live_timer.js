import { Component, onWillDestroy, useState, xml } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { formatLength } from "../times";

/** How long something lasts already, second by second. */
export class LiveTimer extends Component {
    static template = xml`<bdi class="o_telephony_timer" dir="ltr" role="timer" t-esc="length"/>`;
    static props = {
        since: Number, // milliseconds since 1970, by the clock that is `offset` ahead of ours
        offset: { type: Number, optional: true },
    };

    setup() {
        this.clock = useState({ now: Date.now() });
        const timer = browser.setInterval(() => (this.clock.now = Date.now()), 1000);
        onWillDestroy(() => browser.clearInterval(timer));
    }

    get length() {
        const now = this.clock.now + (this.props.offset || 0);
        return formatLength((now - this.props.since) / 1000);
    }
}
