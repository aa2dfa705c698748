import { describe, expect, test } from "@odoo/hoot";
import { getService, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { defineTelephonyModels, Desk } from "./telephony_test_helpers";

describe.current.tags("desktop");
defineTelephonyModels();

/** @param {Object} values of a notification as the server sends it */
async function failureOf(values) {
    await mountWithCleanup(Desk);
    const store = getService("mail.store");
    const notification = store["mail.notification"].insert({
        id: 1,
        notification_status: "exception",
        ...values,
    });
    return notification.failureMessage;
}

test("a text message that was not sent says why in the server's words", async () => {
    const message = await failureOf({
        notification_type: "sms",
        failure_type: "sms_country_not_supported",
        failure_reason: "Office may not send to this country.",
    });
    expect(message).toBe("Office may not send to this country.");
});

test("without words of the server it says as much as is known", async () => {
    expect(await failureOf({ notification_type: "sms", failure_type: "telephony_refused" })).toBe(
        "Refused by the PBX"
    );
});

test("mails say what they always said", async () => {
    expect(
        await failureOf({
            notification_type: "email",
            failure_type: "mail_smtp",
            failure_reason: "of no concern",
        })
    ).toBe("Connection failed");
});
