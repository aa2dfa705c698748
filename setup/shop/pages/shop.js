"use strict";
/* The banner, and a bar of the demonstration: ring the number that is shown. */

function bar(text, buttons) {
    const outer = document.createElement("div");
    const inner = document.createElement("div");
    const words = document.createElement("span");
    outer.className = "bar";
    words.textContent = text;
    inner.append(words);
    for (const [name, className, action] of buttons) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = className;
        button.textContent = name;
        button.onclick = () => action(outer, words);
        inner.append(button);
    }
    outer.append(inner);
    document.body.append(outer);
    return outer;
}

/** Asks whether visits may be counted, once. */
function askConsent() {
    const choose = (choice) => (outer) => {
        document.cookie = `shop_consent=${choice}; max-age=15552000; path=/; samesite=lax`;
        gtag("consent", "update", told(choice === "yes"));
        outer.remove();
        offerCall();
    };
    bar("May we count your visit, so that we learn which advertisements are worth it?", [
        ["Only what is necessary", "no", choose("no")],
        ["Agree", "yes", choose("yes")],
    ]);
}

/** What the simulated PBX says of a scene; nothing where there is none. */
async function simulated(path, values) {
    const options = values && {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(values),
    };
    const answer = await fetch(`${simulator}/simulator/${path}`, options);
    if (!answer.ok) {
        throw new Error((await answer.json()).error);
    }
}

/** Lets who looks at the demonstration ring, where there is a simulated PBX. */
async function offerCall() {
    if (!simulator) {
        return;
    }
    try {
        await simulated("state");
    } catch {
        return;
    }
    const ring = async (_outer, words) => {
        const shown = document.querySelector(".call").getAttribute("href").slice(4);
        const tail = String(Math.floor(Math.random() * 1000)).padStart(3, "0");
        const call = { scenario: "answered", number: `+447700900${tail}`, did: shown };
        try {
            await simulated("play", call);
            words.textContent = `${call.number} rings ${shown}: look at Odoo.`;
        } catch (error) {
            words.textContent = error.message;
        }
    };
    const told = "Demonstration: the simulated phone system can ring the number on this page.";
    bar(told, [["Ring it", "yes", ring]]).classList.add("demonstration");
}

if (chosen()) {
    offerCall();
} else {
    askConsent();
}
