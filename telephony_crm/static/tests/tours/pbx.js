/**
 * Have the PBX tell something. What it tells was signed by the test in Python, which leaves
 * it in `odoo.telephonyWebhooks`; here it is only sent, at the right moment.
 *
 * @param {string} name of the notification
 */
export async function pbxTells(name) {
    const { url, signature, fields } = odoo.telephonyWebhooks[name];
    const response = await fetch(url, {
        method: "POST",
        headers: { Signature: signature },
        body: new URLSearchParams(fields),
    });
    if (!response.ok) {
        throw new Error(`The webhook answered ${response.status} to ${name}`);
    }
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

/** The tour step at which the PBX tells something. */
export function pbx(name) {
    return { trigger: "body", run: () => pbxTells(name) };
}
