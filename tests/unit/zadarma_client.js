/**
 * Somebody else's client, the npm package `zadarma`, for the simulator's tests.
 *
 *   node zadarma_client.js ask '<JSON>'    one request of its `api`; prints the answer
 *   node zadarma_client.js listen          its webhook handler on a free port: prints
 *                                          the port, then a line of JSON per event:
 *                                          its name, `verify`, and as `data` what the
 *                                          package read of events that are no call
 *
 * The package is found through NODE_PATH, its secret in ZADARMA_SECRET_KEY.
 */
const http = require("http");
const { api, zadarma_express_handler: handler } = require("zadarma");

const EVENTS = [
    "NOTIFY_START", "NOTIFY_INTERNAL", "NOTIFY_INTERNAL_END", "NOTIFY_ANSWER",
    "NOTIFY_END", "NOTIFY_OUT_START", "NOTIFY_OUT_END", "NOTIFY_RECORD", "NOTIFY_IVR",
    "SMS", "NUMBER_LOOKUP", "CALL_TRACKING", "SPEECH_RECOGNITION",
];

function say(value) {
    process.stdout.write(`${JSON.stringify(value)}\n`);
}

function listen() {
    for (const name of EVENTS) {
        handler.on(name, (data, response) => {
            const event = Array.isArray(data.event) ? data.event.at(-1) : data.event;
            const called = event.startsWith("NOTIFY_");
            say({ event, verify: data.verify, ...(called ? {} : { data }) });
            const reply = { redirect: "101", caller_name: "Acme / J. Doe" };
            response.end(event === "NOTIFY_START" ? JSON.stringify(reply) : "");
        });
    }
    const server = http.createServer((request, response) => {
        // what Express would have added
        const { searchParams } = new URL(request.url, "http://localhost");
        request.query = Object.fromEntries(searchParams);
        handler(request, response);
    });
    server.listen(0, "127.0.0.1", () => say(server.address().port));
}

if (process.argv[2] === "ask") {
    api(JSON.parse(process.argv[3])).then(say);
} else {
    listen();
}
