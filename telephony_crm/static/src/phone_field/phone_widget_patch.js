import { patch } from "@web/core/utils/patch";
import { session } from "@web/session";
import { Field } from "@web/views/fields/field";
import { phoneField } from "@web/views/fields/phone/phone_field";

const NAMES = ["phone", "mobile"];

/**
 * Most of Odoo's lists and cards show phone numbers as plain text. For users with an
 * extension they become phone fields, so that a number can be called wherever it stands.
 */
patch(Field, {
    parseFieldNode(node, models, modelName, viewType, jsClass) {
        const name = node.getAttribute("name");
        const isPhone = NAMES.includes(name) && models[modelName].fields[name]?.type === "char";
        if (session.telephony?.extension && isPhone && !node.hasAttribute("widget")) {
            node.setAttribute("widget", "phone");
            if (!node.hasAttribute("options")) {
                node.setAttribute("options", "{'enable_sms': False}");
            }
        }
        return super.parseFieldNode(node, models, modelName, viewType, jsClass);
    },
});

if (session.telephony?.extension) {
    // In a list: room for an international number and the icon, in pixels.
    phoneField.listViewWidth = [160, 190];
}
