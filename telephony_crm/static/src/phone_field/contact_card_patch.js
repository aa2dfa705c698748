import { RecipientsPopover } from "@mail/core/web/recipients_popover";
import { AvatarCardPopover } from "@mail/discuss/web/avatar_card/avatar_card_popover";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { CallButton } from "./call_button";

/** The small cards that show a person's phone: click-to-call there too. */
for (const Card of [AvatarCardPopover, RecipientsPopover]) {
    patch(Card, {
        components: { ...Card.components, CallButton },
    });
    patch(Card.prototype, {
        setup() {
            super.setup();
            const { active, dialing } = useService("telephony");
            this.telephonyCanCall = Boolean(active && dialing.possible);
        },
    });
}
