import { useExternalListener, useState } from "@odoo/owl";
import { localization } from "@web/core/l10n/localization";

/**
 * Lets an element be dragged aside by a handle, and remembers where to. The place is kept
 * as distances from the top and from the end of the line, so that it holds on windows of
 * other sizes and in languages that are read from right to left.
 *
 * @param {{el: HTMLElement}} ref
 * @param {import("../tab_memory").TabMemory} memory
 * @returns {{style: string, start: (ev: PointerEvent) => void}}
 */
export function useDragAside(ref, memory) {
    const place = useState(memory.get("place", 0) || { top: null, end: null });
    let grip = null;

    function start(ev) {
        if (ev.button || ev.target.closest("button, a, input, textarea")) {
            return;
        }
        const box = ref.el.getBoundingClientRect();
        const rtl = localization.direction === "rtl";
        const end = rtl ? box.left : window.innerWidth - box.right;
        grip = { x: ev.clientX, y: ev.clientY, top: box.top, end, sign: rtl ? 1 : -1 };
    }

    function move(ev) {
        if (grip) {
            const limit = (value, size) => Math.round(Math.min(Math.max(value, 0), size));
            const end = grip.end + grip.sign * (ev.clientX - grip.x);
            const top = grip.top + ev.clientY - grip.y;
            place.end = limit(end, window.innerWidth - ref.el.offsetWidth);
            place.top = limit(top, window.innerHeight - 60);
        }
    }

    function stop() {
        if (grip) {
            grip = null;
            memory.set("place", 0, { top: place.top, end: place.end });
        }
    }

    useExternalListener(window, "pointermove", move);
    useExternalListener(window, "pointerup", stop);
    useExternalListener(window, "pointercancel", stop);
    return {
        start,
        get style() {
            if (place.top === null) {
                return "";
            }
            return `--telephony-top: ${place.top}px; --telephony-end: ${place.end}px;`;
        },
    };
}
