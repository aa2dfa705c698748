const CALLER = ["caller_id", "called_did", "call_start"];
/** Which fields Zadarma signs, by event. */
const SIGNED = {
    NOTIFY_START: CALLER,
    NOTIFY_INTERNAL: CALLER,
    NOTIFY_END: CALLER,
    NOTIFY_ANSWER: ["caller_id", "destination", "call_start"],
    NOTIFY_OUT_START: ["internal", "destination", "call_start"],
};
/** When each call began, by its id: told anew with every event of it. */
const begun = {};

async function sign(text, secret) {
    const encoder = new TextEncoder();
    const algorithm = { name: "HMAC", hash: "SHA-1" };
    const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, [
        "sign",
    ]);
    const digest = new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text)));
    return btoa([...digest].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
}

/**
 * Have the PBX tell something, as Zadarma does it: signed, with the account's time. What
 * it tells stands in `odoo.telephonyPbx`, which the test in Python has left there.
 *
 * @param {string} name of the notification
 */
async function tell(name) {
    const { url, secret, webhooks } = odoo.telephonyPbx;
    const fields = { ...webhooks[name] };
    begun[fields.pbx_call_id] ||= luxon.DateTime.utc().toFormat("yyyy-MM-dd HH:mm:ss");
    fields.call_start = begun[fields.pbx_call_id];
    const text = SIGNED[fields.event].map((field) => fields[field]).join("");
    const response = await fetch(url, {
        method: "POST",
        headers: { Signature: await sign(text, secret) },
        body: new URLSearchParams(fields),
    });
    if (!response.ok) {
        throw new Error(`The webhook answered ${response.status} to ${name}`);
    }
}

/** The tour step at which the PBX tells something. */
export function pbx(name) {
    return { trigger: "body", run: () => tell(name) };
}

/** Tour steps that wait until this page hears the bus. */
export function waitForBus() {
    return [
        { trigger: ".o_telephony_systray" },
        {
            trigger: "body",
            async run() {
                const bus = odoo.__WOWL_DEBUG__.root.env.services.bus_service;
                while (bus.workerState !== "CONNECTED") {
                    await new Promise((resolve) => setTimeout(resolve, 50));
                }
            },
        },
    ];
}
