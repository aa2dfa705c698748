import { Message } from "@mail/core/common/message";
import { Message as MessageModel } from "@mail/core/common/message_model";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";
import { ChatterLine } from "./chatter_line";

Object.assign(Message.components, { ChatterLine });

patch(MessageModel.prototype, {
    setup() {
        super.setup(...arguments);
        /** what the line of a call shows; `undefined` for every other message */
        this.telephony_call = undefined;
    },

    /** A line of a call is changed where the call is. */
    get editable() {
        return !this.telephony_call && super.editable;
    },
});

/** The line is written some moments after the call: an open chatter then shows it. */
export const chatterLineService = {
    dependencies: ["bus_service"],
    start(env, { bus_service: bus }) {
        bus.subscribe("telephony.call/line", ({ model, id }) =>
            env.bus.trigger("MAIL:RELOAD-THREAD", { model, id })
        );
    },
};

registry.category("services").add("telephony_chatter_line", chatterLineService);
