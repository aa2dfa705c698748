/* global config */
import { STYLE } from "./callback_style.js";
import { choices, isOpen } from "./callback_times.js";

/**
 * "Call me back": a button and a dialog, in a shadow tree of their own.
 *
 * Loaded by the core when somebody wants it, as a module; `config` stands before it. All
 * words are the config's, in the language of the site. It asks where it was loaded from.
 */

const PATIENCE = 15000; // milliseconds that an answer may take
const { words } = config;

/** An element with properties, attributes (`aria-…`, `for`) and children; text stays text. */
function make(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
        if (name in element) {
            element[name] = value;
        } else {
            element.setAttribute(name, value);
        }
    }
    element.append(...children);
    return element;
}

const field = (text, input) => make("label", {}, text, input);
const choice = (text, input) => make("label", { className: "choice" }, input, text);
const options = (texts) => texts.map((text, index) => make("option", { value: index }, text));

const number = make("input", { type: "tel", autocomplete: "tel", required: true, maxLength: 40 });
const name = make("input", { type: "text", autocomplete: "name", maxLength: 80 });
// People do not see this field; what fills it in is no person.
const trap = make("input", { type: "text", tabIndex: -1, autocomplete: "off", name: "website" });
const soon = make("input", { type: "radio", name: "when" });
const later = make("input", { type: "radio", name: "when" });
const day = make("select", { "aria-label": words.day });
const time = make("select", { "aria-label": words.time });
const when = make("div", { className: "when" }, day, time);
const send = make("button", { className: "send", type: "submit" }, words.send);
const wrong = make("p", { className: "wrong", role: "alert" });
const title = make("h2", { id: "title" }, words.title);
const said = make("p", { role: "status" });
const close = make(
    "button",
    { className: "close", type: "button", "aria-label": words.close },
    "×"
);
const hurry = choice(words.now.replace("{seconds}", config.seconds), soon);
const form = make(
    "form",
    { noValidate: true },
    field(words.number, number),
    field(words.name, name),
    make("fieldset", { "aria-label": words.when }, hurry, choice(words.later, later), when),
    make("div", { className: "trap", "aria-hidden": "true" }, trap),
    wrong,
    send
);
const panel = make("div", { className: "panel" }, title, said, form, close);
const dialog = make("dialog", { "aria-labelledby": "title" }, panel);
const start = make("button", { className: "start", type: "button" }, words.button);
const host = make("div", { dir: config.dir, lang: config.lang, "data-telephony-skip": "" });

let days = [];

/** Shows what can be chosen now: at once only while somebody is there. */
function refresh() {
    days = choices();
    hurry.hidden = !isOpen();
    soon.checked = isOpen();
    later.checked = !isOpen();
    later.disabled = send.disabled = false;
    later.parentElement.hidden = !days.length;
    day.replaceChildren(...options(days.map((one) => one.day)));
    refreshTimes();
    refreshWhen();
    if (!isOpen() && !days.length) {
        send.disabled = true;
        wrong.textContent = words.closed;
    }
}

function refreshTimes() {
    const { times = [] } = days[day.value] || {};
    time.replaceChildren(...options(times.map((one) => one.text)));
}

function refreshWhen() {
    when.hidden = !later.checked || !days.length;
}

/** Says that something is wrong, where the visitor can mend it. */
function complain(text) {
    wrong.textContent = text;
    number.setAttribute("aria-invalid", "true");
    number.focus();
}

/** The wish, as the server takes it; `at` is null for "as soon as you can". */
function wish() {
    const { telephony } = window;
    return {
        k: telephony ? telephony.visit() : "",
        number: number.value.trim(),
        at: later.checked ? days[day.value].times[time.value].at : null,
        name: name.value.trim(),
        hp: trap.value,
    };
}

async function ask(body) {
    const control = new AbortController();
    const timer = setTimeout(() => control.abort(), PATIENCE);
    try {
        const answer = await fetch(new URL("callback", import.meta.url), {
            method: "POST",
            body: JSON.stringify(body),
            credentials: "omit",
            signal: control.signal,
        });
        // What else is refused is none of the visitor's business.
        return /^(200|400|429)$/.test(answer.status) ? await answer.json() : {};
    } catch {
        return {};
    } finally {
        clearTimeout(timer);
    }
}

async function submit(event) {
    event.preventDefault();
    wrong.textContent = "";
    number.removeAttribute("aria-invalid");
    if (number.value.replace(/\D/g, "").length < 5) {
        complain(words.wrong_number);
        return;
    }
    send.disabled = true;
    const answer = await ask(wish());
    send.disabled = false;
    if (answer.ok) {
        form.hidden = true;
        said.textContent = answer.words;
        close.focus();
    } else {
        complain(answer.error || words.failed);
    }
}

/** Opens the dialog, with whatever was typed before. */
export function open() {
    if (!dialog.open) {
        form.hidden = false;
        said.textContent = isOpen() ? "" : words.away;
        wrong.textContent = "";
        refresh();
        dialog.showModal();
        number.focus();
    }
}

const style = new CSSStyleSheet(); // no <style>, which a page may forbid
style.replaceSync(STYLE);
const shadow = host.attachShadow({ mode: "open" });
shadow.adoptedStyleSheets = [style];
if (config.color) {
    host.style.setProperty("--color", config.color);
}
start.hidden = !config.button;
start.addEventListener("click", open);
close.addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
form.addEventListener("submit", submit);
form.addEventListener("change", refreshWhen);
day.addEventListener("change", refreshTimes);
shadow.append(start, dialog);
document.body.append(host);
