import { Deferred, describe, test } from "@odoo/hoot";
import { onRpc, waitForSteps } from "@web/../tests/web_test_helpers";
import { phone, startSoftphone } from "./softphone_test_helpers";
import { defineTelephonyModels, server, settle } from "./telephony_test_helpers";

describe.current.tags("desktop");
defineTelephonyModels();

const NUMBER = "+380444941710";
const CALLING = { status: "calling", number: NUMBER, call_ref: "odoo-1" };

test("what the user has dialled is answered by itself", async () => {
    const { telephony } = await startSoftphone();
    server.dial = CALLING;
    await telephony.dialing.dial("044 494 17 10");
    await phone.engine.ring(NUMBER, { callRef: "odoo-1" });
    await waitForSteps(["register 110", `answer ${NUMBER}`]);
    await phone.engine.ring(NUMBER, { callRef: "odoo-1" });
    await waitForSteps([], { message: "once" });
});

test("until the server has said yes, and after a no, nothing is answered by itself", async () => {
    const { telephony } = await startSoftphone();
    const said = new Deferred();
    onRpc("telephony.dial", "dial", () => said);
    const asked = telephony.dialing.dial("044 494 17 10");
    await phone.engine.ring(NUMBER, { callRef: "odoo-1" });
    await waitForSteps(["register 110"]);
    said.resolve({ status: "refused", message: "That number is not called." });
    await asked;
    await phone.engine.ring(NUMBER);
    await waitForSteps([], { message: "a customer calls from that number" });
});

test("what the PBX rings before the server has answered is answered then", async () => {
    const { telephony } = await startSoftphone();
    const said = new Deferred();
    onRpc("telephony.dial", "dial", () => said);
    const asked = telephony.dialing.dial("044 494 17 10");
    await phone.engine.ring(NUMBER, { callRef: "1700.1" });
    await phone.engine.ring("0444941710", { callRef: "odoo-1" });
    said.resolve(CALLING);
    await asked;
    await settle();
    await waitForSteps(["register 110", "answer 0444941710"], {
        message: "and not who calls from that number",
    });
});

test("who calls from the number that is dialled is told from the dialled call", async () => {
    const { telephony } = await startSoftphone();
    server.dial = CALLING;
    await telephony.dialing.dial(NUMBER);
    await phone.engine.ring(NUMBER, { callRef: "1700.1" });
    await phone.engine.ring(NUMBER);
    await waitForSteps(["register 110"], { message: "a dialplan may not tell its reference" });
    await phone.engine.ring("110", { callRef: "odoo-1" });
    await waitForSteps(["answer 110"]);
    await phone.engine.ring("110", { callRef: "odoo-1" });
    await waitForSteps([], { message: "once" });
});

test("where the PBX does not tell its references the user answers", async () => {
    const { telephony } = await startSoftphone();
    server.dial = { ...CALLING, call_ref: "" };
    await telephony.dialing.dial(NUMBER);
    await phone.engine.ring(NUMBER);
    await waitForSteps(["register 110"], { message: "it may be the customer who rings back" });
});
