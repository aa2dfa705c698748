import { registry } from "@web/core/registry";

const playback = () => odoo.__WOWL_DEBUG__.root.env.services.telephony_playback;

/** Wait until the browser has really come so far in a sound. */
function heard(seconds) {
    return {
        content: `${seconds} s were heard`,
        trigger: ".o_telephony_play[aria-label=Pause]",
        async run() {
            while (!(playback().audio?.currentTime >= seconds)) {
                if (playback().failed) {
                    throw new Error("The browser cannot play the recording");
                }
                await new Promise((resolve) => setTimeout(resolve, 50));
            }
        },
    };
}

registry.category("web_tour.tours").add("telephony_crm.recording", {
    steps: () => [
        {
            content: "nothing is loaded yet",
            trigger: ".o_data_row .o_telephony_play:contains(0:04)",
            run() {
                if (playback().audio) {
                    throw new Error("The recording was loaded before it was played");
                }
            },
        },
        { trigger: ".o_data_row .o_telephony_play", run: "click" },
        heard(0.5),
        {
            content: "the list is still there",
            trigger: ".o_list_view .o_data_row td[name=start_date]",
            run: "click",
        },
        {
            content: "who leaves hears nothing any more",
            trigger: ".o_form_view .o_telephony_play[aria-label='Play the recording']",
            run: "click",
        },
        heard(0.5),
        { trigger: ".o_telephony_speed", run: "select 2" },
        {
            content: "it jumps",
            trigger: ".o_telephony_seek",
            run() {
                this.anchor.value = 3;
                this.anchor.dispatchEvent(new Event("change"));
            },
        },
        heard(3),
        {
            content: "it comes to its end",
            trigger: ".o_telephony_play[aria-label='Play the recording']",
        },
        { trigger: ".o_telephony_times:contains(0:00 / 0:04)" },
    ],
});

registry.category("web_tour.tours").add("telephony_crm.recording_in_chatter", {
    steps: () => [
        { trigger: ".o_telephony_chatter_line .o_telephony_play", run: "click" },
        heard(0.5),
    ],
});
