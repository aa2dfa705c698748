import { BETWEEN, DIGIT, numbers, replace, respell } from "./spelling.js";

/**
 * The numbers on the page: found, and written anew.
 *
 * Only the value of a node is ever changed, never a node: frameworks and translators
 * hold on to theirs. An attribute is a node as well.
 */

// What is no text for people, what they type, and what would not reach a pool's number.
const SKIP =
    "script,style,textarea,input,select,[data-telephony-skip]," +
    "[contenteditable]:not([contenteditable=false]),[itemprop~=telephone]:not([data-telephony])," +
    "[href*='wa.me/'],[href*=whatsapp i],[href*='//t.me/'],[href^='viber:'],[href^='sms:']," +
    "[href^='skype:']";
const HOLDERS = "[href^='tel:' i],[title],[aria-label]";
const FIGHT = 99; // so often is the same written; then somebody else writes it as well

const written = new WeakMap();
const meant = new WeakMap(); // which number a node shows, its own or another in its place
const isOurs = (node) => written.has(node) && written.get(node).now === node.nodeValue;
const elementOf = (node) => node.parentElement || node.ownerElement;

/** The nodes below `root` that hold text for people, in the order of the page. */
function nodesIn(root) {
    const nodes = [];
    const texts = document.createTreeWalker(root, 4); // SHOW_TEXT
    while (texts.nextNode()) {
        nodes.push(texts.currentNode);
    }
    for (const element of [root, ...root.querySelectorAll(HOLDERS)]) {
        const { title, href, "aria-label": label } = element.attributes;
        nodes.push(title, label, href && /^tel:/i.test(href.value) ? href : null);
    }
    const isSkipped = (node) => DIGIT.test(node.nodeValue) && elementOf(node).closest(SKIP);
    return nodes.filter((node) => node && !isSkipped(node));
}

function write(node, now) {
    const before = written.get(node) || {};
    const was = isOurs(node) ? before.was : node.nodeValue;
    const times = was === before.was ? before.times + 1 : 1; // a countdown is no fight
    if (times <= FIGHT) {
        written.set(node, { was, now, times });
        node.nodeValue = now;
    }
}

/**
 * Writes the numbers in the text of all these nodes, also those that run through several.
 *
 * @param {Node[]} nodes
 * @param {Function} wanted called with the element and the number that has no other yet
 * @param {object} [marked] the number that this is, as the page says, however it is spelled
 */
function treat(nodes, wanted, marked) {
    const texts = nodes.map((node) => {
        if (isOurs(node)) {
            marked = null; // it was found before
        } else {
            meant.delete(node);
        }
        return node.nodeValue.replace(/%20/g, " ");
    });
    const put = (number, spelling, index) => {
        meant.set(nodes[index], number);
        if (number.other) {
            return respell(number, spelling);
        }
        wanted(elementOf(nodes[index]), number);
        return spelling;
    };
    const all = replace(texts.join(BETWEEN), put, marked);
    const fresh = all.split(BETWEEN);
    nodes.forEach((node, index) => fresh[index] !== texts[index] && write(node, fresh[index]));
}

/** Treats all below `root`, and what is marked anywhere; see `treat`. */
export function scan(root, wanted) {
    treat(nodesIn(root), wanted);
    for (const number of numbers) {
        for (const element of document.querySelectorAll(`[data-telephony="${number.e164}"]`)) {
            treat(nodesIn(element), wanted, number);
        }
    }
}

/** The number that a `tel:` link calls, of ours, as it stands there now, also one left alone. */
export function numberOf({ attributes: { href } }) {
    const called = href.value.split(/[;,]/)[0].replace(/%..|[^+\d]/g, "");
    const isCalled = ({ pattern }) => called.replace(pattern, "$1!") === "!";
    const { e164, other } = meant.get(href) || numbers.find(isCalled) || {};
    return isOurs(href) ? other : e164;
}

/** Puts back what stood there before us. */
export function restore() {
    for (const node of nodesIn(document.body).filter(isOurs)) {
        node.nodeValue = written.get(node).was;
    }
}
