import { Notification } from "@mail/core/common/notification_model";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

/** A text message that was not sent says why, in the words of the server. */
patch(Notification.prototype, {
    setup() {
        super.setup(...arguments);
        /** @type {string} one sentence, only of text messages */
        this.failure_reason = "";
    },
    get failureMessage() {
        if (this.notification_type === "sms" && this.failure_reason) {
            return this.failure_reason;
        }
        if (this.failure_type === "telephony_refused") {
            return _t("Refused by the PBX");
        }
        return super.failureMessage;
    },
});
