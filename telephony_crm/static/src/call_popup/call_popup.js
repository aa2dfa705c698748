import { Component, useEffect, useExternalListener, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useCommand } from "@web/core/commands/command_hook";
import { _t } from "@web/core/l10n/translation";
import { useBus, useService } from "@web/core/utils/hooks";
import { announcement } from "../call_words";
import { OfferCard } from "../callback_offer/offer_card";
import { offerWords } from "../callback_offer/offers";
import { SoftphoneCard } from "../softphone/softphone_card";
import { CallCard } from "./call_card";
import { useCallKeys } from "./call_keys";
import { CallLine } from "./call_line";
import { useDragAside } from "./drag_aside";

const WHOLE = 3;
/** What a card needs at least, and a line, in pixels; and what is above the stack. */
const CARD_HEIGHT = 300;
const LINE_HEIGHT = 44;
const NAVBAR_HEIGHT = 54;
const CARDS = ".o_telephony_card, .o_telephony_line";

/** The stack of cards at the top end of the page; a sheet at the bottom where it is narrow. */
export class CallPopup extends Component {
    static template = "telephony_crm.CallPopup";
    static components = { CallCard, CallLine, OfferCard, SoftphoneCard };
    static props = { telephony: Object };

    setup() {
        this.telephony = this.props.telephony;
        this.ui = useState(useService("ui"));
        this.calls = useState(this.telephony.calls);
        this.offers = useState(this.telephony.offers);
        this.root = useRef("root");
        this.board = useState(this.telephony.board);
        this.drag = useDragAside(this.root, this.telephony.memory);
        this.window = useState({ height: browser.innerHeight });
        useExternalListener(window, "resize", () => (this.window.height = browser.innerHeight));
        this.announced = {};
        this.voice = useState({ text: "" });
        useEffect(
            () => this.announce(),
            () => [this.calls.ringing.map((entry) => Boolean(entry.card) && entry.id).join()]
        );
        useEffect(
            () => this.announceOffers(),
            () => [this.offers.shown.map(({ id }) => id).join()]
        );
        useCommand(_t("Accept the call-back"), () => this.offers.accept(this.offers.shown[0]), {
            category: "default",
            isAvailable: () => this.offers.rings,
        });
        useCommand(_t("Go to the phone call"), () => this.focus(), {
            category: "default",
            hotkey: "alt+shift+p",
            global: true,
            hotkeyOptions: { bypassEditableProtection: true },
            isAvailable: () => this.calls.entries.length > 0,
        });
        useCallKeys(() => this.controls);
        this.dialog = useState({ open: false });
        useBus(this.ui.bus, "active-element-changed", () => {
            this.dialog.open = Boolean(this.ui.activeElement.closest?.(".modal"));
        });
        useBus(this.env.bus, "TELEPHONY:FOCUS", ({ detail }) => this.focus(detail.id));
    }

    /** Which entries are shown whole, and which in a line. */
    get shown() {
        const { softphone } = this.telephony;
        const entries = this.calls.entries.filter(
            (entry) => this.board.changes >= 0 && !softphone?.isQuestion(entry)
        );
        const isHeld = (entry) => !entry.minimised && this.calls.isHeld(entry);
        let room = this.room - entries.filter(isHeld).length - this.offered.length;
        return entries.map((entry) => ({
            entry,
            whole: !entry.minimised && (isHeld(entry) || room-- > 0),
        }));
    }

    /** The call-backs whose cards are there; those that waited less come when one is gone. */
    get offered() {
        return this.offers.shown.slice(0, this.ui.isSmall ? 1 : WHOLE);
    }

    /** Of all calls in somebody's hands, the topmost first. */
    get controls() {
        const { softphone } = this.telephony;
        return [
            ...this.strangers.map((call) => softphone.controls[call.id]),
            ...this.calls.live.map((entry) => this.telephony.controls(entry)),
        ].filter(Boolean);
    }

    /** What the softphone has, and Odoo knows nothing of. */
    get strangers() {
        return (this.board.changes >= 0 && this.telephony.softphone?.strangers) || [];
    }

    /** How many cards fit, so that the lines of the others can be seen too. */
    get room() {
        if (this.ui.isSmall) {
            return 1;
        }
        const lines = Math.max(0, this.calls.entries.length - WHOLE) * LINE_HEIGHT;
        const cards = Math.floor((this.window.height - NAVBAR_HEIGHT - lines) / CARD_HEIGHT);
        return Math.min(WHOLE, Math.max(1, cards));
    }

    /** Tell who calls, once per call, politely. */
    announce() {
        for (const entry of this.calls.ringing) {
            if (entry.card && !this.announced[entry.id]) {
                this.announced[entry.id] = true;
                this.voice.text = announcement(entry);
            }
        }
    }

    /** Tell who asks to be called back, once for each time that it comes up. */
    announceOffers() {
        for (const offer of this.offers.shown) {
            if (this.announced[`offer${offer.id}`] !== offer.from) {
                this.announced[`offer${offer.id}`] = offer.from;
                this.voice.text = offerWords(offer);
            }
        }
    }

    /**
     * Put the focus on a card, because the user asked for it.
     *
     * @param {number} [id] the topmost one if not given
     */
    focus(id = this.calls.entries[0]?.id) {
        const card = this.root.el.querySelector(`[data-call="${id}"]`);
        if (card) {
            this.cameFrom ||= document.activeElement;
            card.focus();
        }
    }

    onKeydown(ev) {
        const card = ev.target.closest(CARDS);
        if (!card) {
            return;
        }
        const isText = ev.target.matches("input, textarea");
        if (ev.key === "Escape") {
            ev.stopPropagation();
            this.leave(card);
        } else if (!isText && ["ArrowDown", "ArrowUp"].includes(ev.key)) {
            ev.preventDefault();
            const cards = [...this.root.el.querySelectorAll(CARDS)];
            const step = ev.key === "ArrowDown" ? 1 : -1;
            cards.at((cards.indexOf(card) + step) % cards.length).focus();
        }
    }

    /** Minimise a card and give the focus back to where it came from. */
    leave(card) {
        const id = Number(card.dataset.call);
        if (this.calls.calls[id]?.minimised === false) {
            this.telephony.minimise(id);
        }
        if (this.cameFrom?.isConnected) {
            this.cameFrom.focus();
        } else {
            document.activeElement.blur();
        }
        this.cameFrom = null;
    }
}
