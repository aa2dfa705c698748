import { registry } from "@web/core/registry";

const CLASS = "telephony_bench_message";

/** Shows a bus message in the barest way there is: as the text of an element. */
registry.category("services").add("telephony_bench_message", {
    dependencies: ["bus_service"],
    start(env, { bus_service: bus }) {
        bus.subscribe("telephony_bench/message", ({ name }) => {
            document.querySelector(`.${CLASS}`)?.remove();
            const element = document.createElement("div");
            element.className = `${CLASS} position-fixed top-0 end-0`;
            element.textContent = name;
            document.body.append(element);
        });
    },
});
